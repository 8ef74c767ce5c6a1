"""The spot account: the caller's key, balances, bills, transfer records, fee payment in BGB, upgrades."""

from __future__ import annotations

from papertape.contract.protocol import errors
from papertape.contract.protocol.endpoint import PERMISSIONS
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Amount, Nothing, Timestamp
from papertape.contract.spot.account import (
    AccountInformation,
    Asset,
    Bill,
    DeductState,
    ListAssets,
    ListBills,
    ListMainSubTransfers,
    ListSubaccountAssets,
    ListTransfers,
    MainSubTransfer,
    SpotAccount,
    SubaccountAssets,
    SwitchDeduct,
    Transfer,
    UpgradeAccount,
    UpgradeStatus,
)
from papertape.engine.accounts.access import require_sub_account, sub_accounts
from papertape.engine.accounts.accounts import permits
from papertape.engine.accounts.settings import Settings
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO
from papertape.engine.funds.ledger import Balance
from papertape.engine.funds.records import BillRecord, TransferRecord
from papertape.engine.funds.transfers import coin_name
from papertape.operations.paging import identifier, page
from papertape.operations.ports import History
from papertape.operations.registry import Caller, command, history, query
from papertape.operations.wallet_words import wallet_of, word_of

AUTHORITIES = {
    "read": ("coor", "cpor", "stor", "smor", "ttor", "wtor", "taxr", "chor", "p2pr", "pllr"),
    "spot_trade": ("stow",),
    "margin_trade": ("smow",),
    "contract_trade": ("coow", "cpow"),
    "transfer": ("wtow",),
    "withdraw": ("wwow",),
}
"""The codes that each of a key's permissions shows as (documentation, "Get Account Information")."""

UPGRADE_MS = 60_000
"""How long an upgrade takes to come to its end ("about 1 minute")."""


@query(SpotAccount.info)
def info(exchange: Exchange, caller: Caller, request: Nothing) -> AccountInformation:
    """Return the caller's account and what the key used may do; nobody is invited, and nobody leads copy trades yet."""
    account, key = exchange.account(caller.uid), exchange.keys.get(caller.key)
    usable = tuple(word for word in PERMISSIONS if key and permits(account, key, word))
    return AccountInformation(
        user_id=str(account.uid),
        inviter_id="",
        channel_code="",
        channel="",
        ips=",".join(key.ips) if key else "",
        authorities=[code for permission in usable for code in AUTHORITIES[permission]],
        parent_id=account.parent or account.uid,
        trader_type="not_trader",
        registered=Timestamp(account.registered),
    )


@query(SpotAccount.assets)
def assets(exchange: Exchange, caller: Caller, request: ListAssets) -> list[Asset]:
    """Return one coin's balance, those held, or all coins'; an unknown coin is 41104."""
    held = exchange.ledger.coins(caller.uid, "spot")
    if request.coin is not None:
        name = request.coin.upper()
        if name not in exchange.coins:
            raise Rejected(errors.UNSUPPORTED_COIN.of(request.coin))
        return [asset(name, exchange.ledger.balance(caller.uid, "spot", name))]
    if request.asset_type == "all":
        return [asset(name, exchange.ledger.balance(caller.uid, "spot", name)) for name in exchange.coins]
    return [asset(name, balance) for name, balance in held.items() if balance.total]


@query(SpotAccount.subaccount_assets)
def subaccount_assets(exchange: Exchange, caller: Caller, request: ListSubaccountAssets) -> list[SubaccountAssets]:
    """Return the sub-accounts that hold something, the newest first; 40048 for a sub-account's key."""
    if exchange.account(caller.uid).parent:
        raise Rejected(errors.KEY_MUST_BE_MAIN)
    wanted = page(limit=request.limit, default=10, most=50, before=request.id_less_than)
    found: list[SubaccountAssets] = []
    for account in reversed(sub_accounts(exchange, caller.uid)):
        held = exchange.ledger.coins(account.uid, "spot")
        rows = [asset(name, balance) for name, balance in held.items() if balance.total]
        if rows and (wanted.before is None or account.uid < wanted.before) and len(found) < wanted.limit:
            found.append(SubaccountAssets(id=account.uid, user_id=account.uid, assets_list=rows))
    return found


@history(SpotAccount.bills)
async def bills(exchange: Exchange, past: History, caller: Caller, request: ListBills) -> list[Bill]:
    """Return the spot wallet's bills, newest first."""
    wanted = page(
        limit=request.limit, most=500, before=request.id_less_than, start=request.start_time, end=request.end_time
    )
    rows = await past.rows(
        BillRecord,
        wanted,
        uid=caller.uid,
        wallet="spot",
        coin=coin_name(exchange, request.coin),
        group_type=request.group_type,
        business_type=request.business_type and request.business_type.lower(),
    )
    return [
        Bill(
            created=Timestamp(row.created),
            order_id=str(row.order_id),
            coin=row.coin,
            group_type=row.group_type,
            business_type=row.business_type,
            size=Amount(row.size),
            balance=Amount(row.balance),
            fees=Amount(row.fee),
            bill_id=str(row.bill_id),
        )
        for row in rows
    ]


