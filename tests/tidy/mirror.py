"""The mirror rule: ``contract/X`` declares, ``operations/X`` answers, ``tests/operations/test_X`` shows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from tests.tidy.rules import answers_endpoints, declares_endpoints
from tests.tidy.sources import Source

CONTRACT = "src/papertape/contract"
OPERATIONS = "src/papertape/operations"


def missing_mirrors(sources: Iterable[Source]) -> list[str]:
    """The modules that the others ask for and that are not there; a package may stand for a module."""
    found = {source.path: source for source in sources}
    declared = [_area(CONTRACT, path) for path, source in found.items() if declares_endpoints(source)]
    answered = [_area(OPERATIONS, path) for path, source in found.items() if answers_endpoints(source)]
    areas = sorted({area for area in declared + answered if area})
    wanted = [path for area in areas for path in _mirror(area)]
    return [path for path in wanted if f"{path}.py" not in found and f"{path}/__init__.py" not in found]


def _area(folder: str, path: str) -> str:
    """``spot/trade`` for a module in the folder, or for a package of that name; empty for all others."""
    inside = path.startswith(f"{folder}/")
    return path.removeprefix(f"{folder}/").removesuffix(".py").removesuffix("/__init__") if inside else ""


def _mirror(area: str) -> list[str]:
    test = PurePosixPath("tests/operations", area)
    return [f"{CONTRACT}/{area}", f"{OPERATIONS}/{area}", str(test.with_name(f"test_{test.name}"))]
