"""Every way to get a request wrong that its declaration tells, made from a sound request of the endpoint.

So an endpoint that is added is tried without a line being written for it: each required field left out, empty or
null, each field of another type, each word an unknown one, each limit, window, time and id out of its bounds.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from msgspec import inspect

from papertape.contract.catalog import BY_PATH
from tests.conformance.world import DAY
from tests.documented import FACTS

EMPTY, WRONG, REVERSED, TOO_LONG, TOO_MANY, NO_JSON = "40019", "40020", "20001", "00001", "40058", "400"
BOUNDS: dict[str, dict[str, int]] = {fact["path"]: fact.get("most") or {} for fact in FACTS}
WINDOWS: dict[str, int] = {fact["path"]: fact["days"] for fact in FACTS if "days" in fact}
FAR_BEYOND = 1_000_000
"""A limit beyond any, for endpoints whose largest is not documented."""
CAPPED = tuple(
    f"/api/v2/spot/market/{name}"
    for name in ("fills", "fills-history", "candles", "history-candles", "orderbook", "merge-depth")
)
"""Public lists: a limit that is too large is cut to the largest there."""
GRACE_MS = 1000
"""By so much a window may be too long."""

Place = dict[str, Any]


class Mistake(NamedTuple):
    """A wrong request, and the codes that may refuse it."""

    what: str
    request: Any
    codes: frozenset[str]


@dataclass(frozen=True)
class Slot:
    """A field of a request: ``path`` leads to the object that it is in; ``names`` are all it goes by."""

    path: tuple[str, ...]
    name: str
    names: tuple[str, ...]
    kinds: tuple[inspect.Type, ...]
    required: bool

    @property
    def where(self) -> str:
        """Where it is, for the reader."""
        return ".".join((*self.path, self.name))

    def take(self, sound: Any) -> Any:
        """What the sound request has there."""
        return next((self._place(sound)[name] for name in self.names if name in self._place(sound)), None)

    def without(self, sound: Any) -> Any:
        """The request without it."""
        request = copy.deepcopy(sound)
        for name in self.names:
            self._place(request).pop(name, None)
        return request

    def having(self, sound: Any, value: Any) -> Any:
        """The request with this value in it."""
        request = self.without(sound)
        self._place(request)[self.name] = value
        return request

    def _place(self, request: Any) -> Place:
        place: Place = request
        for name in self.path:
            place = place[name][0]
        return place


def normal(path: str, sound: Any) -> Any:
    """The request as an object, even where the wire takes a bare list, and with one row, the first, in its lists."""
    bare = BY_PATH[path].request.bare
    request = {bare: sound} if bare else sound
    rows = {slot.path[0] for slot in slots(path) if slot.path}
    return {name: value[:1] if name in rows else value for name, value in request.items()}


def slots(path: str) -> Iterator[Slot]:
    """All fields of the endpoint's request, those of its rows too."""
    yield from _slots(BY_PATH[path].request, ())


def _slots(kind: Any, path: tuple[str, ...]) -> Iterator[Slot]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        kinds, spelled = _plain(field.type)
        yield Slot(path, field.encode_name, (field.encode_name, *spelled), kinds, field.required)
        for found in kinds:
            if isinstance(found, inspect.ListType) and isinstance(found.item_type, inspect.StructType):
                yield from _slots(found.item_type.cls, (*path, field.encode_name))


def _plain(kind: inspect.Type) -> tuple[tuple[inspect.Type, ...], tuple[str, ...]]:
    """The alternatives of a type without null, and the further names in its annotations."""
    if isinstance(kind, inspect.Metadata):
        kinds, spelled = _plain(kind.type)
        return kinds, (*spelled, *(kind.extra or {}).get("spelled", ()))
    if isinstance(kind, inspect.UnionType):
        parts = [_plain(part) for part in kind.types if not isinstance(part, inspect.NoneType)]
        return sum((kinds for kinds, _ in parts), ()), sum((names for _, names in parts), ())
    return (kind,), ()


def mistakes(path: str, sound: Any, now: int) -> Iterator[Mistake]:
    """All that can be wrong with the endpoint's request; ``now`` is the market's time."""
    for kind in (missing, mistyped, unknown_words, out_of_bounds, bad_windows, bad_amounts):
        yield from kind(path, sound, now)


def missing(path: str, sound: Any, now: int) -> Iterator[Mistake]:
    """Each required field left out, empty and, in JSON, null."""
    empties = {"empty": ""} | ({"null": None} if BY_PATH[path].method == "POST" else {})
    for slot in slots(path):
        if slot.required:
            yield _mistake(f"{slot.where} missing", slot.without(sound), EMPTY)
            more = {"without rows": []} if isinstance(slot.kinds[0], inspect.ListType) else {}
            for what, value in (empties | more).items():
                yield _mistake(f"{slot.where} {what}", slot.having(sound, value), EMPTY)


