"""Completes answers that leave out fields: the exchange omits those that say nothing, in its own examples too.

An absent text (or a null where none may be) reads as "", an amount or a time as zero, a list as empty, what may be null
as ``None``, and any other object as one of which all is absent. An object with none of its fields is another thing and
stays as it is, so that reading it fails.
"""

from __future__ import annotations

from typing import Any

from msgspec import inspect


def completed(kind: type[Any], value: Any) -> Any:
    """Return the value with its absent fields filled in, ready to be read as ``kind``."""
    return _completed(inspect.type_info(kind), value)


def _completed(kind: inspect.Type, value: Any) -> Any:
    for each in _kinds(kind):
        if isinstance(each, inspect.ListType) and isinstance(value, list):
            return [_completed(each.item_type, item) for item in value]
        if isinstance(each, inspect.StructType) and isinstance(value, dict):
            return _object(each, value)
    return value


def _object(kind: inspect.StructType, value: dict[str, Any]) -> dict[str, Any]:
    fields = {field.encode_name: field.type for field in kind.fields}
    if not fields.keys() & value.keys():
        return value
    told = {name: value.get(name) for name in fields}
    return {
        name: _nothing(fields[name]) if each is None else _completed(fields[name], each) for name, each in told.items()
    }


def _nothing(kind: inspect.Type) -> Any:
    every = _kinds(kind)
    if any(isinstance(each, inspect.ListType) for each in every):
        return []
    if len(every) == 1 and isinstance(every[0], inspect.StructType):
        return {field.encode_name: _nothing(field.type) for field in every[0].fields}
    return "" if isinstance(every[0], inspect.StrType) and len(every) == 1 else None


def _kinds(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    """List the types that a value may have, without the marks for the schema."""
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)
