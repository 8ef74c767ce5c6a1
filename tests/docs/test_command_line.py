"""docs/command-line.md names every command, and no option or list that there is not."""

from __future__ import annotations

import re
from pathlib import Path

import typer
from typer.testing import CliRunner

from papertape.cli.app import app
from papertape.cli.exports.lists import LISTS
from papertape.cli.watch import CHANNELS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "command-line.md").read_text("utf-8")
COMMANDS = sorted(typer.main.get_group(app).commands)


def helped(*command: str) -> str:
    return CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"}).stdout


def test_every_command_is_on_the_page_and_no_other() -> None:
    assert sorted(set(re.findall(r"^\| `papertape (\w+)", PAGE, re.MULTILINE))) == COMMANDS


def test_options_that_are_named_exist() -> None:
    shown = "".join(helped(command) for command in COMMANDS)
    named = set(re.findall(r"(?<=[` ])(--[a-z][a-z-]+)", PAGE)) - {"--help"}
    assert len(named) > 10
    assert [option for option in sorted(named) if option not in shown] == []


def test_lines_of_the_page_use_options_of_their_command() -> None:
    lines = re.findall(r"^papertape (\w+) (.*)$", PAGE, re.MULTILINE)
    assert {command for command, _ in lines} == {"watch", "book", "export"}
    for command, rest in lines:
        options = set(re.findall(r" (--?[a-z][a-z-]*)", rest.split("|")[0]))
        assert [option for option in options if option not in helped(command)] == [], rest


def test_every_list_and_channel_is_on_the_page() -> None:
    table = PAGE[PAGE.index("| what |") :]
    assert [name for name in LISTS if f"`{name}`" not in table] == []
    assert [name for name in CHANNELS if not re.search(rf"\b{name}\b", PAGE)] == []
