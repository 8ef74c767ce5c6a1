"""A killed exchange has lost nothing of what it told; ``python -m benchmarks.crash`` does it fifty times."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.crash import Outcome, crash

ROUNDS = int(os.environ.get("PAPERTAPE_CRASH_ROUNDS", "5"))


def test_what_was_told_before_a_kill_is_there_after_it(tmp_path: Path) -> None:
    outcomes: list[Outcome] = [crash(tmp_path / "data", seed) for seed in range(1, ROUNDS + 1)]
    for outcome in outcomes:
        assert not outcome.missing
        assert outcome.findings == []
        assert outcome.recovered == outcome.replayed
    assert all(outcome.told.orders for outcome in outcomes)
    assert any(outcome.told.fills for outcome in outcomes)
