"""Withdrawals: coins that leave, to an address on a chain or to another user of the exchange.

On a chain: review (one minute, cancellable), processing (broadcast, confirming), success. The coins are frozen
until they leave; then the fee goes to the exchange and the rest to the world outside. ``size`` is what leaves
the wallet, fee included, except for Lightning, whose invoice names what must arrive. To another user: at once,
without a fee. Rules of the documentation's "Withdraw" and "Cancel Withdrawal" pages.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec
from msgspec.structs import replace

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import plain
from papertape.engine.accounts.accounts import FIRST_USER, Account, BookedAddress
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.firing_timers import on_timer, set_timer
from papertape.engine.exchange.money import ZERO, up
from papertape.engine.funds.addresses import deposit_address, family, invoice_amount, looks_right, transaction_hash
from papertape.engine.funds.bills import DEPOSIT, WITHDRAWAL, post_bill
from papertape.engine.funds.coins import Chain, Coin
from papertape.engine.funds.deposits import find_chain, landing_wallet, own_address
from papertape.engine.funds.ledger import EXCHANGE_UID, FEES, ISSUANCE, LedgerAccount
from papertape.engine.funds.pending import Pending
from papertape.engine.funds.records import DepositRecord, WithdrawalRecord
from papertape.engine.funds.transfers import remember, require_decimals

WALLET = "spot"
"""The wallet that withdrawals leave from."""
REVIEW_MS = 60_000
"""How long a withdrawal is reviewed and can be cancelled ("possible within 1 minute")."""
PROCESSING_MS = 60_000
"""How long a broadcast withdrawal takes to confirm."""
MOST_PENDING = 200
"""Withdrawals of one user under way at once."""
UID_DIGITS = 10
REVIEW, PROCESSING = "withdrawal_review", "withdrawal_processing"
"""The kinds of timers that end the two stages."""


class WithdrawalRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: ``address`` is an address on the chain, or the receiver's UID inside the exchange."""

    uid: int
    coin: Coin
    address: str
    size: Decimal
    tag: str = ""
    remark: str = ""
    client_oid: str = ""


def send_on_chain(exchange: Exchange, asked: WithdrawalRequest, chain: Chain) -> int:
    """Freezes the coins, starts the review and returns the order's id.

    Refuses closed chains (42015), a missing tag (43116), bad, own and unbooked addresses (47002, 43121, 47003),
    bad sizes (01001, 01002, 43124, 43114, 43112), too many at once (13001) and insufficient balance (43012).
    """
    account = exchange.account(asked.uid)
    _check_address(exchange, account, asked, chain)
    gross, fee = _amounts(asked, chain)
    if sum(pending.uid == asked.uid for pending in exchange.part(Pending).withdrawals.values()) >= MOST_PENDING:
        raise Rejected(errors.WITHDRAWAL_TOO_FREQUENT)
    exchange.ledger.require(asked.uid, WALLET, asked.coin.name, gross)
    exchange.ledger.freeze(asked.uid, WALLET, asked.coin.name, gross)
    source = deposit_address(exchange.seed, EXCHANGE_UID, chain.name).address
    record = _record(exchange, asked, "on_chain", chain=chain.name, size=gross, fee=fee, from_address=source)
    exchange.part(Pending).withdrawals[record.order_id] = record
    exchange.emit(record)
    set_timer(exchange, REVIEW, record.order_id, exchange.now + REVIEW_MS)
    return record.order_id


