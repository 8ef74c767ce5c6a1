"""docs/tax.md lists every type of a spot record once, and those as occurring that bills are mapped to."""

from __future__ import annotations

import re
from pathlib import Path

from papertape.contract.tax import SPOT_TAX_TYPES
from papertape.operations.tax import SPOT_TYPES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "tax.md").read_text("utf-8")
WORD = re.compile(r"`([^`]+)`")


def rows(heading: str) -> list[list[list[str]]]:
    """The quoted words of a section's table, cell by cell, without its head."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[WORD.findall(cell) for cell in line.strip("|").split("|")] for line in lines]


def test_the_types_that_occur_are_those_of_the_bills() -> None:
    listed = {tuple(row[2]): row[0][0] for row in rows("Types of spot records that occur")}
    assert listed == SPOT_TYPES


def test_every_documented_type_is_on_one_list() -> None:
    cannot = [word for row in rows("Types that cannot occur") for word in row[1]]
    assert sorted([*SPOT_TYPES.values(), *cannot]) == sorted(SPOT_TAX_TYPES)
