"""Adding shares to the exchange: one line for each layer's list, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from papertape.contract import catalog, channels
from papertape.contract.protocol.endpoint import endpoints_of
from papertape.engine import products
from papertape.engine.exchange.firing_timers import FUNCTIONS
from papertape.engine.trading.terms import TERMS as ALL_TERMS
from papertape.operations.feeds.feed import FEEDS
from papertape.operations.registry import OPERATIONS
from papertape.projections.tables.all_tables import TABLES
from papertape.projections.tables.table import Table
from papertape.runtime import local_exchange
from tests.second_product import contract, engine

_REGISTERED: dict[str, Any] = {}
"""What importing the product's operations registered, the first time."""
TABLE = Table("share_orders", engine.ShareRecord, ("order_id",), indexes=(("uid", "order_id"),))


@contextmanager
def shares() -> Iterator[None]:
    """The exchange has the product within the block."""
    with pytest.MonkeyPatch.context() as patch:
        added = tuple(endpoints_of(contract.Shares))
        patch.setattr(catalog, "ENDPOINTS", catalog.ENDPOINTS + added)
        patch.setattr(local_exchange, "ENDPOINTS", catalog.ENDPOINTS)
        for endpoint in added:
            patch.setitem(catalog.BY_PATH, endpoint.path, endpoint)
        for channel in contract.CHANNELS:
            patch.setitem(channels.CHANNELS, (contract.INST_TYPE, channel.name), channel)
        for name, operation in contract.STREAMS.order_operations.items():
            patch.setitem(channels.ORDER_OPERATIONS, (contract.INST_TYPE, name), operation)
        products.PRODUCTS.append(engine.PRODUCT)
        patch.setitem(ALL_TERMS, engine.SHARES, engine.TERMS)
        patch.setitem(FUNCTIONS, engine.GIVEN_UP, engine.give_up)
        patch.setitem(TABLES, engine.ShareRecord, TABLE)
        from tests.second_product import operations

        for endpoint in added:
            _REGISTERED.setdefault(endpoint.path, OPERATIONS.get(endpoint.path))
            OPERATIONS[endpoint.path] = _REGISTERED[endpoint.path]
        FEEDS[contract.trade], FEEDS[contract.orders] = operations.ShareTradeFeed, operations.ShareOrderFeed
        try:
            yield
        finally:
            products.PRODUCTS.remove(engine.PRODUCT)
            for endpoint in added:
                del OPERATIONS[endpoint.path]
            for channel in contract.CHANNELS:
                del FEEDS[channel]
