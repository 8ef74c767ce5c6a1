"""Whatever is asked, in whatever order: an answer or a refusal, never a defect, and the books are always right."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from papertape.engine.state import dump
from tests.fuzzing.effort import effort
from tests.fuzzing.guesses import Pick
from tests.fuzzing.strangers import COMMANDS, OFTEN, QUERIES, WAITS, AnyEndpoint, Strangers


def picking(data: st.DataObject) -> Pick:
    """Lets hypothesis pick."""
    return lambda options: data.draw(st.sampled_from(options))


class Anything(RuleBasedStateMachine):
    """An exchange and the order in which strangers come to it."""

    def __init__(self) -> None:
        super().__init__()
        self.strangers = Strangers()

    @rule(endpoint=st.sampled_from(COMMANDS * 2 + OFTEN), data=st.data())
    def command(self, endpoint: AnyEndpoint, data: st.DataObject) -> None:
        self.strangers.command(endpoint, picking(data))

    @rule(data=st.data())
    def follow(self, data: st.DataObject) -> None:
        self.strangers.follow(picking(data))

    @rule(endpoint=st.sampled_from(QUERIES), data=st.data())
    def ask(self, endpoint: AnyEndpoint, data: st.DataObject) -> None:
        self.strangers.ask(endpoint, picking(data))

    @rule(milliseconds=st.sampled_from(WAITS))
    def wait(self, milliseconds: int) -> None:
        self.strangers.wait(milliseconds)

    @rule()
    def restart(self) -> None:
        self.strangers.restart()

    @invariant()
    def nothing_is_wrong(self) -> None:
        self.strangers.check()

    def teardown(self) -> None:
        assert dump(self.strangers.replayed()) == dump(self.strangers.exchange)


TestAnything = Anything.TestCase
TestAnything.settings = effort(40, stateful_step_count=40)
