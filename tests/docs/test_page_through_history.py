"""docs/page-through-history.md shows the example as it is, and every list with its bounds."""

from __future__ import annotations

from pathlib import Path

from papertape import Client
from papertape.contract.protocol.listing import Listing
from tests.sdk.test_typing import methods

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "page-through-history.md").read_text("utf-8")


def test_the_example_is_as_shown() -> None:
    example = (PROJECT / "examples" / "page_through_history.py").read_text("utf-8")
    assert f"<!-- examples/page_through_history.py -->\n```python\n{example}```\n" in PAGE


def test_every_list_is_told_with_its_bounds() -> None:
    lists = {place: found.endpoint.pages for place, found in methods(Client("live")) if isinstance(found, Listing)}
    rows = [f"| `{place}` | {pages.largest} | {pages.days or 'any'} |" for place, pages in lists.items()]
    assert PAGE.split("| ---: | ---: |\n")[1].splitlines() == rows
