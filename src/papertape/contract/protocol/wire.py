"""The wire: how requests and replies look as JSON, solved once for server and client.

Requests carry plain ``Decimal`` amounts; replies carry ``Amount`` (a decimal string on the wire) or
``Number`` (a bare JSON number). Neither ever prints an exponent.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, dataclass_transform

import msgspec


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class WireMeta(msgspec.StructMeta):
    """Makes every model keyword-only and frozen; msgspec does not inherit ``kw_only`` by itself."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> WireMeta:
        """Makes the model's class."""
        options.setdefault("kw_only", True)
        options.setdefault("frozen", True)
        return super().__new__(mcls, name, bases, namespace, **options)


class Request(msgspec.Struct, metaclass=WireMeta, rename="camel", omit_defaults=True):
    """Base of every request model: snake_case here, Bitget's camelCase on the wire; ``None`` is not sent.

    ``bare`` names, as on the wire, the one list that makes up the whole body where Bitget takes a bare array.
    """

    bare: ClassVar[str] = ""


class Reply(msgspec.Struct, metaclass=WireMeta, rename="camel"):
    """Base of every reply model: snake_case here, Bitget's camelCase on the wire; every field is sent."""


class Nothing(Request):
    """A request without parameters."""


class Amount(Decimal):
    """An exact decimal in a reply: a plain decimal string on the wire, with the digits it was made with."""


class Absent(Amount):
    """An amount that is not set: zero here, ``""`` on the wire, as Bitget writes it."""


ABSENT = Absent(0)


class Number(Decimal):
    """An exact decimal that Bitget sends as a bare JSON number (merge-depth levels)."""


class Timestamp(int):
    """Unix milliseconds in a reply: an integer here, a string of digits on the wire."""

    __slots__ = ()


class Moment(int):
    """Unix milliseconds of what may not have happened yet: 0 here and ``""`` on the wire until it has."""

    __slots__ = ()


class Count(int):
    """A whole number in a reply (decimals, levels, confirmations): a string of digits on the wire."""

    __slots__ = ()


class Sealed(str):
    """A secret in a reply that is shown once: sealed here, opened by the gateway as it writes the reply."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "***"


def words(*values: str) -> msgspec.Meta:
    """The documented words of a reply field; unknown ones are tolerated, so the type stays ``str``."""
    return msgspec.Meta(extra_json_schema={"x-known-values": list(values)})


def spelled(*names: str) -> msgspec.Meta:
    """Further wire names under which a request's field is accepted; its own name stays first."""
    return msgspec.Meta(extra={"spelled": names})


def also(**meanings: str) -> msgspec.Meta:
    """Further words that a request's field accepts, each with the documented word it stands for."""
    return msgspec.Meta(extra={"also": meanings})


CLEARABLE = msgspec.Meta(extra={"clearable": True})
"""For a list whose emptiness means something: ``""`` reads as the empty list, not as absent."""

EXACT = msgspec.Meta(extra={"exact": True})
"""For words whose case tells them apart (1min and 1M): other cases are refused rather than guessed at."""


def plain(value: Decimal) -> str:
    """A decimal as plain digits: never an exponent."""
    return format(value, "f")


def encode_hook(value: Any) -> Any:
    """msgspec ``enc_hook``: the reply types that msgspec does not know."""
    if isinstance(value, Amount):
        return plain(value) if value.__class__ is Amount else ""
    if isinstance(value, Timestamp | Count):
        return int.__repr__(value)
    if isinstance(value, Moment):
        return int.__repr__(value) if value else ""
    if isinstance(value, Number):
        return msgspec.Raw(plain(value).encode())
    raise NotImplementedError(f"no wire form for {type(value).__name__}")


def decode_hook(kind: type[Any], value: Any) -> Any:
    """msgspec ``dec_hook``: reads the reply types back on the client; ``""`` reads as zero, an amount as ``ABSENT``."""
    if issubclass(kind, str):
        return kind(value)
    if kind is Amount and value == "":
        return ABSENT
    if issubclass(kind, int):
        return kind(value or 0)
    if issubclass(kind, Decimal):
        return kind(value if value != "" else 0) if not isinstance(value, float) else kind(repr(value))
    raise NotImplementedError(f"no wire form for {kind.__name__}")


encode = msgspec.json.Encoder(enc_hook=encode_hook).encode


def query_parameters(request: Request) -> dict[str, str]:
    """The request as query parameters: every value a string, lists joined by commas, ``None`` left out."""
    return {name: _text(value) for name, value in _fields(request).items()}


def body(request: Request) -> bytes:
    """The request as the JSON body to sign and send: amounts and integers as strings, as Bitget documents."""
    fields = _fields(request)
    return msgspec.json.encode(_strings(fields[request.bare] if request.bare else fields))


def _fields(request: Request) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(request, builtin_types=(Decimal,), enc_hook=_sent_back)
    return fields


def _sent_back(value: Any) -> Any:
    """A value of a reply used in a request: a price, a time, a secret."""
    for kind in (Decimal, int, str):
        if isinstance(value, kind):
            return kind(value)
    raise NotImplementedError(f"no wire form for {type(value).__name__}")


def _strings(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {name: _strings(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_strings(item) for item in value]
    if isinstance(value, bool):
        return value
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(_text(item) for item in value)
    return str(value)
