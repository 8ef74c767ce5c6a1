"""The control plane's deposits, withdrawals and address books."""

from __future__ import annotations

from papertape.contract.control import (
    AddAddress,
    Address,
    ApproveWithdrawal,
    CompleteWithdrawal,
    ConfirmDeposit,
    Control,
    ControlDeposit,
    ControlWithdrawal,
    DeleteAddress,
    Done,
    FailDeposit,
    FailWithdrawal,
    Fund,
    ListAddresses,
    ListPending,
    StartDeposit,
)
from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Amount
from papertape.engine.accounts.accounts import MOST_BOOKED_ADDRESSES, BookedAddress
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds import deposits, withdrawals
from papertape.engine.funds.addresses import looks_right
from papertape.engine.funds.pending import Pending
from papertape.engine.funds.records import DepositRecord, WithdrawalRecord
from papertape.engine.funds.transfers import find_coin
from papertape.engine.spot.markets import spot_market
from papertape.operations.control.accounts import find_account, rows
from papertape.operations.paging import identifier
from papertape.operations.registry import Caller, command, query
from papertape.operations.wallet_words import wallet_of, word_of

MOST_CONFIRMATIONS = 1_000_000
LONGEST_TEXT = 128
"""Letters of an address, tag, label, transaction hash or reason."""


@command(Control.fund)
def fund(exchange: Exchange, caller: Caller, request: Fund) -> ControlDeposit:
    """Credit a coin to any wallet of a user."""
    account, coin = find_account(exchange, request.uid), find_coin(exchange, request.coin)
    wallet = wallet_of(request.wallet)
    if wallet == "isolated_margin":
        if request.symbol is None:
            raise Rejected(errors.PARAMETER_EMPTY.of("symbol"))
        wallet = f"{wallet}:{spot_market(exchange, request.symbol).id.symbol}"
    return _deposit(deposits.fund(exchange, account.uid, wallet, coin, request.amount))


@command(Control.start_deposit)
def start_deposit(exchange: Exchange, caller: Caller, request: StartDeposit) -> ControlDeposit:
    """Let a transfer be seen on a chain."""
    account, coin = find_account(exchange, request.uid), find_coin(exchange, request.coin)
    if not coin.chains:
        raise Rejected(errors.DEPOSIT_NOT_SUPPORTED)
    for name, text in (
        ("address", request.address),
        ("tag", request.tag),
        ("fromAddress", request.from_address),
        ("transaction", request.transaction),
    ):
        _check_text(name, text)
    _check_confirmations(request.confirmations, 0)
    seen = deposits.SeenTransfer(
        uid=account.uid,
        coin=coin,
        chain=coin.chains[0] if request.chain is None else deposits.find_chain(coin, request.chain),
        size=request.amount,
        address=request.address,
        tag=request.tag,
        from_address=request.from_address,
        transaction=request.transaction,
        confirmations=request.confirmations,
    )
    return _deposit(deposits.start(exchange, seen))


@command(Control.confirm_deposit)
def confirm_deposit(exchange: Exchange, caller: Caller, request: ConfirmDeposit) -> ControlDeposit:
    """Add confirmations; the last one needed credits the deposit."""
    _check_confirmations(request.confirmations, 1)
    return _deposit(deposits.confirm(exchange, identifier("orderId", request.order_id), request.confirmations))


@command(Control.fail_deposit)
def fail_deposit(exchange: Exchange, caller: Caller, request: FailDeposit) -> ControlDeposit:
    """End a pending deposit without credit."""
    return _deposit(deposits.fail(exchange, identifier("orderId", request.order_id)))


@query(Control.deposits)
def pending_deposits(exchange: Exchange, caller: Caller, request: ListPending) -> list[ControlDeposit]:
    """Return pending deposits, the oldest first."""
    found = [record for record in exchange.part(Pending).deposits.values() if request.uid in (None, record.uid)]
    return [_deposit(record) for record in found[: rows(request.limit)]]


@query(Control.withdrawals)
def pending_withdrawals(exchange: Exchange, caller: Caller, request: ListPending) -> list[ControlWithdrawal]:
    """Return pending withdrawals, the oldest first."""
    found = [record for record in exchange.part(Pending).withdrawals.values() if request.uid in (None, record.uid)]
    return [_withdrawal(record) for record in found[: rows(request.limit)]]


@command(Control.approve_withdrawal)
def approve_withdrawal(exchange: Exchange, caller: Caller, request: ApproveWithdrawal) -> ControlWithdrawal:
    """End a withdrawal's review before its time."""
    _check_text("transaction", request.transaction)
    return _withdrawal(withdrawals.approve(exchange, identifier("orderId", request.order_id), request.transaction))


