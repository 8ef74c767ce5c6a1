"""How hard the fuzzing tries: one short run, always the same, or with ``PAPERTAPE_FUZZ=20`` a longer one at random."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import Phase, settings

LONGER = int(os.environ.get("PAPERTAPE_FUZZ", "1"))
SHRINKING = (Phase.shrink,) if LONGER > 1 else ()
"""Making a failing flow shorter takes minutes, so only who asked for a long run waits for it."""


def effort(examples: int, **more: Any) -> settings:
    """Settings for so many examples, or more of them."""
    phases = (Phase.explicit, Phase.generate, *SHRINKING)
    return settings(max_examples=examples * LONGER, derandomize=LONGER == 1, database=None, phases=phases, **more)
