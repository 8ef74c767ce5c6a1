"""The exchange: the whole state, in one place, without a clock, a socket or a random number."""

from __future__ import annotations

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.accounts import Account, ApiKey, keeps_history
from papertape.engine.convert.quotes import Quotes
from papertape.engine.exchange.records import Record
from papertape.engine.exchange.timers import Timers
from papertape.engine.funds.ledger import Ledger
from papertape.engine.funds.records import DepositRecord, WithdrawalRecord
from papertape.engine.p2p.desk import Desk
from papertape.engine.public.announcements import Announcement
from papertape.engine.trading.flows import Flows
from papertape.engine.trading.instruments import Coin, Instrument
from papertape.engine.trading.market_data import MarketData
from papertape.engine.trading.orderbook import OrderBook
from papertape.engine.trading.orders import OpenOrders
from papertape.engine.trading.triggers import Triggers

FIRST_ID = 1_300_000_000_000_000_000
"""Where ids start: Bitget's have 19 digits."""


class Exchange:
    """Everything that a request can read or change.

    ``sequence`` and ``now`` (market time, Unix milliseconds) are those of the entry being applied;
    ``events`` is what that entry made happen, in order. ``opened`` is the market time of the first entry.
    """

    def __init__(self) -> None:
        self.sequence = 0
        self.now = 0
        self.last_id = FIRST_ID
        self.seed = 0
        self.opened = 0
        self.ledger = Ledger()
        self.accounts: dict[int, Account] = {}
        self.keys: dict[str, ApiKey] = {}
        self.coins: dict[str, Coin] = {}
        self.instruments: dict[str, Instrument] = {}
        self.books: dict[str, OrderBook] = {}
        self.market: dict[str, MarketData] = {}
        self.flows: dict[str, Flows] = {}
        self.orders = OpenOrders()
        self.triggers = Triggers()
        self.deposits: dict[int, DepositRecord] = {}
        self.withdrawals: dict[int, WithdrawalRecord] = {}
        self.transfers: dict[tuple[int, str], int] = {}
        self.withdrawal_oids: dict[tuple[int, str], int] = {}
        self.quotes = Quotes()
        self.p2p = Desk()
        self.timers = Timers()
        self.announcements: list[Announcement] = []
        self.events: list[Record] = []

    def seen_at(self, now: int) -> Exchange:
        """The same exchange at a market time after its last entry: to read, never to change.

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

    def add_instrument(self, instrument: Instrument) -> None:
        """Lists an instrument, with an empty book."""
        self.instruments[instrument.symbol] = instrument
        self.books[instrument.symbol] = OrderBook()
        self.market[instrument.symbol] = MarketData(instrument)
        self.flows[instrument.symbol] = Flows()

    def instrument(self, symbol: str) -> Instrument:
        """The instrument of this symbol; 40034 if there is none."""
        found = self.instruments.get(symbol) or self.instruments.get(symbol.upper())
        if found is None:
            raise Rejected(errors.PARAMETER_DOES_NOT_EXIST.of(symbol))
        return found

    def account(self, uid: int) -> Account:
        """The account of this UID, which must exist."""
        return self.accounts[uid]

    def keeps_history(self, uid: int) -> bool:
        """Whether this account's private records are emitted."""
        return keeps_history(uid)
