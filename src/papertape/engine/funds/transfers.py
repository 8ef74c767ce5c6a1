"""Transfers: between the wallets of one user, and between a main account and its sub-accounts.

Rules of the documentation's "Transfer" and "Sub Transfer" pages. A repeated ``clientOid`` gets the earlier
transfer's id and moves nothing.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.accounts import keeps_history
from papertape.engine.exchange.client_oids import check_wording
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import is_multiple
from papertape.engine.funds.bills import post_bill, transfer_words
from papertape.engine.funds.coins import Coin
from papertape.engine.funds.ledger import LedgerAccount
from papertape.engine.funds.pending import Pending
from papertape.engine.funds.records import TransferRecord
from papertape.engine.spot.markets import spot_market, spot_markets

MARGIN_COINS = {
    "usdt_futures": ("USDT",),
    "coin_futures": ("BTC", "ETH"),
    "usdc_futures": ("USDC",),
}
"""The coins that each futures wallet takes."""

CLIENT_OID_MEMORY = 100_000
"""At most this many client ids are remembered, of transfers and of withdrawals each; the oldest are forgotten."""


class TransferRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; ``symbol`` names the isolated margin account where one is involved."""

    initiator: int
    from_uid: int
    to_uid: int
    from_wallet: str
    to_wallet: str
    coin: str
    amount: Decimal
    symbol: str = ""
    client_oid: str = ""


def earlier(memory: dict[tuple[int, str], int], uid: int, client_oid: str | None) -> int | None:
    """The id that the user's client id stands for, if it is remembered; 40304 or 40402 when it cannot be one."""
    if not client_oid:
        return None
    check_wording(client_oid)
    return memory.get((uid, client_oid))


def remember(memory: dict[tuple[int, str], int], uid: int, client_oid: str, number: int) -> None:
    """Keeps what the client id stands for, forgetting the oldest past the bound."""
    memory[uid, client_oid] = number
    if len(memory) > CLIENT_OID_MEMORY:
        del memory[next(iter(memory))]


def find_coin(exchange: Exchange, name: str) -> Coin:
    """The coin of this name, in any case; 41104 if there is none."""
    coin = exchange.coins.get(name) or exchange.coins.get(name.upper())
    if coin is None:
        raise Rejected(errors.UNSUPPORTED_COIN.of(name))
    return coin


def coin_name(exchange: Exchange, asked: str | None) -> str | None:
    """The coin that a list is asked for, or None for all; 41104 if there is none of this name."""
    return None if asked is None else find_coin(exchange, asked).name


def takes_coin(exchange: Exchange, wallet: str, coin: str, symbol: str = "") -> bool:
    """Whether the wallet can hold the coin; an isolated margin account holds its instrument's two."""
    if wallet in MARGIN_COINS:
        return coin in MARGIN_COINS[wallet]
    if wallet == "isolated_margin" and symbol:
        instrument = spot_market(exchange, symbol).instrument
        return coin in (instrument.base, instrument.quote)
    if wallet in ("crossed_margin", "isolated_margin"):
        return any(
            coin in (market.instrument.base, market.instrument.quote) for market in spot_markets(exchange).values()
        )
    return coin in exchange.coins and exchange.coins[coin].transferable


def require_decimals(name: str, amount: Decimal, places: int) -> None:
    """Refuses amounts that are not positive (01001) or have more decimals than the coin (01002)."""
    if amount <= 0:
        raise Rejected(errors.MUST_BE_POSITIVE.of(name))
    if not is_multiple(amount, places):
        raise Rejected(errors.PRECISION_TOO_FINE.of(name, places))


def make(exchange: Exchange, asked: TransferRequest) -> int:
    """Moves the coins and returns the transfer's id.

    Refuses unknown or unsuitable coins (43129), a missing symbol (40019), a transfer to where the coins are
    (40020), an amount that is not positive or too fine (01001, 01002) and more than is available (43012).
    """
    source, target = _places(exchange, asked)
    exchange.ledger.require(asked.from_uid, source, asked.coin, asked.amount)
    exchange.ledger.move(
        asked.coin, asked.amount, LedgerAccount(asked.from_uid, source), LedgerAccount(asked.to_uid, target)
    )
    transfer_id = exchange.next_id()
    client_oid = asked.client_oid or str(transfer_id)
    if asked.client_oid:
        remember(exchange.part(Pending).transfers, asked.initiator, client_oid, transfer_id)
    out, into = transfer_words(source, target, incoming=False), transfer_words(target, source, incoming=True)
    post_bill(exchange, asked.from_uid, source, asked.coin, -asked.amount, *out, order_id=transfer_id)
    post_bill(exchange, asked.to_uid, target, asked.coin, asked.amount, *into, order_id=transfer_id)
    if keeps_history(asked.from_uid) or keeps_history(asked.to_uid):
        exchange.emit(_record(exchange, asked, transfer_id, client_oid))
    return transfer_id


def _places(exchange: Exchange, asked: TransferRequest) -> tuple[str, str]:
    coin = exchange.coins.get(asked.coin)
    if coin is None or not coin.transferable:
        raise Rejected(errors.TRANSFER_COIN_INVALID)
    isolated = "isolated_margin" in (asked.from_wallet, asked.to_wallet)
    if isolated and not asked.symbol:
        raise Rejected(errors.PARAMETER_EMPTY.of("symbol"))
    if (asked.from_uid, asked.from_wallet) == (asked.to_uid, asked.to_wallet):
        raise Rejected(errors.PARAMETER_ERROR.of("toType"))
    for wallet in (asked.from_wallet, asked.to_wallet):
        if not takes_coin(exchange, wallet, asked.coin, asked.symbol):
            raise Rejected(errors.TRANSFER_COIN_INVALID)
    require_decimals("amount", asked.amount, coin.places)
    return _account_name(exchange, asked.from_wallet, asked), _account_name(exchange, asked.to_wallet, asked)


def _account_name(exchange: Exchange, wallet: str, asked: TransferRequest) -> str:
    if wallet != "isolated_margin":
        return wallet
    return f"isolated_margin:{spot_market(exchange, asked.symbol).id.symbol}"


def _record(exchange: Exchange, asked: TransferRequest, transfer_id: int, client_oid: str) -> TransferRecord:
    return TransferRecord(
        transfer_id=transfer_id,
        client_oid=client_oid,
        initiator_uid=asked.initiator,
        from_uid=asked.from_uid,
        to_uid=asked.to_uid,
        from_wallet=asked.from_wallet,
        to_wallet=asked.to_wallet,
        from_symbol=asked.symbol if asked.from_wallet == "isolated_margin" else "",
        to_symbol=asked.symbol if asked.to_wallet == "isolated_margin" else "",
        coin=asked.coin,
        size=asked.amount,
        created=exchange.now,
    )
