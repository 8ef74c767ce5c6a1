"""Brings the generated parts of the pages up to date: ``docs/coverage.md``, and in every other page and README the
examples, the summary of the coverage, the table of channels and that of faults, wherever a page asks for them.

``python docs/generate.py`` (``make format`` does it) writes them; a test holds them against what this would write.
"""

from __future__ import annotations

import re
from pathlib import Path

from papertape.contract.catalog import BY_PATH, CATALOGUE, Documented
from papertape.contract.channels import CHANNELS
from papertape.contract.control.faults import MEANINGS
from papertape.contract.spot.streams import CANDLES
from papertape.operations import every
from papertape.operations.registry import OPERATIONS

PROJECT = Path(__file__).resolve().parents[1]
COVERAGE = PROJECT / "docs" / "coverage.md"
README = PROJECT / "README.md"
PAGES = (README, *(page for page in sorted((PROJECT / "docs").glob("*.md")) if page != COVERAGE))

START_UP = ("/api/v2/mix/market/contracts", "/api/v2/margin/currencies", "/api/v3/account/settings")
"""Served so that clients start, before there is anything behind them; all else is answered from real state."""

assert every.__name__, "every operation registers itself when it is imported"


def served(documented: Documented) -> bool:
    """Whether the exchange answers this endpoint: it is declared with this method and a function is registered."""
    endpoint = BY_PATH.get(documented.path)
    return endpoint is not None and endpoint.method == documented.method and endpoint.path in OPERATIONS


def groups() -> dict[str, list[Documented]]:
    """The documented endpoints by group, in the catalogue's order."""
    found: dict[str, list[Documented]] = {}
    for row in CATALOGUE:
        found.setdefault(row.group, []).append(row)
    return found


def common() -> str:
    """What the "Common API" document has, and what of it is served on real state."""
    document = [row for row in CATALOGUE if row.common]
    answered = [row for row in document if served(row)]
    real = [row for row in answered if row.path not in START_UP]
    return "\n".join(
        [
            '| the "Common API" document | endpoints |',
            "| --- | ---: |",
            f"| documented | {len(document)} |",
            f"| served | {len(answered)} |",
            f"| on real state | {len(real)} |",
            f"| to come with futures and margin accounts | {len(document) - len(answered)} |",
            "",
        ]
    )


def summary() -> str:
    """The table of README: the groups of which something is served, and the sum."""
    rows = [(name, len(members), sum(map(served, members))) for name, members in groups().items()]
    shown = [f"| {name} | {documented} | {count} |" for name, documented, count in rows if count]
    rest = sum(documented for _, documented, count in rows if not count)
    return "\n".join(
        [
            "| group | documented endpoints | served |",
            "| --- | ---: | ---: |",
            *shown,
            f"| the other {sum(1 for row in rows if not row[2])} groups | {rest} | 0 |",
            f"| **all** | **{len(CATALOGUE)}** | **{sum(row[2] for row in rows)}** |",
        ]
    )


def coverage_page() -> str:
    """The whole table."""
    lines = [
        "# Coverage",
        "",
        "Every endpoint that Bitget documents for V2, and whether this exchange serves it.",
        "Made by `docs/generate.py` from the catalogue in `papertape.contract`.",
        "",
        common(),
        summary(),
    ]
    for name, members in groups().items():
        lines += ["", f"## {name}", "", "| | method | path | |", "| --- | --- | --- | --- |"]
        lines += [
            f"| {'served' if served(row) else ''} | {row.method} | `{row.path}` | {row.title} |" for row in members
        ]
    return "\n".join(lines) + "\n"


def examples(text: str) -> str:
    """A page with the examples that it names as they are."""

    def filled(found: re.Match[str]) -> str:
        code = (PROJECT / "examples" / f"{found[1]}.py").read_text("utf-8")
        return f"<!-- examples/{found[1]}.py -->\n```python\n{code}```\n"

    return re.sub(r"<!-- examples/(\w+)\.py -->\n```python\n.*?^```\n", filled, text, flags=re.DOTALL | re.MULTILINE)


def table(text: str, name: str, rows: str) -> str:
    """A page with these rows after its comment of this name, if it has one."""
    return re.sub(rf"<!-- {name} -->\n(\|.*\n|\n(?=\|))*", lambda _: f"<!-- {name} -->\n{rows}\n", text)


def channels() -> str:
    """The table of channels; those of candles in one row."""
    lines = [
        "| product | channel | named by | login | pushed | when a reader is slow | |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for (product, name), channel in CHANNELS.items():
        if name in CANDLES and name != next(iter(CANDLES)):
            continue
        shown = "`candle…`" if name in CANDLES else f"`{name}`"
        summary = "Candles: " + ", ".join(CANDLES).replace("candle", "") + "." if name in CANDLES else channel.summary
        pace = f"every {channel.pace_ms} ms" if channel.pace_ms else "at once"
        login = "yes" if channel.private else ""
        lines.append(f"| {product} | {shown} | {channel.key} | {login} | {pace} | {channel.slow} | {summary} |")
    return "\n".join(lines)


def kinds() -> str:
    """The table of faults."""
    lines = ["| kind | what happens | aimed by | settings |", "| --- | --- | --- | --- |"]
    for kind, meaning in MEANINGS.items():
        aims, optional = (", ".join(f"`{name}`" for name in names) for names in (meaning.aimed_by, meaning.takes))
        settings = ", ".join([*(f"**`{name}`**" for name in meaning.needs), *([optional] if optional else [])])
        lines.append(f"| `{kind}` | {meaning.summary} | {aims} | {settings} |")
    return "\n".join(lines)


def page(text: str) -> str:
    """A page with all that is generated in it."""
    text = table(examples(text), "coverage", f"{common()}\n{summary()}")
    return table(table(text, "channels", channels()), "faults", kinds())


def main() -> None:
    """Write the pages."""
    COVERAGE.write_text(coverage_page(), "utf-8")
    for path in PAGES:
        path.write_text(page(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
