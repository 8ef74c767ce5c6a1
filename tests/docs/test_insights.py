"""docs/insights.md tells the thresholds that the packaged instruments have."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from papertape.data import load

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "insights.md").read_text("utf-8")


def test_the_thresholds_are_those_of_the_packaged_instruments() -> None:
    told = {
        symbol: (Decimal(dolphins), Decimal(whales))
        for symbols, dolphins, whales in re.findall(
            r"^\| ([A-Z, ]+) \| (\d+) USDT \| (\d+) USDT \|$", PAGE, re.MULTILINE
        )
        for symbol in symbols.split(", ")
    }
    assert told == {one.symbol: (one.dolphin_value, one.whale_value) for one in load()[1]}
