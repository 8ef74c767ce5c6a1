"""From what a client sent to a typed request, or to the one rejection that says what is wrong with it.

Lenient where real clients differ: any case of a word, numbers for strings and strings for numbers, empty for
absent, unknown fields. Strict where money is concerned: plain finite decimals of bounded length, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from urllib.parse import unquote_plus

import msgspec

from papertape.contract.protocol import errors
from papertape.contract.protocol.converting import Convert, converter, is_clearable
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Request

Q = TypeVar("Q", bound=Request)

MAXIMUM_PARAMETERS = 100
"""Bound of a query's parameters."""

_json = msgspec.json.Decoder(float_hook=str)


class Decoder(Generic[Q]):
    """Decodes requests of one type; what it takes to do so is worked out once, here."""

    def __init__(self, request_type: type[Q] | Callable[..., Q]) -> None:
        assert isinstance(request_type, type) and issubclass(request_type, Request)
        self.build: Callable[[dict[str, Any]], Q] = _Plan(request_type).build
        self._bare: str = request_type.bare

    def decode_body(self, body: bytes) -> Q:
        """A JSON object; an empty body is an empty object. Rejects with 400, 40019 or 40020.

        Where the whole body is a list, a lone row stands for a list of one.
        """
        if not body:
            return self.build({})
        try:
            fields = _json.decode(body)
        except (ValueError, RecursionError):
            raise Rejected(errors.BAD_JSON) from None
        if self._bare and not isinstance(fields, dict):
            fields = {self._bare: fields}
        elif self._bare and fields and self._bare not in fields:
            fields = {self._bare: [fields]}
        if not isinstance(fields, dict):
            raise Rejected(errors.BAD_JSON)
        return self.build(fields)

    def decode_query(self, query: str) -> Q:
        """A URL's query as it was sent; of a repeated parameter the last counts. Rejects with 40019 or 40020."""
        return self.build(_parameters(query)) if query else self.build({})


class _Plan:
    """How one request type is read from a mapping of wire names."""

    def __init__(self, kind: type[Any]) -> None:
        self.kind = kind
        self.fields: dict[str, tuple[str, Convert]] = {}
        """Attribute and converter by wire name."""
        self.spellings: list[tuple[str, str, Convert]] = []
        """Further wire names, with attribute and converter."""
        self.required: list[tuple[str, str]] = []
        """Attribute and wire name."""
        self.clearable: list[tuple[str, str]] = []
        """Attribute and wire name of lists that an empty text empties."""
        for info in msgspec.structs.fields(kind):
            convert, spellings = converter(info.type, _nested)
            self.fields[info.encode_name] = info.name, convert
            self.spellings += [(name, info.name, convert) for name in spellings]
            if is_clearable(info.type):
                self.clearable.append((info.name, info.encode_name))
            if info.required:
                self.required.append((info.name, info.encode_name))

    def build(self, given: dict[str, Any]) -> Any:
        """The request; empty and null are absent, unknown names are ignored."""
        values: dict[str, Any] = {}
        fields = self.fields
        name = ""
        try:
            for name, value in given.items():
                if value is not None and value != "" and (field := fields.get(name)) is not None:
                    values[field[0]] = field[1](value)
            for name, attribute, convert in self.spellings:
                if attribute not in values and (value := given.get(name)) is not None and value != "":
                    values[attribute] = convert(value)
        except ValueError:
            raise Rejected(errors.PARAMETER_ERROR.of(name)) from None
        for attribute, name in self.clearable:
            if given.get(name) == "":
                values[attribute] = []
        for attribute, name in self.required:
            if attribute not in values or values[attribute] == []:
                raise Rejected(errors.PARAMETER_EMPTY.of(name))
        return self.kind(**values)


def _nested(kind: type[Any]) -> Convert:
    plan = _Plan(kind)

    def convert(value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError
        return plan.build(value)

    return convert


def _parameters(query: str) -> dict[str, Any]:
    encoded = "%" in query or "+" in query
    found: dict[str, Any] = {}
    for part in query.split("&", MAXIMUM_PARAMETERS)[:MAXIMUM_PARAMETERS]:
        name, _, value = part.partition("=")
        if encoded:
            name, value = unquote_plus(name), unquote_plus(value)
        found[name] = value
    return found
