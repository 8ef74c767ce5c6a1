"""Every endpoint through the gateway, asked by one who knows the exchange: declared replies, refusals without trace."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema_rs
import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from papertape.contract import openapi
from papertape.contract.catalog import ENDPOINTS
from papertape.contract.protocol.endpoint import Endpoint
from papertape.engine.audit import audit
from papertape.engine.state import digest
from papertape.gateway.replies import ErrorReply
from papertape.runtime.local_exchange import LocalExchange, new_event_loop, served
from tests.fuzzing.effort import effort
from tests.fuzzing.guesses import Scene, guess
from tests.fuzzing.test_commands import picking
from tests.gateway.desk import Desk, quiet

AnyEndpoint = Endpoint[..., Any, Any]

SERVED = [endpoint for endpoint in ENDPOINTS if served(endpoint)]
KEYS = {"papertape-key": 1_000_000_001, "papertape-key-2": 1_000_000_002}
DOCUMENTS = [openapi.document(endpoints=SERVED, control=control) for control in (False, True)]


def validators() -> dict[str, jsonschema_rs.Validator]:
    """The schema of each endpoint's success, by path."""
    found = {}
    for document in DOCUMENTS:
        for path, methods in document["paths"].items():
            (operation,) = methods.values()
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            whole = {**schema, "components": document["components"]}
            found[path] = jsonschema_rs.validator_for(whole)
    return found


VALIDATORS = validators()


class Anyone(RuleBasedStateMachine):
    """A whole exchange in the hands of users and operators."""

    desk: Desk
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.runner.run(self.desk.exchange.administration.reset())

    @rule(endpoint=st.sampled_from(SERVED), data=st.data())
    def ask(self, endpoint: AnyEndpoint, data: st.DataObject) -> None:
        pick = picking(data)
        key = pick(list(KEYS))
        exchange = self.desk.exchange.sequencer.exchange
        scene = Scene(exchange, KEYS[key], endpoint.path, wild=not pick(range(20)))
        fields = guess(pick, scene, endpoint.request)
        if endpoint.method == "GET":
            query = urlencode({name: _text(value) for name, value in fields.items()}, quote_via=quote)
            target, body = endpoint.path + (f"?{query}" if query else ""), b""
        else:
            target, body = endpoint.path, msgspec.json.encode(fields)
        if endpoint.access != "control":
            # What operators have made go wrong would; the control plane itself is never struck.
            self.desk.gateway.faults.clear()
        before = digest(exchange)
        headers = self.desk.signature(endpoint.method, target, body, access_key=key)
        headers["authorization"] = "Bearer open sesame"
        answered = self.runner.run(self.desk.send(endpoint.method, target, body, **headers))
        assert answered.status < 500, answered.body
        if answered.status == 200:
            VALIDATORS[endpoint.path].validate(answered.json)
        else:
            assert msgspec.json.decode(answered.body, type=ErrorReply).code != "00000"
        if answered.status != 200 or endpoint.method == "GET":
            assert digest(self.desk.exchange.sequencer.exchange) == before, f"{target} left a trace"

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert audit(self.desk.exchange.sequencer.exchange) == []


def _text(value: Any) -> str:
    return ",".join(map(_text, value)) if isinstance(value, list) else str(value)


@pytest.fixture
def machine() -> Iterator[type[Anyone]]:
    """The machine with a running exchange; its clock moves when told to."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        exchange = LocalExchange(quiet(limits="off", clock="manual"))
        runner.run(exchange.__aenter__())
        try:
            yield type("Anyone", (Anyone,), {"desk": Desk(exchange, limits=False), "runner": runner})
        finally:
            runner.run(exchange.__aexit__())


def test_no_question_upsets_the_exchange(machine: type[Anyone]) -> None:
    run_state_machine_as_test(machine, settings=effort(15, stateful_step_count=40))
    assert machine.desk.exchange.sequencer.failure is None
