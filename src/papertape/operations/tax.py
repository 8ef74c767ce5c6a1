"""Tax records: the statements of the spot and the funding wallet, each line with its documented type.

A record's type follows from the reason of the bill (``engine/bills.py``); ``docs/tax.md`` lists them.
"""

from __future__ import annotations

from papertape.contract.protocol.wire import Amount, Timestamp
from papertape.contract.tax import ListTaxRecords, P2pTaxRecord, SpotTaxRecord, Tax
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds import bills
from papertape.engine.funds.records import BillRecord
from papertape.engine.funds.transfers import coin_name
from papertape.operations.paging import page
from papertape.operations.ports import History
from papertape.operations.registry import Caller, history

MOST_RECORDS = 500
WINDOW_DAYS = 30
"""One request covers at most so many days (documentation, changelog of 19 January 2024)."""

SPOT_TYPES = {
    bills.DEPOSIT: "Deposit",
    bills.WITHDRAWAL: "Withdrawal",
    bills.BUY: "Buy",
    bills.SELL: "Sell",
    bills.FEE_IN_BGB: "Transaction fee deduct",
    bills.TRANSFER_IN: "Transfer in",
    bills.TRANSFER_OUT: "Transfer out",
    bills.FROM_BOTS: "Deposit from strategy account",
    bills.TO_BOTS: "Withdraw to strategy account",
    bills.PAID_IN_CONVERSION: "Exchange spending",
    bills.RECEIVED_IN_CONVERSION: "Exchange income",
    bills.GRANT: "Airdrop Reward-A",
}
"""The documented type of each reason that a bill of the spot wallet can have."""

PEER_TO_PEER = "c2c"
"""The group of bills that P2P orders leave in the funding wallet."""


@history(Tax.spot_records)
async def spot_records(
    exchange: Exchange, past: History, caller: Caller, request: ListTaxRecords
) -> list[SpotTaxRecord]:
    """Return the spot wallet's records, newest first."""
    return [
        SpotTaxRecord(
            id=str(bill.bill_id),
            coin=bill.coin,
            tax_type=SPOT_TYPES[bill.group_type, bill.business_type],
            amount=Amount(bill.size),
            fee=Amount(bill.fee),
            balance=Amount(bill.balance),
            time=Timestamp(bill.created),
            order_id=str(bill.order_id),
        )
        for bill in await _bills(exchange, past, caller, request, "spot")
    ]


@history(Tax.p2p_records)
async def p2p_records(exchange: Exchange, past: History, caller: Caller, request: ListTaxRecords) -> list[P2pTaxRecord]:
    """Return the funding wallet's records, newest first."""
    return [
        P2pTaxRecord(
            id=str(bill.bill_id),
            coin=bill.coin,
            tax_type=_p2p_type(bill),
            total=Amount(bill.size + bill.fee),
            balance=Amount(bill.balance),
            time=Timestamp(bill.created),
        )
        for bill in await _bills(exchange, past, caller, request, "funding")
    ]


async def _bills(
    exchange: Exchange, past: History, caller: Caller, request: ListTaxRecords, wallet: str
) -> list[BillRecord]:
    """Return the wallet's bills that are asked for; 41104 for an unknown coin, 00001 for a window above 30 days."""
    wanted = page(
        limit=request.limit,
        most=MOST_RECORDS,
        default=MOST_RECORDS,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
        days=WINDOW_DAYS,
    )
    return await past.rows(BillRecord, wanted, uid=caller.uid, wallet=wallet, coin=coin_name(exchange, request.coin))


def _p2p_type(bill: BillRecord) -> str:
    """Return the type of a funding wallet's bill: bought or sold from another user, else a transfer."""
    comes = bill.size > 0
    if bill.group_type == PEER_TO_PEER:
        return "buy" if comes else "sell"
    return "transfer_in" if comes else "transfer_out"
