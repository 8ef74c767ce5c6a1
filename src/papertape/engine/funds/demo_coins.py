"""Demo coins: worth nothing, claimed for trying out futures. Rules of the documentation's FAQ, question 4."""

from __future__ import annotations

from decimal import Decimal

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.accounts import Account
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds.bills import GRANT, post_bill
from papertape.engine.funds.ledger import ISSUANCE, LedgerAccount

WALLETS = {"SUSDT": "susdt_futures", "SUSDC": "susdc_futures"}
"""Where each coin that can be claimed goes: the demo wallet of its product line."""
COINS = (*WALLETS, "SBTC", "SETH")
"""Coins that exist in demo trading only."""
CLAIM = Decimal(1000)
"""What one claim gives; who holds more than this cannot claim."""
CLAIM_EVERY_MS = 72 * 3_600_000


def claim(exchange: Exchange, account: Account, coin: str) -> Decimal:
    """Credits one claim and tells what the account holds now.

    Refuses sub-accounts, which have no demo trading (40048), accounts that hold more than one claim (70211) and a
    claim within 72 hours of the last one (70228).
    """
    wallet = WALLETS[coin]
    if account.parent:
        raise Rejected(errors.KEY_MUST_BE_MAIN)
    if exchange.ledger.balance(account.uid, wallet, coin).total > CLAIM:
        raise Rejected(errors.BALANCE_TOO_LARGE.of(coin, CLAIM))
    if exchange.now < next_claim(account, coin):
        raise Rejected(errors.OPERATION_TOO_FREQUENT)
    exchange.ledger.move(coin, CLAIM, ISSUANCE, LedgerAccount(account.uid, wallet))
    account.demo_claims[coin] = exchange.now
    post_bill(exchange, account.uid, wallet, coin, CLAIM, *GRANT)
    return exchange.ledger.balance(account.uid, wallet, coin).total


def next_claim(account: Account, coin: str) -> int:
    """When the account may claim the coin again (market time, ms); 0 if it never has."""
    last = account.demo_claims.get(coin)
    return 0 if last is None else last + CLAIM_EVERY_MS
