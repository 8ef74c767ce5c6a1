"""The project's Python files, read and parsed once for all tidy rules."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("src", "tests", "benchmarks", "docs", "examples")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: ``path`` is relative to the project, with forward slashes."""

    path: str
    text: str
    tree: ast.Module = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tree", ast.parse(self.text))

    @property
    def name(self) -> str:
        """The module's own name: ``orderbook`` for ``src/papertape/engine/orderbook.py``."""
        return Path(self.path).stem

    def under(self, *folders: str) -> bool:
        """Whether the file lies in one of these folders."""
        return self.path.startswith(tuple(f"{folder}/" for folder in folders))

    @cached_property
    def comments(self) -> list[tuple[int, str]]:
        """Line number and text of each comment."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]

    @cached_property
    def docstrings(self) -> set[int]:
        """Identity of each constant that is a docstring."""
        found = set()
        for node in ast.walk(self.tree):
            body = getattr(node, "body", None)
            if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
                found.add(id(body[0].value))
        return found

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def at(self, line: int, what: str) -> str:
        """A finding, in the form that editors jump to."""
        return f"{self.path}:{line}: {what}"


def project_sources(project: Path = PROJECT) -> list[Source]:
    """Every Python file of ours, in order."""
    files = [file for folder in FOLDERS for file in (project / folder).rglob("*.py")]
    return [Source(file.relative_to(project).as_posix(), file.read_text("utf-8")) for file in sorted(files)]


def project_pages(project: Path = PROJECT) -> list[Path]:
    """The project's other texts; what else lies in its folder is its user's."""
    pages = [project / name for name in ("README.md", "pyproject.toml", "Makefile")]
    return [*pages, *sorted(project.glob("docs/*.md"))]


def imported_packages(source: Source) -> set[str]:
    """The top-level packages that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found
