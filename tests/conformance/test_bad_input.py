"""Whatever is wrong with a request: the documented code, nothing changed, nothing lost."""

from __future__ import annotations

import pytest

from tests.conformance.mistakes import WRONG, mistakes, normal
from tests.conformance.requests import RECIPES
from tests.conformance.world import Answer, World

SUCCESS = "00000"


@pytest.mark.parametrize("path", RECIPES)
async def test_a_mistake_is_refused_and_changes_nothing(world: World, path: str) -> None:
    sound = normal(path, await RECIPES[path](world))
    before = world.state_hash
    for what, request, codes in mistakes(path, sound, world.now):
        answer = await world.call(path, request)
        assert refusal(answer) in codes, f"{what}: {answer}"
        assert world.state_hash == before, what
    assert world.imbalances == {}


def refusal(answer: Answer) -> str:
    """The code that refuses a request, or the one row of a batch that it has."""
    if answer.code != SUCCESS:
        assert answer.status == 400, answer
        assert answer.data is None
        assert answer.message and "{" not in answer.message
        return answer.code
    if isinstance(answer.data, dict) and answer.data.get("failureList"):
        return str(answer.data["failureList"][0]["errorCode"])
    if isinstance(answer.data, list) and answer.data and answer.data[0].get("success") == "failure":
        return WRONG
    return SUCCESS
