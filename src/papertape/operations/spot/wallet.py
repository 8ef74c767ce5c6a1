"""The spot wallet: transfers, deposit addresses, deposits and withdrawals."""

from __future__ import annotations

from decimal import Decimal

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Amount, Count, Timestamp, plain
from papertape.contract.spot.wallet import (
    AskDepositAddress,
    AskSubaccountDepositAddress,
    AskTransferCoins,
    CancelWithdrawal,
    Deposit,
    DepositAddress,
    ListDeposits,
    ListSubaccountDeposits,
    ListWithdrawals,
    MakeSubaccountTransfer,
    MakeTransfer,
    ModifyDepositAccount,
    SpotWallet,
    SubaccountDeposit,
    TransferReference,
    Withdraw,
    Withdrawal,
    WithdrawalReference,
)
from papertape.engine.accounts.access import require_bound_key, require_sub_account
from papertape.engine.accounts.settings import Settings
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds import addresses, transfers, withdrawals
from papertape.engine.funds.coins import Chain, Coin
from papertape.engine.funds.deposits import find_chain, own_address
from papertape.engine.funds.pending import Pending
from papertape.engine.funds.records import DepositRecord, WithdrawalRecord
from papertape.engine.funds.transfers import coin_name, earlier, find_coin, takes_coin
from papertape.operations.paging import identifier, optional_identifier, page
from papertape.operations.ports import History
from papertape.operations.registry import Caller, command, history, query
from papertape.operations.wallet_words import wallet_of

RECORDS = 20
"""Deposits and withdrawals on a page unless told."""
MOST_RECORDS = 100
LONGEST_TAG, LONGEST_REMARK = 128, 256
DONE = "success"
"""What the two commands without a result answer."""


@command(SpotWallet.transfer)
def transfer(exchange: Exchange, caller: Caller, request: MakeTransfer) -> TransferReference:
    """Move a coin between two of the caller's wallets."""
    return _transfer(exchange, caller.uid, caller.uid, caller.uid, request)


@command(SpotWallet.subaccount_transfer)
def subaccount_transfer(exchange: Exchange, caller: Caller, request: MakeSubaccountTransfer) -> TransferReference:
    """Move a coin between the caller and sub-accounts, between two of these or inside one; 43127 for others."""
    require_bound_key(exchange, caller.uid, caller.key, caller.ip)
    source, target = identifier("fromUserId", request.from_user_id), identifier("toUserId", request.to_user_id)
    if exchange.account(caller.uid).parent or source == target == caller.uid:
        raise Rejected(errors.TRANSFER_NOT_BY_MAIN)
    for uid in (source, target):
        account = exchange.accounts.get(uid)
        if account is None or caller.uid not in (uid, account.parent):
            raise Rejected(errors.TRANSFER_NOT_BY_MAIN)
        if account.frozen:
            raise Rejected(errors.RECEIVER_FROZEN if uid == target else errors.ACCOUNT_FROZEN)
    return _transfer(exchange, caller.uid, source, target, request)


@query(SpotWallet.transfer_coins)
def transfer_coins(exchange: Exchange, caller: Caller, request: AskTransferCoins) -> list[str]:
    """Return the coins that both wallets take."""
    source, target = wallet_of(request.from_type), wallet_of(request.to_type)
    if source == target:
        raise Rejected(errors.PARAMETER_ERROR.of("toType"))
    return [
        coin.name
        for coin in exchange.coins.values()
        if coin.transferable and takes_coin(exchange, source, coin.name) and takes_coin(exchange, target, coin.name)
    ]


@query(SpotWallet.deposit_address)
def deposit_address(exchange: Exchange, caller: Caller, request: AskDepositAddress) -> DepositAddress:
    """Return the caller's address for a coin on a chain."""
    return _deposit_address(exchange, caller.uid, request)


@query(SpotWallet.subaccount_deposit_address)
def subaccount_deposit_address(
    exchange: Exchange, caller: Caller, request: AskSubaccountDepositAddress
) -> DepositAddress:
    """Return a sub-account's address for a coin on a chain; 40028 for an account that is not the caller's."""
    account = require_sub_account(exchange, caller.uid, identifier("subUid", request.sub_uid))
    return _deposit_address(exchange, account.uid, request)


