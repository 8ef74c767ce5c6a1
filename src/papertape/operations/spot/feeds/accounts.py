"""The account channel: the spot wallet's balances, whenever an entry has changed one, frozen coins included."""

from __future__ import annotations

from typing import Any

from papertape.contract.spot import streams
from papertape.engine.exchange.exchange import Exchange
from papertape.operations.feeds.feed import FeedPush, RowsFeed, feeds
from papertape.operations.spot.account import asset

WALLET = "spot"


@feeds(streams.account)
class AccountFeed(RowsFeed):
    """One account's balances."""

    balances = True

    def snapshot(self, exchange: Exchange) -> FeedPush:
        """Return every coin that the wallet holds."""
        assert self.uid is not None, "balances belong to somebody"
        held = exchange.ledger.coins(self.uid, WALLET)
        return self.push(exchange, "snapshot", [asset(coin, held[coin]) for coin in held if held[coin].total])

    def take(self, exchange: Exchange, record: Any) -> None:
        """Note a coin whose balance has changed, with the balance after the whole entry."""
        uid, wallet, coin = record
        if wallet == WALLET:
            self.rows.append(asset(coin, exchange.ledger.balance(uid, WALLET, coin)))