@history(SpotAccount.transfer_records)
async def transfer_records(exchange: Exchange, past: History, caller: Caller, request: ListTransfers) -> list[Transfer]:
    """Return transfers between the caller's own wallets, newest first."""
    wanted = page(
        limit=request.limit,
        most=500,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
        number=request.page_number,
    )
    rows = await past.rows(
        TransferRecord,
        wanted,
        from_uid=caller.uid,
        to_uid=caller.uid,
        coin=coin_name(exchange, request.coin),
        from_wallet=wallet_of(request.from_type) if request.from_type else None,
        client_oid=request.client_oid,
        between_accounts=False,
    )
    return [
        Transfer(
            coin=row.coin,
            status="Successful",
            to_type=word_of(row.to_wallet),
            to_symbol=row.to_symbol,
            from_type=word_of(row.from_wallet),
            from_symbol=row.from_symbol,
            size=Amount(row.size),
            time=Timestamp(row.created),
            client_oid=row.client_oid,
            transfer_id=str(row.transfer_id),
        )
        for row in rows
    ]


@history(SpotAccount.main_sub_transfer_records)
async def main_sub_transfer_records(
    exchange: Exchange, past: History, caller: Caller, request: ListMainSubTransfers
) -> list[MainSubTransfer]:
    """Return transfers out of (``initiator``) or into (``receiver``) the caller's account or a sub-account."""
    uid = caller.uid
    if request.sub_uid is not None:
        uid = require_sub_account(exchange, caller.uid, identifier("subUid", request.sub_uid)).uid
    wanted = page(
        limit=request.limit, most=100, before=request.id_less_than, start=request.start_time, end=request.end_time
    )
    receives = request.role == "receiver"
    rows = await past.rows(
        TransferRecord,
        wanted,
        from_uid=None if receives else uid,
        to_uid=uid if receives else None,
        coin=coin_name(exchange, request.coin),
        client_oid=request.client_oid,
        between_accounts=True,
    )
    return [_main_sub_transfer(row) for row in rows]


@command(SpotAccount.switch_deduct)
def switch_deduct(exchange: Exchange, caller: Caller, request: SwitchDeduct) -> bool:
    """Turn fee payment in BGB on or off."""
    exchange.part(Settings).change(caller.uid).deducts_bgb = request.deduct == "on"
    return True


@query(SpotAccount.deduct_info)
def deduct_info(exchange: Exchange, caller: Caller, request: Nothing) -> DeductState:
    """Tell whether fees are paid in BGB."""
    return DeductState(deduct="on" if exchange.part(Settings).of(caller.uid).deducts_bgb else "off")


@command(SpotAccount.upgrade)
def upgrade(exchange: Exchange, caller: Caller, request: UpgradeAccount) -> None:
    """Ask for the unified account; a request that is still in process is not restarted."""
    uid = _account_to_upgrade(exchange, caller, request)
    if not _in_process(exchange, uid):
        exchange.part(Settings).change(uid).upgraded = exchange.now


@query(SpotAccount.upgrade_status)
def upgrade_status(exchange: Exchange, caller: Caller, request: UpgradeAccount) -> UpgradeStatus:
    """Tell how far the upgrade is. There is no unified account here, so a minute after the request it has failed."""
    uid = _account_to_upgrade(exchange, caller, request)
    if not exchange.part(Settings).of(uid).upgraded:
        return UpgradeStatus(status="fail", reason="upgrade_not_requested")
    if _in_process(exchange, uid):
        return UpgradeStatus(status="process", reason="")
    return UpgradeStatus(status="fail", reason="upgrade_disabled")


def _account_to_upgrade(exchange: Exchange, caller: Caller, request: UpgradeAccount) -> int:
    if request.sub_uid is None:
        return caller.uid
    return require_sub_account(exchange, caller.uid, identifier("subUid", request.sub_uid)).uid


def _in_process(exchange: Exchange, uid: int) -> bool:
    asked = exchange.part(Settings).of(uid).upgraded
    return bool(asked) and exchange.now < asked + UPGRADE_MS


def asset(coin: str, balance: Balance) -> Asset:
    """Return a balance as it is shown."""
    return Asset(
        coin=coin,
        available=Amount(balance.available),
        frozen=Amount(balance.frozen),
        locked=Amount(balance.locked),
        # Only copy trading restricts balances, and it holds none in this wallet.
        limit_available=Amount(ZERO),
        updated=Timestamp(balance.updated),
    )


def _main_sub_transfer(row: TransferRecord) -> MainSubTransfer:
    return MainSubTransfer(
        coin=row.coin,
        status="Successful",
        to_type=word_of(row.to_wallet),
        from_type=word_of(row.from_wallet),
        size=Amount(row.size),
        time=Timestamp(row.created),
        client_oid=row.client_oid,
        transfer_id=str(row.transfer_id),
        new_transfer_id=str(row.transfer_id),
        from_user_id=str(row.from_uid),
        to_user_id=str(row.to_uid),
    )
