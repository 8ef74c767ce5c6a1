"""The unified account's settings: what clients ask first, to learn which kind of account they have.

Source: documentation of the unified account (V3), "Get account settings". A classic account is answered 40084.
"""

from __future__ import annotations

from typing import Annotated

from papertape.contract.protocol.declaring import signed_get
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.wire import Amount, Nothing, Reply, words


class UnifiedSymbolSetting(Reply):
    """One instrument's margin mode and leverage."""

    category: str
    symbol: str
    margin_mode: Annotated[str, words("crossed", "isolated")]
    leverage: Amount


class UnifiedCoinSetting(Reply):
    """One coin's leverage."""

    coin: str
    leverage: Amount


class UnifiedSettings(Reply):
    """A unified account's modes."""

    uid: str
    account_mode: str
    asset_mode: str
    account_level: str
    hold_mode: Annotated[str, words("one_way_mode", "hedge_mode")]
    stp_mode: Annotated[str, words("none", "cancel_taker", "cancel_maker", "cancel_both")]
    symbol_config_list: list[UnifiedSymbolSetting]
    coin_config_list: list[UnifiedCoinSetting]


class Unified(Group[T]):
    """The unified account."""

    settings = signed_get(
        "/api/v3/account/settings",
        Nothing,
        UnifiedSettings,
        "Get the unified account's settings.",
        "read",
        Limit(20, "uid"),
    )