@command(SpotWallet.modify_deposit_account)
def modify_deposit_account(exchange: Exchange, caller: Caller, request: ModifyDepositAccount) -> str:
    """Choose the wallet that a coin's deposits go to; 43129 if that wallet does not take the coin."""
    coin, wallet = find_coin(exchange, request.coin), wallet_of(request.account_type)
    if not takes_coin(exchange, wallet, coin.name):
        raise Rejected(errors.TRANSFER_COIN_INVALID)
    exchange.part(Settings).change(caller.uid).deposit_wallets[coin.name] = wallet
    return DONE


@history(SpotWallet.deposit_records)
async def deposit_records(exchange: Exchange, past: History, caller: Caller, request: ListDeposits) -> list[Deposit]:
    """Return the caller's deposits, newest first."""
    wanted = page(
        limit=request.limit,
        default=RECORDS,
        most=MOST_RECORDS,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
    )
    order_id = optional_identifier("orderId", request.order_id)
    rows = await past.rows(
        DepositRecord, wanted, uid=caller.uid, coin=coin_name(exchange, request.coin), order_id=order_id
    )
    return [
        Deposit(
            order_id=str(row.order_id),
            trade_id=row.transaction,
            coin=row.coin,
            type="deposit",
            size=Amount(row.size),
            status=row.status,
            from_address=row.from_address,
            to_address=row.to_address,
            chain=row.chain,
            destination=row.destination,
            created=Timestamp(row.created),
            updated=Timestamp(row.updated),
        )
        for row in rows
    ]


@history(SpotWallet.subaccount_deposit_records)
async def subaccount_deposit_records(
    exchange: Exchange, past: History, caller: Caller, request: ListSubaccountDeposits
) -> list[SubaccountDeposit]:
    """Return a sub-account's deposits, newest first; 40028 for an account that is not the caller's."""
    account = require_sub_account(exchange, caller.uid, identifier("subUid", request.sub_uid))
    wanted = page(
        limit=request.limit,
        default=RECORDS,
        most=MOST_RECORDS,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
    )
    rows = await past.rows(DepositRecord, wanted, uid=account.uid, coin=coin_name(exchange, request.coin))
    return [
        SubaccountDeposit(
            order_id=str(row.order_id),
            trade_id=row.transaction,
            coin=row.coin,
            client_oid="",
            size=Amount(row.size),
            status=row.status,
            from_address=row.from_address,
            to_address=row.to_address,
            chain=row.chain,
            confirmations=Count(row.confirmations),
            destination=row.destination,
            tag=row.tag,
            created=Timestamp(row.created),
            updated=Timestamp(row.updated),
        )
        for row in rows
    ]


@command(SpotWallet.withdraw)
def withdraw(exchange: Exchange, caller: Caller, request: Withdraw) -> WithdrawalReference:
    """Send a coin away. The key must be bound to addresses: withdrawals come from whitelisted IPs only."""
    require_bound_key(exchange, caller.uid, caller.key, caller.ip)
    order_id = earlier(exchange.part(Pending).withdrawal_oids, caller.uid, request.client_oid)
    if order_id is None:
        order_id = _withdraw(exchange, caller.uid, request)
    return WithdrawalReference(order_id=str(order_id), client_oid=request.client_oid or str(order_id))


@command(SpotWallet.cancel_withdrawal)
def cancel_withdrawal(exchange: Exchange, caller: Caller, request: CancelWithdrawal) -> str:
    """Take back a withdrawal that is still in review."""
    withdrawals.cancel(exchange, caller.uid, identifier("orderId", request.order_id))
    return DONE


@history(SpotWallet.withdrawal_records)
async def withdrawal_records(
    exchange: Exchange, past: History, caller: Caller, request: ListWithdrawals
) -> list[Withdrawal]:
    """Return the caller's withdrawals, newest first."""
    wanted = page(
        limit=request.limit,
        default=RECORDS,
        most=MOST_RECORDS,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
    )
    rows = await past.rows(
        WithdrawalRecord,
        wanted,
        uid=caller.uid,
        coin=coin_name(exchange, request.coin),
        order_id=optional_identifier("orderId", request.order_id),
        client_oid=request.client_oid,
    )
    return [
        Withdrawal(
            order_id=str(row.order_id),
            trade_id=row.transaction,
            coin=row.coin,
            client_oid=row.client_oid,
            type="withdraw",
            destination=row.destination,
            size=Amount(row.size),
            fee=Amount(-row.fee if row.fee else row.fee),
            status=row.status,
            from_address=row.from_address,
            to_address=row.to_address,
            chain=row.chain,
            confirmations=Count(row.confirmations),
            tag=row.tag,
            created=Timestamp(row.created),
            updated=Timestamp(row.updated),
        )
        for row in rows
    ]


