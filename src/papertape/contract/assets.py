"""What an account holds outside spot, and all of it in USDT. Source: documentation, "Common / Assets"."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from papertape.contract.protocol.declaring import signed_get
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.wire import Amount, Nothing, Reply, Request, words

BotKind = Literal["futures", "spot"]


class ListFundingAssets(Request):
    """Balances of one coin, or of all that are held."""

    coin: str | None = None


class FundingAsset(Reply):
    """A coin's balance in the funding wallet; ``usdt_value`` is that of available and frozen together."""

    coin: str
    available: Amount
    frozen: Amount
    usdt_value: Amount


class ListBotAssets(Request):
    """The balances of futures or of spot bots, or of both together."""

    kind: BotKind | None = msgspec.field(default=None, name="accountType")


class BotAsset(Reply):
    """A coin that bots hold: ``equity`` is all of it, ``bonus`` what was granted for trading, within it."""

    coin: str
    available: Amount
    equity: Amount
    bonus: Amount
    frozen: Amount
    usdt_value: Amount


class AccountBalance(Reply):
    """All that one kind of account holds, in USDT."""

    account_type: Annotated[str, words("spot", "futures", "funding", "earn", "bots", "margin")]
    usdt_balance: Amount


class Assets(Group[T]):
    """What an account holds outside spot, and all of it in USDT."""

    funding = signed_get(
        "/api/v2/account/funding-assets",
        ListFundingAssets,
        list[FundingAsset],
        "List the funding wallet's balances.",
        "read",
        Limit(10, "uid"),
    )
    bots = signed_get(
        "/api/v2/account/bot-assets",
        ListBotAssets,
        list[BotAsset],
        "List what trading bots hold.",
        "read",
        Limit(10, "uid"),
    )
    overview = signed_get(
        "/api/v2/account/all-account-balance",
        Nothing,
        list[AccountBalance],
        "Get what each kind of account holds, in USDT.",
        "read",
        Limit(1, "uid"),
    )
