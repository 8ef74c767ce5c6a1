"""Replies beside the documentation's facts: whether a reply really carries every documented field, as its type.

``tests/contract/data/documented.json`` holds the facts; here they are held against a reply made from real state.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from papertape.contract.wire import encode

FACTS = json.loads((Path(__file__).parent / "contract" / "data" / "documented.json").read_text("utf-8"))
FIELDS: dict[str, list[list[Any]]] = {fact["path"]: fact["fields"] for fact in FACTS}
TYPES: dict[str, type] = {"String": str, "Array": list}


def departures(path: str, reply: Any) -> list[str]:
    """The documented fields of the endpoint that the reply lacks or has another type for; lists must hold something."""
    sent = json.loads(encode(reply))
    return [
        f"{name}: {value!r}"
        for name, kind, *_ in FIELDS[path]
        for value in _at(sent, re.findall(r"\[\]|[^.\[\]]+", name))
        if not isinstance(value, TYPES[kind])
    ]


def _at(value: Any, steps: list[str]) -> list[Any]:
    """All values at a path like ``[].coin``; None for what is missing."""
    if not steps:
        return [value]
    step, *rest = steps
    if step == "[]":
        return [found for item in value or [None] for found in _at(item, rest)]
    return _at(value.get(step), rest) if isinstance(value, dict) else [None]
