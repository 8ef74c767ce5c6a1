"""Writes a message or a row by its fields, in this library's names, for JSON lines and exports."""

from __future__ import annotations

from typing import Any

import msgspec

from papertape.contract.protocol.wire import Timestamp, encode


def json_line(head: dict[str, Any], message: msgspec.Struct) -> bytes:
    """Write one line of JSON: amounts as text, exactly as they came, times as integers (ms)."""
    return encode(head | named(message)) + b"\n"


def named(value: Any) -> Any:
    """Convert structs to dicts, in the names that they have in Python; what is not set is left out."""
    if isinstance(value, msgspec.Struct):
        fields = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return {name: named(field) for name, field in fields if field is not msgspec.UNSET}
    if isinstance(value, list | tuple):
        return [named(item) for item in value]
    return int(value) if isinstance(value, Timestamp) else value