def mistyped(path: str, sound: Any, now: int) -> Iterator[Mistake]:
    """Each field with what is not of its type; a body that is no object."""
    posts = BY_PATH[path].method == "POST"
    for slot in slots(path):
        for value in _not_of(slot.kinds, posts):
            yield _mistake(f"{slot.where} is {str(value)[:20]}", slot.having(sound, value), WRONG)
    if posts:
        codes = (WRONG, NO_JSON) if BY_PATH[path].request.bare else (NO_JSON,)
        for body in (b"nonsense", b'{"a":', b"7", b'"text"', b"\xff"):
            yield _mistake(f"a body {body!r}", body, *codes)


def _not_of(kinds: tuple[inspect.Type, ...], posts: bool) -> list[Any]:
    if any(isinstance(kind, inspect.StrType) for kind in kinds):
        return [{"a": "b"}, ["a"], True, "x" * 5000] if posts else ["x" * 5000]
    objects: list[Any] = [{"a": "b"}, True] if posts else []
    if isinstance(kinds[0], inspect.ListType):
        return [7, {"a": "b"}, [[]], True]
    if all(isinstance(kind, inspect.LiteralType) for kind in kinds):
        return []
    return ["nonsense", "NaN", "1e999", "9" * 70, *objects]


def unknown_words(path: str, sound: Any, now: int) -> Iterator[Mistake]:
    """Each word an unknown one, or no word at all."""
    posts = BY_PATH[path].method == "POST"
    for slot in slots(path):
        kind = slot.kinds[0]
        if isinstance(kind, inspect.LiteralType):
            for value in ("nonsense", "0", *([{"a": "b"}, 7] if posts else [])):
                yield _mistake(f"{slot.where} is {value}", slot.having(sound, value), WRONG)
        if isinstance(kind, inspect.ListType) and isinstance(_plain(kind.item_type)[0][0], inspect.LiteralType):
            yield _mistake(f"{slot.where} has nonsense", slot.having(sound, ["nonsense"]), WRONG)


def out_of_bounds(path: str, sound: Any, now: int) -> Iterator[Mistake]:
    """Limits, page numbers, times and ids that cannot be; more rows than are taken."""
    for slot in slots(path):
        name = slot.name
        most = BOUNDS.get(path, {}).get(name, FAR_BEYOND)
        wrong: list[Any] = []
        if name in ("limit", "pageNum"):
            wrong = ["0", "-1", "1.5"] if path in CAPPED else ["0", "-1", str(most + 1), "1.5"]
        elif name.endswith("Time"):
            wrong = ["-1", str(10**30)]
        elif name.endswith(("Id", "Uid", "No", "idLessThan", "cursor")) and not name.endswith("Oid"):
            wrong = ["x", "-1", "1.5", "9" * 25]
        for value in wrong:
            codes = (WRONG, "60028") if name == "payMethodId" else (WRONG,)
            yield _mistake(f"{slot.where} is {value}", slot.having(sound, value), *codes)
        if isinstance(slot.kinds[0], inspect.ListType) and most < FAR_BEYOND:
            rows = [*(slot.take(sound) or ["10.0.0.1"])[:1]] * (most + 1)
            yield _mistake(f"{slot.where} has {most + 1} rows", slot.having(sound, rows), TOO_MANY)


def bad_windows(path: str, sound: Any, now: int) -> Iterator[Mistake]:
    """Windows that run backwards, and those longer than documented."""
    names = {slot.name: slot for slot in slots(path)}
    if "startTime" in names and "endTime" in names:
        span = window(path, sound, now)
        yield _mistake("backwards", span(now, now - 1), REVERSED)
        if path in WINDOWS:
            longest = WINDOWS[path] * DAY + GRACE_MS
            yield _mistake("too long", span(now - longest - 1, now), TOO_LONG)


def window(path: str, sound: Any, now: int) -> Callable[[int, int], Any]:
    """The request for another window of time."""
    start, end = ({slot.name: slot for slot in slots(path)}[name] for name in ("startTime", "endTime"))
    return lambda first, last: end.having(start.having(sound, str(first)), str(last))


def at_the_bounds(path: str, sound: Any, now: int) -> Iterator[tuple[str, Any]]:
    """The longest window and the largest numbers that are documented: all of them are taken."""
    for slot in slots(path):
        most = BOUNDS.get(path, {}).get(slot.name)
        if most is not None and not isinstance(slot.kinds[0], inspect.ListType):
            yield f"{slot.where} is {most}", slot.having(sound, str(most))
    if path in WINDOWS:
        yield "the longest window", window(path, sound, now)(now - WINDOWS[path] * DAY, now)


def bad_amounts(path: str, sound: Any, now: int) -> Iterator[Mistake]:
    """Each amount of the sound request negative, zero and finer than any coin."""
    codes = (WRONG, "01001", "01002", "40808", "12022")
    for slot in slots(path):
        if isinstance(slot.kinds[0], inspect.DecimalType) and slot.take(sound) is not None:
            for value in ("-1", "0", "0.0000000000000000000000001"):
                yield _mistake(f"{slot.where} is {value}", slot.having(sound, value), *codes)


def _mistake(what: str, request: Any, *codes: str) -> Mistake:
    return Mistake(what, request, frozenset(codes))
