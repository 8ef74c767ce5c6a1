"""The project keeps its own rules."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.tidy import rules
from tests.tidy.mirror import missing_mirrors
from tests.tidy.sources import PROJECT, Source, imported_packages, project_pages, project_sources

SOURCES = project_sources()
TARGETS = 8


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_the_rule(rule: rules.Rule) -> None:
    found = [finding for source in SOURCES for finding in rule(source)]
    assert not found, "\n".join(found)


def test_contract_operations_and_tests_mirror_each_other() -> None:
    assert missing_mirrors(SOURCES) == []


def test_a_missing_mirror_is_found() -> None:
    contract = Source("src/papertape/contract/spot/trade.py", "class SpotTrade(Group[T]): ...\n")
    operations = Source("src/papertape/operations/spot/trade.py", "@command(place)\ndef place(): ...\n")
    tests = Source("tests/operations/spot/test_trade.py", "")
    assert missing_mirrors([contract, operations, tests]) == []
    assert missing_mirrors([contract, tests]) == ["src/papertape/operations/spot/trade"]
    assert missing_mirrors([operations, tests]) == ["src/papertape/contract/spot/trade"]
    assert missing_mirrors([contract, operations]) == ["tests/operations/spot/test_trade"]


def test_the_makefile_has_few_targets_and_each_says_what_it_does() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    declared = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert declared is not None
    targets = declared[1].split()
    assert len(targets) <= TARGETS
    assert targets == re.findall(r"^([a-z]+):.* ## ", makefile, re.MULTILINE)


def test_ci_runs_what_a_developer_runs() -> None:
    assert "make check" in (PROJECT / ".ci" / "run").read_text().splitlines()


@pytest.mark.parametrize(("lock", "group"), [("run", "build"), ("develop", "dev"), ("bench", "bench")])
def test_every_dependency_is_locked_with_hashes(lock: str, group: str) -> None:
    stated = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    wanted = _members(stated["dependency-groups"], group)
    if lock != "bench":
        wanted += stated["project"]["dependencies"]
    text = (PROJECT / "requirements" / f"{lock}.lock").read_text()
    locked = dict(re.findall(r"^([\w-]+)==[^\n]*\\\n +--hash=(\w+):", text, re.MULTILINE))
    assert [item for item in wanted if _name(item) not in locked] == []
    assert set(locked.values()) == {"sha256"}
    assert re.findall(r"https?://|--index-url|--find-links|file:", text) == []


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    stated = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    extras = [item for items in stated["optional-dependencies"].values() for item in items]
    declared = {_name(item) for item in [*stated["dependencies"], *extras]}
    imported = {name for source in SOURCES if source.under("src") for name in imported_packages(source)}
    assert imported - sys.stdlib_module_names - {"papertape"} == declared


def test_imports_are_found_wherever_they_stand() -> None:
    source = Source("a.py", "import msgspec.json as m\ndef load():\n    from rich.table import Table, box\n")
    assert imported_packages(source) == {"msgspec", "rich"}


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=; ]", requirement)[0]


def _members(groups: dict[str, list[str | dict[str, str]]], name: str) -> list[str]:
    found: list[str] = []
    for item in groups[name]:
        found.extend([item] if isinstance(item, str) else _members(groups, item["include-group"]))
    return found


def test_nothing_points_outside_the_project(project: Path) -> None:
    outside = re.compile(r"[/]work[/]|\bshared[/](reference|design)|/tmp[/]\w")
    texts = [source.path for source in SOURCES if outside.search(source.text)]
    texts += [page.name for page in project_pages(project) if outside.search(page.read_text("utf-8"))]
    assert texts == []


def test_a_users_own_files_in_the_folder_are_not_judged(tmp_path: Path) -> None:
    for name in ("README.md", "Makefile", "pyproject.toml", "serve.log", "notes.md"):
        (tmp_path / name).write_text("data of mine")
    (tmp_path / "papertape-data").mkdir()
    (tmp_path / "mine.py").write_text("print(")
    assert [page.name for page in project_pages(tmp_path)] == ["README.md", "pyproject.toml", "Makefile"]
    assert project_sources(tmp_path) == []
