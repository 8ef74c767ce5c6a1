"""How the value of one request field is read: text, decimals, whole numbers, flags, words, lists.

Every converter raises ``ValueError`` for what it does not take, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from papertape.contract.protocol.wire import Request, plain

Convert = Callable[[Any], Any]
Nested = Callable[[type[Any]], Convert]

MAXIMUM_TEXT = 4096
"""Bound of a parameter's characters: an RSA public key fits, a flood does not."""
MAXIMUM_DIGITS = 64
"""Bound of a number's characters."""
MAXIMUM_MAGNITUDE = 30
"""Bound of a decimal's power of ten, in either direction: no balance needs more."""
MAXIMUM_INTEGER = 2**63

_decimal = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII).fullmatch
_integer = re.compile(r"[+-]?\d+(?:\.0*)?", re.ASCII).fullmatch


def converter(kind: Any, nested: Nested) -> tuple[Convert, tuple[str, ...]]:
    """How values of this type are read, and the further names that its field goes by.

    ``nested`` makes the converter of a request inside the request.
    """
    options, extra = _options(kind)
    found = [_converter(option, extra, nested) for option in options]
    return (found[0] if len(found) == 1 else _first_of(found)), extra.get("spelled", ())


def is_clearable(kind: Any) -> bool:
    """Whether an empty text means an empty list for this field, and not that it is left out."""
    return bool(_options(kind)[1].get("clearable"))


def _options(kind: Any) -> tuple[list[Any], dict[str, Any]]:
    """The alternatives of a type without ``None``, and what its annotations add."""
    if get_origin(kind) is Annotated:
        inner, *metas = get_args(kind)
        options, extra = _options(inner)
        for meta in metas:
            extra = extra | (meta.extra or {}) if isinstance(meta, msgspec.Meta) else extra
        return options, extra
    if get_origin(kind) in (Union, UnionType):
        options, extra = [], {}
        for part in get_args(kind):
            if part is not NoneType:
                more, added = _options(part)
                options, extra = options + more, extra | added
        return options, extra
    return [kind], {}


def _converter(kind: Any, extra: dict[str, Any], nested: Nested) -> Convert:
    if kind in _SCALARS:
        return _SCALARS[kind]
    if get_origin(kind) is Literal:
        return _words(get_args(kind), extra)
    if get_origin(kind) is list:
        return _list(converter(get_args(kind)[0], nested)[0])
    assert isinstance(kind, type) and issubclass(kind, Request), f"no request field can be a {kind}"
    return nested(kind)


def _text(value: Any) -> str:
    if isinstance(value, str):
        if len(value) > MAXIMUM_TEXT:
            raise ValueError
        return value
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= MAXIMUM_INTEGER:
        raise ValueError
    return str(value)


def _amount(value: Any) -> Decimal:
    if isinstance(value, str):
        if len(value) < MAXIMUM_MAGNITUDE and value.isascii() and value.replace(".", "", 1).isdigit():
            return Decimal(value)
        if len(value) > MAXIMUM_DIGITS or _decimal(value) is None:
            raise ValueError
        number = Decimal(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    else:
        raise ValueError
    digits, exponent = number.as_tuple()[1:]
    assert isinstance(exponent, int)
    if exponent < -MAXIMUM_MAGNITUDE or exponent + len(digits) > MAXIMUM_MAGNITUDE:
        raise ValueError
    return number if exponent <= 0 else Decimal(plain(number))


def _whole(value: Any) -> int:
    if isinstance(value, str):
        if len(value) > MAXIMUM_DIGITS or _integer(value) is None:
            raise ValueError
        value = int(value.partition(".")[0])
    elif not isinstance(value, int) or isinstance(value, bool):
        raise ValueError
    if not -MAXIMUM_INTEGER <= value < MAXIMUM_INTEGER:
        raise ValueError
    return int(value)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if (word := value.lower()) == "true":
            return True
        if word == "false":
            return False
    raise ValueError


_SCALARS: dict[Any, Convert] = {str: _text, Decimal: _amount, int: _whole, bool: _flag}


class _Words(dict[str, str]):
    """What each accepted word means; in any case and with hyphens for underscores, unless marked exact."""

    def __init__(self, documented: tuple[str, ...], extra: dict[str, Any]) -> None:
        further: dict[str, str] = extra.get("also", {})
        meanings = {word: word for word in documented} | further
        self.folded: dict[str, str] = (
            {} if extra.get("exact") else {_fold(word): meaning for word, meaning in meanings.items()}
        )
        assert len(self.folded) in (0, len(meanings)), f"words that differ by case only: {documented}"
        upper = {} if extra.get("exact") else {word.upper(): meaning for word, meaning in meanings.items()}
        super().__init__(self.folded | upper | meanings)

    def __missing__(self, word: str) -> str:
        if len(word) > MAXIMUM_DIGITS or (found := self.folded.get(_fold(word))) is None:
            raise ValueError
        return found


def _words(documented: tuple[str, ...], extra: dict[str, Any]) -> Convert:
    meanings = _Words(documented, extra)

    def convert(value: Any) -> str:
        if value.__class__ is bool:
            value = "true" if value else "false"
        if value.__class__ is not str:
            raise ValueError
        return meanings[value]

    return convert


def _fold(word: str) -> str:
    return word.lower().replace("-", "_")


def _list(item: Convert) -> Convert:
    """A JSON array, or as a query parameter or a lone string its items joined by commas."""

    def convert(value: Any) -> list[Any]:
        if isinstance(value, str):
            value = value.split(",")
        if not isinstance(value, list):
            raise ValueError
        return [item(each) for each in value]

    return convert


def _first_of(choices: list[Convert]) -> Convert:
    def convert(value: Any) -> Any:
        for choice in choices:
            try:
                return choice(value)
            except ValueError:
                continue
        raise ValueError

    return convert
