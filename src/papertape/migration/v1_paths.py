"""Recognises V1's paths in a text, and leaves alone what only looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from papertape.migration.places import HOLE

_FAMILY = "spot|mix|margin|broker|user|p2p"
PATH = re.compile(
    rf"(?P<head>/?(?:api/)?)(?P<rest>(?:{_FAMILY}|{HOLE})/v1(?:/(?:[\w-]|{HOLE})+)*)(?P<end>/?)", re.IGNORECASE
)
_HOST = re.compile(r"[\w.:/@%{}$~-]*\Z")
_OWN_HOST = re.compile(
    r"\w+://(?:localhost|[\w-]+|\d+(?:\.\d+){3})(?::\d+)?/?\Z|(?:%[a-z]|\}|[.]{1,2})/?\Z", re.IGNORECASE
)


class V1PathMatch(msgspec.Struct, frozen=True):
    """A V1 path in a text: its span, the part before ``spot/v1`` as written, and the whole path spelt out."""

    start: int
    end: int
    head: str
    path: str


def paths(text: str) -> Iterator[V1PathMatch]:
    """Yield the V1 paths of a text, other hosts' left out; templates hold ``HOLE``."""
    if "/v1" not in text and "/V1" not in text:
        return
    for match in PATH.finditer(text):
        before = text[max(0, match.start() - 200) : match.start()]
        if _foreign(before, match["head"]):
            continue
        yield V1PathMatch(match.start(), match.end("rest"), match["head"], f"/api/{match['rest']}")


def _foreign(before: str, head: str) -> bool:
    """Determine whether the path belongs to a host, or to another path, that is not Bitget's or the user's own."""
    host = _HOST.search(before)
    hanging = host[0] if host else ""
    if not head and hanging:
        return not hanging.endswith("/") or not _welcome(hanging)
    return bool(hanging) and not _welcome(hanging)


def _welcome(hanging: str) -> bool:
    return hanging.endswith(HOLE) or "bitget" in hanging.lower() or _OWN_HOST.search(hanging) is not None
