"""The control plane's transfers to wallets that no key can reach, trading bonuses and demo coins."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from papertape.contract.control.funds import ControlWallet
from papertape.contract.protocol.wire import Amount, Reply, Request, words


class MoveFunds(Request):
    """Moves a coin between a user's wallets, bots and earn included; ``symbol`` names an isolated margin wallet."""

    uid: int
    coin: str
    amount: Decimal
    from_wallet: ControlWallet
    to_wallet: ControlWallet
    symbol: str | None = None


class MovedFunds(Reply):
    """A transfer that was made."""

    transfer_id: str


class GrantBonus(Request):
    """Gives a user's bots coins that they may trade with and that cannot be moved out."""

    uid: int
    coin: str
    amount: Decimal
    bots: Literal["futures", "spot"] = "futures"


class Bonus(Reply):
    """All that the user's bots of this kind were granted of the coin."""

    uid: int
    coin: str
    bonus: Amount


class ClaimDemoCoins(Request):
    """Claims demo coins for a user, as the website's button does."""

    uid: int
    coin: Literal["SUSDT", "SUSDC"]


class DemoClaim(Reply):
    """Demo coins that were credited, what the user holds of them now, and when the next may come (Unix ms)."""

    uid: int
    coin: str
    amount: Amount
    balance: Amount
    wallet: Annotated[str, words("susdt_futures", "susdc_futures")]
    next_claim: int