def _transfer(
    exchange: Exchange, initiator: int, source: int, target: int, request: MakeTransfer | MakeSubaccountTransfer
) -> TransferReference:
    transfer_id = earlier(exchange.part(Pending).transfers, initiator, request.client_oid)
    if transfer_id is None:
        asked = transfers.TransferRequest(
            initiator=initiator,
            from_uid=source,
            to_uid=target,
            from_wallet=wallet_of(request.from_type),
            to_wallet=wallet_of(request.to_type),
            coin=request.coin.upper(),
            amount=request.amount,
            symbol=(request.symbol or "").upper(),
            client_oid=request.client_oid or "",
        )
        transfer_id = transfers.make(exchange, asked)
    return TransferReference(transfer_id=str(transfer_id), client_oid=request.client_oid or str(transfer_id))


def _deposit_address(
    exchange: Exchange, uid: int, request: AskDepositAddress | AskSubaccountDepositAddress
) -> DepositAddress:
    coin = find_coin(exchange, request.coin)
    chain = _deposit_chain(coin, request.chain)
    if addresses.family(chain.name) == "lightning":
        amount = _invoice_amount(coin, request.size)
        found = addresses.ChainAddress(addresses.lightning_invoice(exchange.seed, uid, amount, exchange.now))
    else:
        found = own_address(exchange, uid, chain)
    return DepositAddress(address=found.address, chain=chain.name, coin=coin.name, tag=found.tag, url=chain.browser_url)


def _deposit_chain(coin: Coin, name: str | None) -> Chain:
    """Return the chain of this name, or the coin's first that takes deposits."""
    if name is not None:
        chain = find_chain(coin, name)
        if not chain.depositable:
            raise Rejected(errors.CHAIN_DEPOSIT_NOT_SUPPORTED)
        return chain
    for chain in coin.chains:
        if chain.depositable:
            return chain
    raise Rejected(errors.DEPOSIT_NOT_SUPPORTED)


def _invoice_amount(coin: Coin, size: Decimal | None) -> Decimal:
    if size is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("size"))
    transfers.require_decimals("size", size, coin.places)
    if not addresses.LIGHTNING_SMALLEST <= size <= addresses.LIGHTNING_LARGEST:
        bounds = f"{plain(addresses.LIGHTNING_SMALLEST)} and {plain(addresses.LIGHTNING_LARGEST)}"
        raise Rejected(errors.OUT_OF_RANGE.of("size", bounds))
    return size


def _withdraw(exchange: Exchange, uid: int, request: Withdraw) -> int:
    _check_beneficiary(request)
    for name, text, longest in (("tag", request.tag, LONGEST_TAG), ("remark", request.remark, LONGEST_REMARK)):
        if text is not None and len(text) > longest:
            raise Rejected(errors.PARAMETER_ERROR.of(name))
    asked = withdrawals.WithdrawalRequest(
        uid=uid,
        coin=find_coin(exchange, request.coin),
        address=request.address.strip(),
        size=request.size,
        tag=request.tag or "",
        remark=request.remark or "",
        client_oid=request.client_oid or "",
    )
    if request.transfer_type == "on_chain":
        if request.chain is None:
            raise Rejected(errors.PARAMETER_EMPTY.of("chain"))
        return withdrawals.send_on_chain(exchange, asked, find_chain(asked.coin, request.chain))
    if request.inner_to_type == "mobile" and request.area_code is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("areaCode"))
    if request.inner_to_type in ("email", "mobile"):
        # Accounts have neither here, so no receiver can be found by them.
        raise Rejected(errors.ADDRESS_INVALID)
    return withdrawals.send_to_user(exchange, asked)


def _check_beneficiary(request: Withdraw) -> None:
    """Refuse a receiver at a Korean exchange without its kind and the names that belong to it."""
    if request.member_code is not None and request.identity_type is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("identityType"))
    if request.identity_type == "company" and not request.company_name:
        raise Rejected(errors.PARAMETER_EMPTY.of("companyName"))
    if request.identity_type == "user" and not (request.first_name and request.last_name):
        raise Rejected(errors.PARAMETER_EMPTY.of("lastName" if request.first_name else "firstName"))
