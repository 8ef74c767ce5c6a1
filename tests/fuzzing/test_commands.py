"""Whatever is asked, in whatever order: an answer or a refusal, never a defect, and the books are always right."""

from __future__ import annotations

import os
from typing import Any

import msgspec
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from papertape.contract.catalog import BY_PATH
from papertape.contract.decoding import Decoder
from papertape.contract.endpoint import Endpoint
from papertape.contract.errors import Error, Rejected
from papertape.contract.internal import Internal, OpeningAccount
from papertape.contract.spot.plan import SpotPlan
from papertape.contract.spot.trade import SpotTrade
from papertape.contract.wire import Nothing
from papertape.engine.audit import audit
from papertape.engine.exchange import Exchange
from papertape.engine.money import use_money_context
from papertape.engine.state import digest, dump, load
from papertape.gateway.replies import Replies
from papertape.journal.apply import Output, apply
from papertape.journal.entry import Entry
from papertape.journal.sealing import SealingVault
from papertape.journal.sequencer import encode_request
from papertape.operations.registry import OPERATIONS, Caller
from tests.bank import ALICE, BOB, LOOPBACK, OPENED, SAVINGS, balances, opening
from tests.fuzzing.bookkeeper import Bookkeeper
from tests.fuzzing.guesses import Scene, guess

AnyEndpoint = Endpoint[..., Any, Any]

LONGER = int(os.environ.get("PAPERTAPE_FUZZ", "1"))
"""How many times as long as usual."""
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, *((Phase.shrink,) if LONGER > 1 else ()))
"""Making a failing flow shorter takes minutes, so only who asked for a long run waits for it."""
MAKER = 1001
"""One of the market's own traders."""
HOLDINGS = "100000 USDT, 10 BTC, 1000 BGB, 50 ETH, 5000 XRP, 5000 USDC"
OPERATOR = Caller(0)
VAULT = SealingVault(bytes(32))
REPLIES = Replies(VAULT)

SERVED = [BY_PATH[path] for path in OPERATIONS if path not in (Internal.open.path, Internal.tick.path)]
COMMANDS = [endpoint for endpoint in SERVED if OPERATIONS[endpoint.path].kind == "command"]
QUERIES = [endpoint for endpoint in SERVED if OPERATIONS[endpoint.path].kind == "query"]
OFTEN = [Internal.market_actions] * 8 + [SpotTrade.place_order] * 16
OFTEN += [SpotTrade.batch_orders, SpotPlan.place_plan_order] * 4
DECODERS = {endpoint.path: Decoder(endpoint.request) for endpoint in SERVED if endpoint.access != "internal"}
CALLERS = {
    "signed": [Caller(ALICE, "alice-key", LOOPBACK), Caller(BOB, "bob-key"), Caller(SAVINGS, "savings-key", LOOPBACK)],
    "public": [Caller(0)],
    "control": [OPERATOR],
    "internal": [Caller(MAKER)],
}


class Anything(RuleBasedStateMachine):
    """An exchange in the hands of strangers."""

    def __init__(self) -> None:
        super().__init__()
        use_money_context()
        self.exchange, self.entries, self.now = Exchange(), list[Entry](), OPENED
        self.bookkeeper = Bookkeeper()
        request = opening(alice=HOLDINGS, bob=HOLDINGS, savings=HOLDINGS)
        request.accounts.append(OpeningAccount(uid=MAKER, balances=balances(HOLDINGS)))
        self.take(Internal.open, OPERATOR, request)

    def take(self, endpoint: AnyEndpoint, caller: Caller, request: Any) -> Output:
        """Applies a command as the journal does; a refused one leaves everything as it was."""
        before = digest(self.exchange)
        sequence = self.exchange.sequence + 1
        entry = Entry(sequence, self.now, caller.uid, caller.key, caller.ip, endpoint.path, encode_request(request))
        self.entries.append(entry)
        output = apply(self.exchange, entry)
        self.bookkeeper.read(output.events)
        if output.error is not None:
            assert digest(self.exchange) == before, f"{endpoint.path} was refused with {output.error} and left a trace"
        else:
            REPLIES.success(output.reply, self.now)
        return output

    @rule(endpoint=st.sampled_from(COMMANDS * 2 + OFTEN), data=st.data())
    def command(self, endpoint: AnyEndpoint, data: st.DataObject) -> None:
        caller = data.draw(st.sampled_from(CALLERS[endpoint.access]))
        request = self.request(endpoint, caller, data)
        if not isinstance(request, Error):
            self.take(endpoint, caller, request)

    @rule(endpoint=st.sampled_from(QUERIES), data=st.data())
    def query(self, endpoint: AnyEndpoint, data: st.DataObject) -> None:
        before = digest(self.exchange)
        caller = data.draw(st.sampled_from(CALLERS[endpoint.access]))
        request = self.request(endpoint, caller, data)
        if not isinstance(request, Error):
            try:
                REPLIES.success(OPERATIONS[endpoint.path].function(self.exchange, caller, request), self.now)
            except Rejected as rejected:
                assert rejected.error.code != "00000"
        assert digest(self.exchange) == before

    def request(self, endpoint: AnyEndpoint, caller: Caller, data: st.DataObject) -> Any:
        """A typed request from JSON as a stranger sends it, ready for the journal, or why it is refused."""
        wild = not data.draw(st.integers(0, 19))
        made = guess(data.draw, Scene(self.exchange, caller.uid, endpoint.path, wild), endpoint.request)
        operation = OPERATIONS[endpoint.path]
        try:
            if endpoint.access == "internal":
                return msgspec.convert(made, endpoint.request, strict=False)
            request = DECODERS[endpoint.path].decode_body(msgspec.json.encode(made))
            return operation.prepare(self.exchange, VAULT, caller, request) if operation.prepare else request
        except Rejected as rejected:
            return rejected.error

    @rule(milliseconds=st.sampled_from([1, 1000, 60_000, 3_600_000, 90_000_000]))
    def wait(self, milliseconds: int) -> None:
        self.now += milliseconds
        self.take(Internal.tick, OPERATOR, Nothing())

    @rule()
    def restart(self) -> None:
        before = dump(self.exchange)
        self.exchange = load(before)
        assert dump(self.exchange) == before

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert audit(self.exchange) == []
        assert self.bookkeeper.disagreements(self.exchange) == []

    def teardown(self) -> None:
        again = Exchange()
        for entry in self.entries:
            apply(again, entry)
        assert dump(again) == dump(self.exchange)


TestAnything = Anything.TestCase
TestAnything.settings = settings(max_examples=25 * LONGER, stateful_step_count=40, phases=PHASES)
