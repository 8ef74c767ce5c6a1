"""Deposits and withdrawals, as state and audit know them."""

from __future__ import annotations

from collections.abc import Iterator

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.product import Findings, Part, Product
from papertape.engine.exchange.timers import Subject
from papertape.engine.funds import deposits, withdrawals
from papertape.engine.funds.ledger import Hold, LedgerAccount
from papertape.engine.funds.pending import Pending

STAGES = {"review": withdrawals.REVIEW, "processing": withdrawals.PROCESSING}


def pending(exchange: Exchange) -> Findings:
    """Deposits and withdrawals under way are under way."""
    under_way = exchange.part(Pending)
    for deposit in under_way.deposits.values():
        if deposit.status != "pending" or deposit.size <= 0:
            yield f"deposit {deposit.order_id} is {deposit.status} with {deposit.size}"
    for withdrawal in under_way.withdrawals.values():
        if withdrawal.status != "pending" or not 0 <= withdrawal.fee < withdrawal.size:
            yield f"withdrawal {withdrawal.order_id} is {withdrawal.status} with {withdrawal.size}"


def by_withdrawals(exchange: Exchange) -> Iterator[Hold]:
    """What pending withdrawals hold."""
    for record in exchange.part(Pending).withdrawals.values():
        yield LedgerAccount(record.uid, withdrawals.WALLET, "frozen"), record.coin, record.size


def awaited(exchange: Exchange) -> Iterator[tuple[str, Subject]]:
    """What ends or goes on by itself."""
    under_way = exchange.part(Pending)
    for number in under_way.deposits:
        yield deposits.TIMER, number
    for number, record in under_way.withdrawals.items():
        yield STAGES[record.stage], number


FUNDS = Product(
    "funds",
    parts=(Part("pending", Pending, Pending),),
    holds=(by_withdrawals,),
    checks=(pending,),
    awaited=(awaited,),
)
