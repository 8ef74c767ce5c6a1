"""The example of docs/migrate.md comes out as the page shows it, and the page names what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from papertape.migration import places, tree
from papertape.migration.lexer import LANGUAGES
from papertape.migration.words import PAGES, PRODUCT_TYPES, SIDES, VALUES
from tests.cli.conftest import Run, run

__all__ = ["run"]

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "migrate.md").read_text("utf-8")
BEFORE, AFTER = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(OUTPUT,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_is_as_shown(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bot.py").write_text(BEFORE)
    assert run("migrate", "bot.py")[:2] == (1, OUTPUT)
    assert run("migrate", "bot.py", "--write")[0] == 1
    assert Path("bot.py").read_text() == AFTER


def test_the_page_names_every_word_that_is_searched() -> None:
    words = [*PAGES, *VALUES]
    assert [word for word in words if f"`{word}`" not in PAGE] == []
    assert [line for line in PRODUCT_TYPES if line.removeprefix("S") not in PAGE and line not in PAGE] == []
    assert {"open_long", "close_short"} < SIDES.keys()


def test_the_numbers_of_the_page_are_so() -> None:
    assert sum(row.remark == places.BEYOND for row in places.replaced().values()) == 9
    assert len(places.SLIPS) == 2
    assert tree.FILE_BYTES == 2 * 1024**2
    assert f"{tree.LINE_CHARACTERS} characters" in PAGE
    assert {".py", ".ts", ".go", ".java", ".kt", ".json", ".yaml", ".toml"} <= LANGUAGES.keys()