@command(Control.complete_withdrawal)
def complete_withdrawal(exchange: Exchange, caller: Caller, request: CompleteWithdrawal) -> ControlWithdrawal:
    """End a withdrawal's processing before its time."""
    _check_text("transaction", request.transaction)
    if request.confirmations is not None:
        _check_confirmations(request.confirmations, 0)
    order_id = identifier("orderId", request.order_id)
    return _withdrawal(withdrawals.complete(exchange, order_id, request.transaction, request.confirmations))


@command(Control.fail_withdrawal)
def fail_withdrawal(exchange: Exchange, caller: Caller, request: FailWithdrawal) -> ControlWithdrawal:
    """Refuse a withdrawal; all of it goes back."""
    _check_text("reason", request.reason)
    return _withdrawal(withdrawals.fail(exchange, identifier("orderId", request.order_id), request.reason))


@command(Control.add_address)
def add_address(exchange: Exchange, caller: Caller, request: AddAddress) -> Address:
    """Add an address; from the first on, the account withdraws to booked ones only. 49065 if it is booked already."""
    account, coin = find_account(exchange, request.uid), find_coin(exchange, request.coin)
    chain = deposits.find_chain(coin, request.chain)
    _check_text("tag", request.tag)
    _check_text("label", request.label)
    if not looks_right(chain.name, request.address):
        raise Rejected(errors.ADDRESS_INVALID)
    if len(account.address_book) >= MOST_BOOKED_ADDRESSES:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("addresses", MOST_BOOKED_ADDRESSES))
    entry = BookedAddress(
        coin=coin.name, chain=chain.name, address=request.address, tag=request.tag, label=request.label
    )
    if any(_same(entry, known) and entry.tag == known.tag for known in account.address_book):
        raise Rejected(errors.ADDRESS_ALREADY_BOOKED)
    account.address_book.append(entry)
    return _address(account.uid, entry)


@query(Control.addresses)
def addresses(exchange: Exchange, caller: Caller, request: ListAddresses) -> list[Address]:
    """Return an account's address book."""
    account = find_account(exchange, request.uid)
    return [_address(account.uid, entry) for entry in account.address_book]


@command(Control.delete_address)
def delete_address(exchange: Exchange, caller: Caller, request: DeleteAddress) -> Done:
    """Delete an address, with all its tags; 40034 if it is not in the book."""
    account, coin = find_account(exchange, request.uid), find_coin(exchange, request.coin)
    gone = BookedAddress(coin=coin.name, chain=deposits.find_chain(coin, request.chain).name, address=request.address)
    left = [entry for entry in account.address_book if not _same(entry, gone)]
    if len(left) == len(account.address_book):
        raise Rejected(errors.PARAMETER_DOES_NOT_EXIST.of("address"))
    account.address_book = left
    return Done()


def _same(entry: BookedAddress, other: BookedAddress) -> bool:
    return (entry.coin, entry.chain, entry.address) == (other.coin, other.chain, other.address)


def _check_text(name: str, text: str | None) -> None:
    if text is not None and (len(text) > LONGEST_TEXT or not (text == "" or text.isprintable())):
        raise Rejected(errors.PARAMETER_ERROR.of(name))


def _check_confirmations(count: int, least: int) -> None:
    if not least <= count <= MOST_CONFIRMATIONS:
        raise Rejected(errors.OUT_OF_RANGE.of("confirmations", f"{least} and {MOST_CONFIRMATIONS}"))


def _address(uid: int, entry: BookedAddress) -> Address:
    return Address(uid=uid, coin=entry.coin, chain=entry.chain, address=entry.address, tag=entry.tag, label=entry.label)


def _deposit(record: DepositRecord) -> ControlDeposit:
    return ControlDeposit(
        order_id=str(record.order_id),
        uid=record.uid,
        coin=record.coin,
        amount=Amount(record.size),
        chain=record.chain,
        address=record.to_address,
        tag=record.tag,
        from_address=record.from_address,
        transaction=record.transaction,
        status=record.status,
        confirmations=record.confirmations,
        wallet=word_of(record.wallet),
        created=record.created,
        updated=record.updated,
    )


def _withdrawal(record: WithdrawalRecord) -> ControlWithdrawal:
    return ControlWithdrawal(
        order_id=str(record.order_id),
        client_oid=record.client_oid,
        uid=record.uid,
        coin=record.coin,
        amount=Amount(record.size),
        fee=Amount(record.fee),
        chain=record.chain,
        address=record.to_address,
        tag=record.tag,
        destination=record.destination,
        transaction=record.transaction,
        status=record.status,
        stage=record.stage,
        confirmations=record.confirmations,
        created=record.created,
        updated=record.updated,
    )
