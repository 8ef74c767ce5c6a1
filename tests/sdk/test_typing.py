"""Type checkers know each reply and refuse each mistake, for both clients; both have the same methods."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import pytest

from papertape import AsyncClient, Client
from papertape.contract.protocol.endpoint import Endpoint, Group
from papertape.sdk.rest.spot import SpotMethods
from papertape.sdk.rest.surface import Surface

SCRIPT = Path(__file__).parent / "typing" / "script.py"


def expected() -> dict[int, str]:
    """What the script's comments say: line number and answer."""
    lines = SCRIPT.read_text().splitlines()
    return {number: line.rsplit("  # ", 1)[1] for number, line in enumerate(lines, 1) if "  # " in line}


def mypy(project: Path) -> dict[int, str]:
    """What mypy says about the script: revealed types without their modules, and codes of errors."""
    cache, config = project / ".mypy_cache", project / "pyproject.toml"
    options = ["--strict", f"--cache-dir={cache}", f"--config-file={config}"]
    # In a process of its own: mypy raises the interpreter's recursion limit for good, and other tests go by it.
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(SCRIPT)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    found: dict[int, str] = {}
    for number, text in re.findall(r"^.*script\.py:(\d+): (.*)$", done.stdout, re.MULTILINE):
        if revealed := re.search(r'Revealed type is "(.*)"', text):
            found[int(number)] = re.sub(r"\b(?:\w+\.)+(?=\w)", "", revealed[1])
        elif "error:" in text:
            found[int(number)] = text.rsplit("[", 1)[1].rstrip("]")
    return found


MYPYS_CODES = {
    "reportArgumentType": "arg-type",
    "reportCallIssue": "call-arg",
    "reportAttributeAccessIssue": "attr-defined",
    "reportFunctionMemberAccess": "attr-defined",
}


def pyright(project: Path, settings: Path) -> dict[int, str]:
    """What pyright says about it, in mypy's words; ``settings`` is an empty folder."""
    options = {"include": [str(SCRIPT)], "extraPaths": [str(project / "src")], "typeCheckingMode": "strict"}
    (settings / "pyrightconfig.json").write_bytes(msgspec.json.encode({**options, "reportUnknownMemberType": False}))
    command = [sys.executable, "-m", "basedpyright", "--project", str(settings), "--pythonpath", sys.executable]
    done = subprocess.run([*command, "--outputjson"], capture_output=True, text=True, check=False)
    found: dict[int, str] = {}
    for told in msgspec.json.decode(done.stdout)["generalDiagnostics"]:
        revealed = re.search(r'^Type of .* is "(.*)"$', told["message"], re.DOTALL)
        said = revealed[1] if revealed else MYPYS_CODES.get(told["rule"], told["rule"])
        found[told["range"]["start"]["line"] + 1] = said
    return found


def test_mypy_answers_as_the_script_says(project: Path) -> None:
    assert mypy(project) == expected()


def test_pyright_answers_as_the_script_says(project: Path, tmp_path: Path) -> None:
    assert pyright(project, tmp_path) == expected()


def methods(client: Client | AsyncClient) -> Iterator[tuple[str, Any]]:
    """Every endpoint method of a client by its place: ``spot.trade.place_order``."""

    def walk(place: str, group: Any) -> Iterator[tuple[str, Any]]:
        for name, value in parts(group):
            if isinstance(value, Group):
                yield from ((f"{place}{name}.{called}", getattr(value, called)) for called in declared(value))
            if isinstance(value, Group | SpotMethods):
                yield from walk(f"{place}{name}.", value)

    return walk("", client)


def parts(place: Any) -> list[tuple[str, Any]]:
    """What hangs on this place, loaded yet or not."""
    kind = Surface if isinstance(place, Surface) else type(place)
    lazy = [name for name, value in vars(kind).items() if isinstance(value, cached_property)]
    return [(name, getattr(place, name)) for name in dict.fromkeys([*vars(place), *lazy])]


def declared(group: Group[Any]) -> list[str]:
    """The names of a group's endpoints."""
    kinds = reversed(type(group).__mro__)
    return [name for kind in kinds for name, value in vars(kind).items() if isinstance(value, Endpoint)]


def test_both_clients_have_the_same_methods_with_the_same_signatures() -> None:
    calls = {place: str(inspect.signature(method)) for place, method in methods(Client("live"))}
    awaited = {place: str(inspect.signature(method)) for place, method in methods(AsyncClient("live"))}
    assert len(calls) > 60
    assert "symbol: str" in calls["spot.trade.place_order"]
    assert calls == awaited


@pytest.mark.parametrize("name", ["__init__", "request", "with_options", "synchronise", "close"])
def test_both_clients_take_the_same_arguments(name: str) -> None:
    ours, theirs = (inspect.signature(getattr(kind, name)).parameters for kind in (Client, AsyncClient))
    assert list(map(str, ours.values())) == list(map(str, theirs.values()))


def test_every_method_says_what_it_does() -> None:
    assert [place for place, method in methods(Client("live")) if not method.__doc__] == []
