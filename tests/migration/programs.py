"""Programs that call V1, written by machine: each row of the tables, in four languages and six ways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from papertape.contract.catalog import replaced_paths
from papertape.migration.findings import Finding
from papertape.migration.scan import Codebase

ROWS = [row for row in replaced_paths() if row.v1_path is not None]
PATHS = list(dict.fromkeys((row.v1_method, row.v1_path) for row in ROWS))
SUFFIX = {"python": ".py", "javascript": ".ts", "go": ".go", "java": ".java"}

Style = Callable[[str, int, str, str], str]
"""Writes one call: language, number of the call, method, path."""


def _halves(path: str) -> tuple[str, str]:
    head, _, tail = path.rpartition("/")
    return head, f"/{tail}"


def whole(language: str, number: int, method: str, path: str) -> str:
    """The path in one string, the method in upper case."""
    return {
        "python": f'a{number} = call("{method}", "{path}", params)',
        "javascript": f"const a{number} = await this.call('{method}', '{path}', params);",
        "go": f'a{number}, err := client.Do("{method}", "{path}", params)',
        "java": f'var a{number} = client.call("{method}", "{path}", params);',
    }[language]


def query(language: str, number: int, method: str, path: str) -> str:
    """The path with host and query, the method in lower case."""
    url = f"https://api.bitget.com{path}?symbol="
    return {
        "python": f"a{number} = requests.{method.lower()}(f'{url}{{symbol}}&limit=5')",
        "javascript": f"const a{number} = axios.{method.lower()}(`{url}${{symbol}}`);",
        "go": f'a{number}, err := http.{method.title()}("{url}" + symbol)',
        "java": f'var a{number} = rest.{method.lower()}("{url}" + symbol);',
    }[language]


def pieces(language: str, number: int, method: str, path: str) -> str:
    """The path in two strings over two lines."""
    head, tail = _halves(path)
    return {
        "python": f"a{number} = call('{method.lower()}', ('{head}'\n    '{tail}'))",
        "javascript": f'const a{number} = call("{method.lower()}", "{head}" +\n    "{tail}");',
        "go": f'a{number} := call("{method}", "{head}" + // the second half follows\n\t"{tail}")',
        "java": f'var a{number} = call("{method}", "{head}"\n    + "{tail}");',
    }[language]


def constant(language: str, number: int, method: str, path: str) -> str:
    """A constant for the beginning, joined to the rest."""
    head, tail = _halves(path)
    name = f"BASE_{number}"
    return {
        "python": f"{name}: str = '{head}'\na{number} = call({method}, {name} + '{tail}')",
        "javascript": f"export const {name} = '{head}';\nconst a{number} = call({name} + '{tail}');",
        "go": f'const {name} string = "{head}"\na{number} := call({name} + "{tail}")',
        "java": f'static final String {name} = "{head}";\nvar a{number} = call(Paths.{name} + "{tail}");',
    }[language]


def template(language: str, number: int, method: str, path: str) -> str:
    """A constant put into a template or a format."""
    head, tail = _halves(path)
    name = f"BASE_{number}"
    return {
        "python": f"{name} = '{head}'\na{number} = call(f'{{HOST}}{{{name}}}{tail}?a={{b}}')",
        "javascript": f"let {name} = `{head}`;\nconst a{number} = call(`${{HOST}}${{this.{name}}}{tail}`);",
        "go": f'var {name} = "{head}"\na{number} := call(fmt.Sprintf("%s{tail}", {name}))',
        "java": f'String {name} = "{head}";\nvar a{number} = call(String.format("%s{tail}", {name}));',
    }[language]


def joined(language: str, number: int, method: str, path: str) -> str:
    """A constant and the rest as arguments of a function that joins them."""
    head, tail = _halves(path)
    name = f"BASE_{number}"
    return {
        "python": f"{name} = '{head}/'\na{number} = urljoin({name}, '{tail[1:]}')",
        "javascript": f"const {name} = '{head}'; const a{number} = path.join({name}, '{tail[1:]}');",
        "go": f'{name} := "{head}"\na{number} := path.Join({name}, "{tail[1:]}")',
        "java": f'String {name} = "{head}";\nvar a{number} = Path.of({name}, "{tail[1:]}");',
    }[language]


STYLES: tuple[Style, ...] = (whole, query, pieces, constant, template, joined)


def program(language: str, style: Style) -> str:
    """A file that calls every V1 path once."""
    return "\n".join(style(language, number, method, path) for number, (method, path) in enumerate(PATHS)) + "\n"


def findings(folder: Path, text: str, name: str = "bitget.py") -> list[Finding]:
    """What is found in one file of a folder."""
    (folder / name).write_text(text, "utf-8")
    return [finding for scanned in Codebase(folder).scan() for finding in scanned.findings if scanned.path.name == name]


def rewritten(folder: Path, text: str, name: str = "bitget.py") -> str:
    """A file's text after everything mechanical is done."""
    (folder / name).write_text(text, "utf-8")
    return next((scanned.rewritten() for scanned in Codebase(folder).scan() if scanned.path.name == name), text)
