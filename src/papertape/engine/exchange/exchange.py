"""The exchange: the whole state, in one place, without a clock, a socket or a random number."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from papertape.engine.accounts.accounts import Account, ApiKey
from papertape.engine.exchange.environments import ENVIRONMENTS, Environment
from papertape.engine.exchange.records import Record
from papertape.engine.exchange.timers import Timers
from papertape.engine.funds.coins import Coin
from papertape.engine.funds.ledger import Ledger
from papertape.engine.public.announcements import PublishedAnnouncement
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.market import Market
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.orders import OpenOrders
from papertape.engine.trading.triggers import Triggers

FIRST_ID = 1_300_000_000_000_000_000
"""Where ids start: Bitget's have 19 digits."""

InstrumentT = TypeVar("InstrumentT", bound=Instrument)
P = TypeVar("P")


class Shared:
    """What all environments of an exchange share: accounts, keys, coins, timers, announcements.

    ``opened`` is the market time of the first entry.
    """

    def __init__(self) -> None:
        self.seed = 0
        self.opened = 0
        self.accounts: dict[int, Account] = {}
        self.keys: dict[str, ApiKey] = {}
        self.coins: dict[str, Coin] = {}
        self.timers = Timers()
        self.announcements: list[PublishedAnnouncement] = []


class Exchange:
    """One environment of an exchange: everything that a request there can read or change.

    ``Exchange()`` makes a whole one and is its live environment; ``environments`` has all of them. Balances, markets,
    orders, ids and what products keep belong to one environment, so nothing that is done in one reaches another.
    ``sequence``, ``now`` (market time, Unix milliseconds) and ``rules`` (their version) are those of the entry being
    applied; ``events`` is what that entry made happen here, in order.
    """

    def __init__(self, beside: Exchange | None = None) -> None:
        """``beside`` is the environment that this one is the next of."""
        self.shared: Shared = Shared() if beside is None else beside.shared
        self.environments: dict[Environment, Exchange] = {} if beside is None else beside.environments
        self.environment = ENVIRONMENTS[len(self.environments)]
        self.environments[self.environment] = self
        self.accounts, self.keys, self.coins = self.shared.accounts, self.shared.keys, self.shared.coins
        self.timers, self.announcements = self.shared.timers, self.shared.announcements
        self.sequence = 0
        self.now = 0
        self.rules = 1
        self.last_id = FIRST_ID
        self.ledger = Ledger()
        self.markets: dict[str, dict[str, Market[Any]]] = {}
        self.orders = OpenOrders()
        self.triggers = Triggers()
        self.events: list[Record] = []
        self._parts: dict[type[Any], Any] = {}
        if len(self.environments) < len(ENVIRONMENTS):
            Exchange(self)

    @property
    def seed(self) -> int:
        """What all that looks like chance is made from."""
        return self.shared.seed

    @property
    def opened(self) -> int:
        """The market time of the first entry (Unix milliseconds)."""
        return self.shared.opened

    def begin(self, sequence: int, now: int, rules: int = 1) -> None:
        """Begins an entry: every environment is at its place and its time, and nothing has happened yet."""
        for view in self.environments.values():
            view.sequence, view.now, view.ledger.now, view.rules = sequence, now, now, rules
            view.events = []
            view.ledger.touched.clear()

    @property
    def happened(self) -> dict[Environment, list[Record]]:
        """What the entry made happen in each environment, in order."""
        return {name: view.events for name, view in self.environments.items()}

    def seen_at(self, now: int) -> Exchange:
        """The same environment at a market time after its last entry: to read, never to change.

        Only the time is its own, so that a read leaves no trace in what the next entry finds.
        """
        seen = Exchange.__new__(Exchange)
        seen.__dict__.update(self.__dict__)
        seen.now = now
        return seen

    def next_id(self) -> int:
        """A new id: for an order, a trade, a bill, a transfer. Taken only after every rejection."""
        self.last_id += 1
        return self.last_id

    def next_due(self) -> int | None:
        """When the next timer is due (market time, ms), or None: the tick command fires it then."""
        return self.timers.next_due()

    def emit(self, record: Record) -> None:
        """Adds to what this entry made happen."""
        self.events.append(record)

    def part(self, kind: type[P]) -> P:
        """What a product keeps in this environment, by its type; empty until something is put into it."""
        found = self._parts.get(kind)
        if found is None:
            found = self._parts[kind] = kind()
        return cast(P, found)

    def put_part(self, kind: type[P], part: P) -> None:
        """Takes what a product kept back from a snapshot."""
        self._parts[kind] = part

    def add_market(self, product: str, instrument: InstrumentT) -> Market[InstrumentT]:
        """Lists an instrument of a product, with an empty book."""
        market = Market(MarketId(self.environment, product, instrument.symbol), instrument)
        self.markets.setdefault(product, {})[instrument.symbol] = market
        return market

    def market(self, market_id: MarketId) -> Market[Any]:
        """The market of this id, which must exist."""
        return self.markets[market_id.product][market_id.symbol]

    def account(self, uid: int) -> Account:
        """The account of this UID, which must exist."""
        return self.accounts[uid]
