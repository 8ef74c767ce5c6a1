"""The control plane's transfers, trading bonuses and demo coins."""

from __future__ import annotations

from papertape.contract.control import Bonus, ClaimDemoCoins, Control, DemoClaim, GrantBonus, MovedFunds, MoveFunds
from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Amount
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds import demo_coins, transfers
from papertape.engine.funds.bills import GRANT, post_bill
from papertape.engine.funds.ledger import ISSUANCE, LedgerAccount
from papertape.operations.control.accounts import find_account
from papertape.operations.registry import Caller, command
from papertape.operations.wallet_words import BOT_WALLETS, wallet_of


@command(Control.move_funds)
def move_funds(exchange: Exchange, caller: Caller, request: MoveFunds) -> MovedFunds:
    """Move a coin between two wallets of a user."""
    uid = find_account(exchange, request.uid).uid
    asked = transfers.TransferRequest(
        initiator=uid,
        from_uid=uid,
        to_uid=uid,
        from_wallet=wallet_of(request.from_wallet),
        to_wallet=wallet_of(request.to_wallet),
        coin=request.coin.upper(),
        amount=request.amount,
        symbol=(request.symbol or "").upper(),
    )
    return MovedFunds(transfer_id=str(transfers.make(exchange, asked)))


@command(Control.grant_bonus)
def grant_bonus(exchange: Exchange, caller: Caller, request: GrantBonus) -> Bonus:
    """Credit a bonus, locked; 43129 for a coin that bots cannot hold."""
    account, coin = find_account(exchange, request.uid), transfers.find_coin(exchange, request.coin)
    wallet = BOT_WALLETS[request.bots]
    if not transfers.takes_coin(exchange, wallet, coin.name):
        raise Rejected(errors.TRANSFER_COIN_INVALID)
    transfers.require_decimals("amount", request.amount, coin.places)
    exchange.ledger.move(coin.name, request.amount, ISSUANCE, LedgerAccount(account.uid, wallet, "locked"))
    post_bill(exchange, account.uid, wallet, coin.name, request.amount, *GRANT)
    granted = exchange.ledger.balance(account.uid, wallet, coin.name).locked
    return Bonus(uid=account.uid, coin=coin.name, bonus=Amount(granted))


@command(Control.claim_demo_coins)
def claim_demo_coins(exchange: Exchange, caller: Caller, request: ClaimDemoCoins) -> DemoClaim:
    """Claim demo coins for a user."""
    account = find_account(exchange, request.uid)
    balance = demo_coins.claim(exchange, account, request.coin)
    return DemoClaim(
        uid=account.uid,
        coin=request.coin,
        amount=Amount(demo_coins.CLAIM),
        balance=Amount(balance),
        wallet=demo_coins.WALLETS[request.coin],
        next_claim=demo_coins.next_claim(account, request.coin),
    )