def send_to_user(exchange: Exchange, asked: WithdrawalRequest) -> int:
    """Moves the coins to another user's deposit wallet at once and returns the order's id.

    Refuses receivers that do not exist (47002), are the sender (43121) or frozen (43136), bad sizes (01001,
    01002) and insufficient balance (43012).
    """
    is_uid = len(asked.address) <= UID_DIGITS and asked.address.isascii() and asked.address.isdecimal()
    receiver = exchange.accounts.get(int(asked.address)) if is_uid else None
    if receiver is None or receiver.uid < FIRST_USER:
        raise Rejected(errors.ADDRESS_INVALID)
    if receiver.uid == asked.uid:
        raise Rejected(errors.WITHDRAWAL_TO_SELF)
    if receiver.frozen:
        raise Rejected(errors.RECEIVER_FROZEN)
    require_decimals("size", asked.size, asked.coin.places)
    coin, size = asked.coin.name, asked.size
    exchange.ledger.require(asked.uid, WALLET, coin, size)
    wallet = landing_wallet(exchange, receiver.uid, coin)
    exchange.ledger.move(coin, size, LedgerAccount(asked.uid, WALLET), LedgerAccount(receiver.uid, wallet))
    record = _record(exchange, asked, "internal_transfer", size=size, from_address=str(asked.uid))
    exchange.emit(replace(record, transaction=str(record.order_id), status="success", stage="success"))
    post_bill(exchange, asked.uid, WALLET, coin, -size, *WITHDRAWAL, order_id=record.order_id)
    arrival = _arrival(exchange, record, receiver.uid, wallet)
    exchange.emit(arrival)
    post_bill(exchange, receiver.uid, wallet, coin, size, *DEPOSIT, order_id=arrival.order_id)
    return record.order_id


def cancel(exchange: Exchange, uid: int, order_id: int) -> None:
    """Takes back a withdrawal in review: 43001 if it is not the user's or over, 13010 once it is processing."""
    record = exchange.part(Pending).withdrawals.get(order_id)
    if record is None or record.uid != uid:
        raise Rejected(errors.ORDER_DOES_NOT_EXIST)
    if record.stage != "review":
        raise Rejected(errors.WITHDRAWAL_NOT_CANCELLABLE)
    _give_back(exchange, record, "cancelled")


def approve(exchange: Exchange, order_id: int, transaction: str | None = None) -> WithdrawalRecord:
    """Ends a withdrawal's review before its time; 43001 if it is not in review."""
    record = _pending(exchange, order_id, "review")
    return _broadcast(exchange, record, exchange.now, transaction)


def complete(
    exchange: Exchange, order_id: int, transaction: str | None = None, confirmations: int | None = None
) -> WithdrawalRecord:
    """Ends a withdrawal's processing before its time; 43001 if it is not in processing."""
    record = _pending(exchange, order_id, "processing")
    return _finish(exchange, replace(record, transaction=transaction or record.transaction), confirmations)


def fail(exchange: Exchange, order_id: int, reason: str = "") -> WithdrawalRecord:
    """Ends a withdrawal and gives the coins back; ``reason`` becomes its remark; 43001 if it is over."""
    record = _pending(exchange, order_id, "review", "processing")
    return _give_back(exchange, replace(record, remark=reason or record.remark), "fail")


@on_timer(REVIEW)
def _review_over(exchange: Exchange, order_id: int, due: int) -> None:
    record = exchange.part(Pending).withdrawals.get(order_id)
    if record is not None and record.stage == "review":
        _broadcast(exchange, record, due)


@on_timer(PROCESSING)
def _processing_over(exchange: Exchange, order_id: int, due: int) -> None:
    record = exchange.part(Pending).withdrawals.get(order_id)
    if record is not None:
        _finish(exchange, record)


def _pending(exchange: Exchange, order_id: int, *stages: str) -> WithdrawalRecord:
    record = exchange.part(Pending).withdrawals.get(order_id)
    if record is None or record.stage not in stages:
        raise Rejected(errors.ORDER_DOES_NOT_EXIST)
    return record


def _check_address(exchange: Exchange, account: Account, asked: WithdrawalRequest, chain: Chain) -> None:
    if not chain.withdrawable:
        raise Rejected(errors.WITHDRAWAL_NOT_SUPPORTED)
    if chain.needs_tag and not asked.tag:
        raise Rejected(errors.TAG_REQUIRED)
    if not looks_right(chain.name, asked.address):
        raise Rejected(errors.ADDRESS_INVALID)
    own = own_address(exchange, account.uid, chain)
    if (asked.address, asked.tag if chain.needs_tag else "") == own:
        raise Rejected(errors.WITHDRAWAL_TO_SELF)
    if account.address_book and not _is_booked(account.address_book, asked, chain):
        raise Rejected(errors.WITHDRAWAL_ADDRESS_UNKNOWN)


def _is_booked(book: list[BookedAddress], asked: WithdrawalRequest, chain: Chain) -> bool:
    wanted = (asked.coin.name, chain.name, asked.address, asked.tag)
    return any((entry.coin, entry.chain, entry.address, entry.tag) == wanted for entry in book)


