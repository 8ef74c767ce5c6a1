"""Bills: the lines of a wallet's statement, in the words that Bitget writes for each reason.

A bill is posted after its ledger moves. ``size + fee`` is what the balance changed by and ``balance`` is what
the wallet holds of the coin afterwards, frozen and locked included; so frozen coins leave no bill.

Words (``groupType`` / ``businessType``, documented under "Get Account Bills"; the wire has them in lower case):

=============================== ============ ==========================
reason                          group        business
=============================== ============ ==========================
deposit credited                deposit      deposit
withdrawal paid out             withdraw     withdraw
bought, sold                    transaction  buy, sell
fee paid in BGB                 transaction  deduction_handling_fee
moved in, out of a wallet       transfer     transfer_in, transfer_out
moved from, to bots             strategy     strategy_transfer_in, strategy_transfer_out
converted                       convert      exchange_in, exchange_out
opening balance, granted coins  other        airdrop_rewards
P2P order completed             c2c          buy, sell
=============================== ============ ==========================

A conversion's words are those that the documentation lists for margin; ``strategy_transfer_out`` is not listed.
Futures wallets word transfers by the other side: ``trans_from_exchange``, ``trans_to_otc`` and so on.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from papertape.engine.accounts.accounts import keeps_history
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO
from papertape.engine.funds.records import BillRecord

DEPOSIT = ("deposit", "deposit")
WITHDRAWAL = ("withdraw", "withdraw")
BUY = ("transaction", "buy")
SELL = ("transaction", "sell")
FEE_IN_BGB = ("transaction", "deduction_handling_fee")
TRANSFER_IN = ("transfer", "transfer_in")
TRANSFER_OUT = ("transfer", "transfer_out")
FROM_BOTS = ("strategy", "strategy_transfer_in")
TO_BOTS = ("strategy", "strategy_transfer_out")
PAID_IN_CONVERSION = ("convert", "exchange_out")
RECEIVED_IN_CONVERSION = ("convert", "exchange_in")
GRANT = ("other", "airdrop_rewards")
P2P_BUY = ("c2c", "buy")
P2P_SELL = ("c2c", "sell")

FUTURES_WALLETS = ("usdt_futures", "coin_futures", "usdc_futures")
_SEEN_FROM_FUTURES = {
    "spot": "exchange",
    "funding": "otc",
    "crossed_margin": "cross",
    "isolated_margin": "isolated",
}


class BillLine(NamedTuple):
    """A bill to be posted: ``size`` is signed and before the fee, ``fee`` is zero or negative, both in the coin."""

    uid: int
    wallet: str
    coin: str
    size: Decimal
    group_type: str
    business_type: str
    fee: Decimal = ZERO
    order_id: int = 0


def post_bill(
    exchange: Exchange,
    uid: int,
    wallet: str,
    coin: str,
    size: Decimal,
    group_type: str,
    business_type: str,
    fee: Decimal = ZERO,
    order_id: int = 0,
) -> None:
    """Emits a line of the wallet's statement, after the ledger has moved.

    ``size`` is signed and before the fee, ``fee`` is zero or negative, both in the coin. Accounts that keep no
    history get none, and no id is spent on them. ``order_id`` is what caused the bill.
    """
    post_bills(exchange, [BillLine(uid, wallet, coin, size, group_type, business_type, fee, order_id)])


def post_bills(exchange: Exchange, lines: list[BillLine]) -> None:
    """Posts the bills of one event, after all its ledger moves: each shows the balance before the ones below it."""
    kept = [line for line in lines if keeps_history(line.uid)]
    below: dict[tuple[int, str, str], Decimal] = {}
    balances: list[Decimal] = []
    for line in reversed(kept):
        assert line.fee <= 0, f"a bill's fee of {line.fee} {line.coin} would be a gift"
        place = line.uid, line.wallet, line.coin
        coming = below.get(place, ZERO)
        balances.append(exchange.ledger.balance(*place).total - coming)
        below[place] = coming + line.size + line.fee
    for line in kept:
        exchange.emit(
            BillRecord(
                bill_id=exchange.next_id(),
                order_id=line.order_id,
                uid=line.uid,
                wallet=line.wallet,
                coin=line.coin,
                group_type=line.group_type,
                business_type=line.business_type,
                size=line.size,
                balance=balances.pop(),
                fee=line.fee,
                created=exchange.now,
            )
        )


def transfer_words(wallet: str, other: str, *, incoming: bool) -> tuple[str, str]:
    """The words of one side of a transfer: the billed wallet's, and which wallet is on the other side."""
    if wallet in FUTURES_WALLETS:
        side = _SEEN_FROM_FUTURES.get(other.partition(":")[0], "contract")
        return "transfer", f"trans_{'from' if incoming else 'to'}_{side}"
    if other.startswith("bots:"):
        return FROM_BOTS if incoming else TO_BOTS
    return TRANSFER_IN if incoming else TRANSFER_OUT
