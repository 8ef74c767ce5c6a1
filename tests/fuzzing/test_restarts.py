"""A state that was loaded cannot be told from the one that the log led to: same answers, same state later on."""

from __future__ import annotations

import random
from typing import Any

import pytest

from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import encode
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import use_money_context
from papertape.engine.state import dump, load
from papertape.journal.apply import apply
from papertape.operations.registry import OPERATIONS
from tests.fuzzing.strangers import CALLERS, QUERIES, Strangers

ENTRIES = 400
RESTART = 0.04
"""The chance of a restart after each entry."""


@pytest.mark.parametrize("seed", [3, 19])
def test_a_restart_changes_no_answer_and_nothing_that_follows(seed: int) -> None:
    use_money_context()
    strangers, dice = Strangers(), random.Random(seed)
    while len(strangers.entries) < ENTRIES:
        strangers.anything(dice.choice)
    steady, restarted, restarts = Exchange(), Exchange(), 0
    for entry in strangers.entries:
        outputs = [apply(exchange, entry) for exchange in (steady, restarted)]
        assert (outputs[0].reply, outputs[0].error) == (outputs[1].reply, outputs[1].error)
        assert outputs[0].events == outputs[1].events
        if dice.random() < RESTART:
            restarted, restarts = load(dump(restarted)), restarts + 1
            strangers.exchange = steady
            for question in QUERIES:
                caller = dice.choice(CALLERS[question.access])
                request = strangers._request(question, caller, dice.choice)
                if request is not None:
                    assert answer(steady, question.path, caller, request) == answer(
                        restarted, question.path, caller, request
                    ), question.path
            assert dump(restarted) == dump(steady)
    assert restarts > 5
    assert dump(restarted) == dump(steady)


def answer(exchange: Exchange, path: str, caller: Any, request: Any) -> bytes | str:
    """The reply as it is sent, or the code that refuses the question."""
    try:
        return encode([OPERATIONS[path].function(exchange, caller, request)])
    except Rejected as refused:
        return refused.error.code