def _amounts(asked: WithdrawalRequest, chain: Chain) -> tuple[Decimal, Decimal]:
    require_decimals("size", asked.size, min(chain.withdrawal_places, asked.coin.places))
    if chain.withdrawal_step and asked.size % chain.withdrawal_step:
        raise Rejected(errors.WITHDRAWAL_STEP_WRONG)
    if asked.size < chain.minimum_withdrawal:
        raise Rejected(errors.WITHDRAWAL_TOO_SMALL.of(plain(chain.minimum_withdrawal)))
    fee = up(chain.withdrawal_fee + asked.size * chain.extra_withdrawal_fee, asked.coin.places)
    if family(chain.name) == "lightning":
        if invoice_amount(asked.address) not in (None, asked.size):
            raise Rejected(errors.PARAMETER_ERROR.of("size"))
        return asked.size + fee, fee
    if asked.size <= fee:
        raise Rejected(errors.WITHDRAWAL_BELOW_FEE.of(plain(fee)))
    return asked.size, fee


def _record(
    exchange: Exchange,
    asked: WithdrawalRequest,
    destination: Literal["on_chain", "internal_transfer"],
    *,
    size: Decimal,
    from_address: str,
    chain: str = "",
    fee: Decimal = ZERO,
) -> WithdrawalRecord:
    order_id = exchange.next_id()
    client_oid = asked.client_oid or str(order_id)
    if asked.client_oid:
        remember(exchange.part(Pending).withdrawal_oids, asked.uid, client_oid, order_id)
    return WithdrawalRecord(
        order_id=order_id,
        client_oid=client_oid,
        transaction="",
        uid=asked.uid,
        coin=asked.coin.name,
        chain=chain,
        size=size,
        fee=fee,
        status="pending",
        stage="review",
        from_address=from_address,
        to_address=asked.address,
        destination=destination,
        tag=asked.tag,
        confirmations=0,
        remark=asked.remark,
        created=exchange.now,
        updated=exchange.now,
    )


def _arrival(exchange: Exchange, sent: WithdrawalRecord, uid: int, wallet: str) -> DepositRecord:
    return DepositRecord(
        order_id=exchange.next_id(),
        transaction=str(sent.order_id),
        uid=uid,
        coin=sent.coin,
        chain="",
        size=sent.size,
        status="success",
        from_address=sent.from_address,
        to_address=str(uid),
        destination="internal_transfer",
        tag="",
        confirmations=0,
        wallet=wallet,
        created=exchange.now,
        updated=exchange.now,
    )


def _broadcast(
    exchange: Exchange, record: WithdrawalRecord, since: int, transaction: str | None = None
) -> WithdrawalRecord:
    hashed = transaction or transaction_hash(exchange.seed, record.chain, record.order_id)
    moved = replace(record, stage="processing", transaction=hashed, updated=exchange.now)
    exchange.part(Pending).withdrawals[record.order_id] = moved
    exchange.emit(moved)
    set_timer(exchange, PROCESSING, record.order_id, since + PROCESSING_MS)
    return moved


def _finish(exchange: Exchange, record: WithdrawalRecord, confirmations: int | None = None) -> WithdrawalRecord:
    held = LedgerAccount(record.uid, WALLET, "frozen")
    exchange.ledger.move(record.coin, record.size - record.fee, held, ISSUANCE)
    exchange.ledger.move(record.coin, record.fee, held, FEES)
    net = record.fee - record.size
    post_bill(exchange, record.uid, WALLET, record.coin, net, *WITHDRAWAL, -record.fee, record.order_id)
    chain = find_chain(exchange.coins[record.coin], record.chain)
    confirmed = chain.withdrawal_confirmations if confirmations is None else confirmations
    done = replace(record, status="success", stage="success", confirmations=confirmed, updated=exchange.now)
    return _close(exchange, done)


def _give_back(exchange: Exchange, record: WithdrawalRecord, stage: Literal["cancelled", "fail"]) -> WithdrawalRecord:
    exchange.ledger.release(record.uid, WALLET, record.coin, record.size)
    return _close(exchange, replace(record, status="fail", stage=stage, updated=exchange.now))


def _close(exchange: Exchange, record: WithdrawalRecord) -> WithdrawalRecord:
    del exchange.part(Pending).withdrawals[record.order_id]
    exchange.emit(record)
    return record
