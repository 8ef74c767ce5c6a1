"""A small bank for stories about accounts and money: three users, the packaged coins, real history.

bank = Bank(alice="1000 USDT")
bank.do(transfer, "alice", MakeTransfer(...))
assert bank.balances("alice") == {"USDT": "900"}
assert bank.code(withdraw, "alice", Withdraw(...)) == "43012"
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import NamedTuple, TypeVar

import msgspec

from papertape.contract.internal import OpenExchange, OpeningAccount, OpeningBalance, OpeningKey
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Nothing
from papertape.data import load
from papertape.engine.accounts.accounts import Account
from papertape.engine.audit import audit
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import use_money_context
from papertape.engine.exchange.records import Record
from papertape.engine.state import digest, dump
from papertape.engine.state import load as load_state
from papertape.operations.internal import open_exchange, tick
from papertape.operations.ports import History
from papertape.operations.registry import Caller
from papertape.projections.database import open_database
from papertape.projections.history import StoredHistory
from papertape.projections.projector import Projector
from tests.chronicle import Past

ALICE, BOB, CAROL = 1_000_000_001, 1_000_000_002, 1_000_000_003
SAVINGS = 1_000_000_101
"""Alice's sub-account."""
LOOPBACK = "127.0.0.1"
CALLERS = {
    "alice": Caller(ALICE, "alice-key", LOOPBACK),
    "bob": Caller(BOB, "bob-key", LOOPBACK),
    "carol": Caller(CAROL, "carol-key", LOOPBACK),
    "savings": Caller(SAVINGS, "savings-key", LOOPBACK),
    "operator": Caller(0),
}
"""Alice's, Bob's and the sub-account's key are bound to this machine; Carol's to nothing."""
OPENED = 1_700_000_000_000
EVERYTHING = ["read", "spot_trade", "margin_trade", "contract_trade", "transfer", "withdraw"]

Q = TypeVar("Q")
R = TypeVar("R")
E = TypeVar("E", bound=Record)


class Output(NamedTuple):
    """What the projector needs of an entry."""

    sequence: int
    events: dict[Environment, list[Record]]


class Bank:
    """An exchange just opened; ``holdings`` are spot balances at the start."""

    def __init__(self, **holdings: str) -> None:
        use_money_context()
        self.exchange = Exchange()
        self.exchange.begin(self.exchange.sequence, OPENED)
        self.outputs: list[Output] = []
        self.do(open_exchange, "operator", opening(**holdings))

    def do(self, function: Callable[[Exchange, Caller, Q], R], who: str, request: Q) -> R:
        """Applies a command, or asks what needs no history; nothing may be wrong afterwards."""
        self.exchange.events = []
        reply = function(self.exchange, CALLERS[who], request)
        self.exchange.sequence += 1
        self.outputs.append(Output(self.exchange.sequence, self.exchange.happened))
        assert audit(self.exchange) == []
        return reply

    def code(self, function: Callable[[Exchange, Caller, Q], R], who: str, request: Q) -> str:
        """The code that refuses this; nothing may have changed."""
        before = digest(self.exchange)
        self.exchange.events = []
        try:
            reply = function(self.exchange, CALLERS[who], request)
        except Rejected as refusal:
            assert digest(self.exchange) == before
            assert self.exchange.events == []
            return refusal.error.code
        raise AssertionError(f"accepted with {reply}")

    async def ask(self, function: Callable[[Exchange, History, Caller, Q], Awaitable[R]], who: str, request: Q) -> R:
        """Asks what needs history: everything that has happened so far."""
        database = open_database(":memory:")
        projector = Projector(database)
        history = StoredHistory(database, projector, Past(), OPENED)
        for output in self.outputs:
            projector(output)
        await projector.start()
        try:
            return await function(self.exchange, history, CALLERS[who], request)
        finally:
            history.close()
            await projector.stop()

    def wait(self, milliseconds: int) -> None:
        """Lets market time pass and timers fire."""
        self.exchange.begin(self.exchange.sequence, self.exchange.now + milliseconds)
        self.do(tick, "operator", Nothing())

    def restart(self) -> None:
        """Goes on from a snapshot of the state."""
        self.exchange = load_state(dump(self.exchange))

    def account(self, who: str) -> Account:
        """The account of this caller."""
        return self.exchange.account(CALLERS[who].uid)

    def balances(self, who: str, wallet: str = "spot") -> dict[str, str]:
        """What a wallet holds: ``"5"``, or ``"3 + 2 frozen"``; coins without a balance are left out."""
        held = {}
        for coin, balance in self.exchange.ledger.coins(CALLERS[who].uid, wallet).items():
            if balance.frozen:
                held[coin] = f"{_plain(balance.available)} + {_plain(balance.frozen)} frozen"
            elif balance.available:
                held[coin] = _plain(balance.available)
        return held

    def happened(self, kind: type[E]) -> list[E]:
        """All records of one kind since the opening."""
        return [event for output in self.outputs[1:] for event in output.events["live"] if isinstance(event, kind)]


def opening(**holdings: str) -> OpenExchange:
    """The first entry: the packaged coins and instruments, and the users with these spot balances."""
    coins, instruments = load()
    return OpenExchange(
        seed=7,
        coins=[msgspec.to_builtins(coin) for coin in coins],
        instruments=[msgspec.to_builtins(instrument) for instrument in instruments],
        accounts=[_account(name, holdings.get(name, "")) for name in CALLERS if name != "operator"],
    )


def balances(holdings: str) -> list[OpeningBalance]:
    """Spot balances from ``"5 BTC, 100 USDT"``."""
    return [
        OpeningBalance(wallet="spot", coin=coin, amount=Decimal(amount))
        for amount, coin in (holding.split() for holding in filter(None, holdings.split(", ")))
    ]


def _account(name: str, holdings: str) -> OpeningAccount:
    caller = CALLERS[name]
    key = OpeningKey(
        key=caller.key,
        secret="sealed",
        passphrase="sealed",
        permissions=EVERYTHING,
        ips=[] if name == "carol" else [LOOPBACK],
    )
    return OpeningAccount(
        uid=caller.uid, name=name, parent_uid=ALICE if name == "savings" else 0, keys=[key], balances=balances(holdings)
    )


def _plain(amount: Decimal) -> str:
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
