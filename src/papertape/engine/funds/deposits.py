"""Deposits: coins that come in from outside, on a chain or from another user.

A deposit on a chain is pending until it has the chain's confirmations, then credited to the wallet that the
user chose for the coin. Confirmations come one each ``BLOCK_MS`` of market time, sooner from the control plane.
Coins enter the ledger only when credited.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec
from msgspec.structs import replace

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import plain
from papertape.engine.accounts.accounts import keeps_history
from papertape.engine.accounts.settings import Settings
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.firing_timers import on_timer, set_timer
from papertape.engine.funds.addresses import ChainAddress, deposit_address, transaction_hash
from papertape.engine.funds.bills import DEPOSIT, post_bill
from papertape.engine.funds.coins import Chain, Coin
from papertape.engine.funds.ledger import EXCHANGE_UID, ISSUANCE, LedgerAccount
from papertape.engine.funds.pending import Pending
from papertape.engine.funds.records import DepositRecord
from papertape.engine.funds.transfers import require_decimals

BLOCK_MS = 60_000
"""Market time between two confirmations of a deposit that confirms by itself."""
MOST_PENDING = 1_000
"""Deposits of one user that wait for confirmations."""
TIMER = "deposit_confirmation"


def find_chain(coin: Coin, name: str) -> Chain:
    """The coin's chain of this name, in any case; 40020 if it has none."""
    for chain in coin.chains:
        if chain.name.upper() == name.upper():
            return chain
    raise Rejected(errors.PARAMETER_ERROR.of("chain"))


def landing_wallet(exchange: Exchange, uid: int, coin: str) -> str:
    """Where the user's deposits of the coin land: spot unless changed."""
    return exchange.part(Settings).of(uid).deposit_wallets.get(coin, "spot")


def own_address(exchange: Exchange, uid: int, chain: Chain) -> ChainAddress:
    """The user's deposit address on the chain."""
    address = deposit_address(exchange.seed, uid, chain.name)
    return address if chain.needs_tag else ChainAddress(address.address)


class SeenTransfer(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer seen on a chain. What is None is made up: the user's own address and tag, a sender, a hash."""

    uid: int
    coin: Coin
    chain: Chain
    size: Decimal
    address: str | None = None
    tag: str | None = None
    from_address: str | None = None
    transaction: str | None = None
    confirmations: int = 0


def start(exchange: Exchange, seen: SeenTransfer) -> DepositRecord:
    """A pending deposit, credited at once where the confirmations suffice.

    Refuses chains that take no deposits (42017), amounts below the chain's minimum (40053) or too fine (01002),
    and more than ``MOST_PENDING`` at once (40058).
    """
    chain = seen.chain
    if not chain.depositable:
        raise Rejected(errors.CHAIN_DEPOSIT_NOT_SUPPORTED)
    require_decimals("amount", seen.size, seen.coin.places)
    if seen.size < chain.minimum_deposit:
        raise Rejected(errors.OUT_OF_RANGE.of("amount", f"{plain(chain.minimum_deposit)} and the supply"))
    if sum(deposit.uid == seen.uid for deposit in exchange.part(Pending).deposits.values()) >= MOST_PENDING:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("deposits", MOST_PENDING))
    wallet = landing_wallet(exchange, seen.uid, seen.coin.name)
    deposit = _record(exchange, seen, wallet)
    exchange.part(Pending).deposits[deposit.order_id] = deposit
    if seen.confirmations >= chain.deposit_confirmations:
        return confirm(exchange, deposit.order_id, seen.confirmations)
    exchange.emit(deposit)
    set_timer(exchange, TIMER, deposit.order_id, exchange.now + BLOCK_MS)
    return deposit


def confirm(exchange: Exchange, order_id: int, confirmations: int) -> DepositRecord:
    """More confirmations for a pending deposit, which credit it once there are enough; 43001 if it is not pending."""
    deposit = _pending(exchange, order_id)
    needed = find_chain(exchange.coins[deposit.coin], deposit.chain).deposit_confirmations
    counted = min(needed, deposit.confirmations + confirmations)
    if counted < needed:
        deposit = replace(deposit, confirmations=counted, updated=exchange.now)
        exchange.part(Pending).deposits[order_id] = deposit
        exchange.emit(deposit)
        return deposit
    exchange.ledger.move(deposit.coin, deposit.size, ISSUANCE, LedgerAccount(deposit.uid, deposit.wallet))
    post_bill(exchange, deposit.uid, deposit.wallet, deposit.coin, deposit.size, *DEPOSIT, order_id=order_id)
    return _close(exchange, deposit, "success", counted)


def fail(exchange: Exchange, order_id: int) -> DepositRecord:
    """Ends a pending deposit without crediting it; 43001 if it is not pending."""
    deposit = _pending(exchange, order_id)
    return _close(exchange, deposit, "fail", deposit.confirmations)


def fund(exchange: Exchange, uid: int, wallet: str, coin: Coin, size: Decimal) -> DepositRecord:
    """Credits coins at once, as a deposit that was never pending; accounts without history keep no record of it."""
    require_decimals("amount", size, coin.places)
    chain = coin.chains[0] if coin.chains else Chain(name=coin.name)
    seen = SeenTransfer(uid=uid, coin=coin, chain=chain, size=size, confirmations=chain.deposit_confirmations)
    deposit = replace(_record(exchange, seen, wallet), status="success")
    exchange.ledger.move(coin.name, size, ISSUANCE, LedgerAccount(uid, wallet))
    post_bill(exchange, uid, wallet, coin.name, size, *DEPOSIT, order_id=deposit.order_id)
    if keeps_history(uid):
        exchange.emit(deposit)
    return deposit


@on_timer(TIMER)
def _confirm_by_time(exchange: Exchange, order_id: int, due: int) -> None:
    if order_id in exchange.part(Pending).deposits and confirm(exchange, order_id, 1).status == "pending":
        set_timer(exchange, TIMER, order_id, due + BLOCK_MS)


def _record(exchange: Exchange, seen: SeenTransfer, wallet: str) -> DepositRecord:
    order_id = exchange.next_id()
    own = own_address(exchange, seen.uid, seen.chain)
    sender = deposit_address(exchange.seed, EXCHANGE_UID, seen.chain.name).address
    return DepositRecord(
        order_id=order_id,
        transaction=seen.transaction or transaction_hash(exchange.seed, seen.chain.name, order_id),
        uid=seen.uid,
        coin=seen.coin.name,
        chain=seen.chain.name,
        size=seen.size,
        status="pending",
        from_address=seen.from_address or sender,
        to_address=seen.address or own.address,
        destination="on_chain",
        tag=own.tag if seen.tag is None else seen.tag,
        confirmations=seen.confirmations,
        wallet=wallet,
        created=exchange.now,
        updated=exchange.now,
    )


def _pending(exchange: Exchange, order_id: int) -> DepositRecord:
    deposit = exchange.part(Pending).deposits.get(order_id)
    if deposit is None:
        raise Rejected(errors.ORDER_DOES_NOT_EXIST)
    return deposit


def _close(
    exchange: Exchange, deposit: DepositRecord, status: Literal["success", "fail"], confirmations: int
) -> DepositRecord:
    closed = replace(deposit, status=status, confirmations=confirmations, updated=exchange.now)
    del exchange.part(Pending).deposits[deposit.order_id]
    exchange.emit(closed)
    return closed
