"""README and the pages under docs/ say what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docs import generate
from papertape.cli.app import app
from papertape.contract.catalog import CATALOGUE
from papertape.contract.control import AddFault
from tests.conformance.test_walk import FOR_CLIENTS

PROJECT = Path(__file__).resolve().parents[2]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
STALE = "run `make format`"


@pytest.mark.parametrize("path", generate.PAGES, ids=lambda path: path.stem)
def test_a_page_holds_its_examples_and_tables_as_they_are(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text == generate.page(text), STALE


def test_an_example_that_changed_is_put_into_readme() -> None:
    text = generate.README.read_text("utf-8")
    assert generate.page(text.replace("from papertape import Client", "from elsewhere import Client")) == text


def test_coverage_lists_every_documented_endpoint() -> None:
    assert generate.COVERAGE.read_text("utf-8") == generate.coverage_page(), STALE


def test_what_is_on_real_state_is_what_the_conformance_walk_finds_so() -> None:
    assert set(generate.START_UP) == set(FOR_CLIENTS)
    assert sum(row.common for row in CATALOGUE) == 39


def test_every_channel_is_in_the_table_of_streams() -> None:
    text = (PROJECT / "docs" / "streams.md").read_text("utf-8")
    assert "<!-- channels -->\n|" in text
    assert "`books15`" in text


def test_every_kind_of_fault_and_every_setting_is_on_the_page() -> None:
    text = (PROJECT / "docs" / "faults.md").read_text("utf-8")
    assert "<!-- faults -->\n|" in text
    assert [name for name in AddFault.__struct_fields__ if f"`{name}`" not in text] == ["kind"]


def test_every_example_is_shown_or_named_somewhere() -> None:
    told = "".join(page.read_text("utf-8") for page in PAGES)
    examples = sorted(path.name for path in (PROJECT / "examples").glob("*.py"))
    assert [name for name in examples if f"examples/{name}" not in told] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_files_of_ours_that_are_named_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:cli|contract|engine|gateway|journal|operations|projections|sdk)/[\w/]+\.py)`", page.read_text()
    )
    assert [name for name in named if not (PROJECT / "src" / "papertape" / name).exists()] == []


def test_the_tests_of_known_faults_are_there() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", (PROJECT / "docs" / "known-faults.md").read_text("utf-8"))
    assert len(named) == 11
    missing = [test for file, test in named if f"def {test}(" not in (PROJECT / "tests" / file).read_text("utf-8")]
    assert missing == []


def test_readme_names_only_options_and_targets_that_there_are() -> None:
    text = generate.README.read_text("utf-8")
    helped = CliRunner().invoke(app, ["serve", "--help"], env={"COLUMNS": "200"}).stdout
    options = set(re.findall(r"`(--[a-z-]+)", text))
    assert options
    assert [option for option in sorted(options) if option not in helped] == []
    targets = set(re.findall(r"^make (\w+)", text, re.MULTILINE)) | set(re.findall(r"`make (\w+)", text))
    makefile = (PROJECT / "Makefile").read_text()
    assert [target for target in sorted(targets) if f"\n{target}:" not in makefile] == []
