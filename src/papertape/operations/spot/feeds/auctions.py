"""The auction channel: silent, since every instrument trades from the start and none has a call auction."""

from __future__ import annotations

from papertape.contract.spot import streams
from papertape.operations.feeds.feed import Feed, feeds


@feeds(streams.auction)
class AuctionFeed(Feed):
    """An instrument's call auction: as long as there is none, there is no stage to tell of."""
