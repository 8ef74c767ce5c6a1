"""The contract as an OpenAPI 3.1 document: what the exchange serves, or what its control plane does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from papertape.contract.catalog import ENDPOINTS
from papertape.contract.protocol.endpoint import Access, Endpoint
from papertape.contract.protocol.wire import Amount, Count, Moment, Number, Sealed, Timestamp

AnyEndpoint = Endpoint[..., Any, Any]
Schema = dict[str, Any]

DECIMAL = r"^[+-]?(\d+\.?\d*|\.\d+)$"
_REFERENCE = "#/components/schemas/{name}"
_HEADERS = ("ACCESS-KEY", "ACCESS-SIGN", "ACCESS-TIMESTAMP", "ACCESS-PASSPHRASE")
_WIRE: dict[type, Schema] = {
    Amount: {"type": "string", "format": "decimal", "pattern": r"^(-?\d+(\.\d+)?)?$"},
    Number: {"type": "number"},
    Timestamp: {"type": "string", "pattern": r"^(-?\d+)?$", "description": "Unix milliseconds."},
    Moment: {"type": "string", "pattern": r"^\d*$", "description": "Unix milliseconds, empty if it has not happened."},
    Count: {"type": "string", "pattern": r"^(-?\d+)?$"},
    Sealed: {"type": "string"},
}
_PRODUCTS: tuple[Access, ...] = ("public", "signed")


def document(
    *, control: bool = False, endpoints: Iterable[AnyEndpoint] = ENDPOINTS, server: str | None = None
) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the exchange's REST API or, with ``control``, of the control plane."""
    shown = [each for each in endpoints if each.access in (("control",) if control else _PRODUCTS)]
    schemas, components = _schemas(shown)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint, request, reply in zip(shown, schemas[::2], schemas[1::2], strict=True):
        for number, path in enumerate((endpoint.path, *endpoint.aliases)):
            operation = _operation(endpoint, number, _resolved(request, components), reply)
            paths.setdefault(path, {})[endpoint.method.lower()] = operation
    components["Error"] = _envelope("Error", {"type": "string"}, {"type": "string"}, {"type": "null"})
    title = "Papertape control plane" if control else "Papertape: Bitget's V2 REST API"
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "2.0.0", "description": _ABOUT_CONTROL if control else _ABOUT},
        **({"servers": [{"url": server}]} if server else {}),
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _security_schemes(control)},
    }


_ABOUT = (
    "Every reply is an envelope with `code`, `msg`, `requestTime` (Unix milliseconds) and `data`; `code` is `00000` "
    "on success. Signed requests carry four headers; the signature is HMAC-SHA256 or RSA-SHA256 over timestamp, "
    "method, path with query, and body, as base64. `x-rate-limit` tells how many requests are allowed, by whom."
)
_ABOUT_CONTROL = "What the exchange's operator does. Bearer token; replies come without an envelope, errors with it."


def _schemas(endpoints: Sequence[AnyEndpoint]) -> tuple[list[Schema], dict[str, Schema]]:
    """Request and reply schemas, two for each endpoint, and the components that they refer to."""
    types = [kind for endpoint in endpoints for kind in (endpoint.request, endpoint.reply)]
    schemas, components = msgspec.json.schema_components(types, schema_hook=_hook, ref_template=_REFERENCE)
    return [_tidied(each) for each in schemas], {name: _tidied(each) for name, each in components.items()}


def _hook(kind: type[Any]) -> Schema:
    if kind not in _WIRE:
        raise NotImplementedError(f"no schema for {kind.__name__}")
    return dict(_WIRE[kind])


def _tidied(schema: Any) -> Any:
    """Without null defaults (absent is absent), descriptions on one line, decimals with their pattern."""
    if isinstance(schema, list):
        return [_tidied(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {key: _tidied(value) for key, value in schema.items()}
    if "default" in tidy and tidy["default"] is None:
        del tidy["default"]
        rest = [each for each in tidy.pop("anyOf") if each != {"type": "null"}]
        tidy |= rest[0] if len(rest) == 1 else {"anyOf": rest}
    if isinstance(tidy.get("description"), str):
        tidy["description"] = " ".join(tidy["description"].replace("``", "`").split())
    if tidy.get("format") == "decimal":
        tidy.setdefault("pattern", DECIMAL)
    return tidy


def _resolved(schema: Schema, components: dict[str, Schema]) -> Schema:
    name = schema["$ref"].rpartition("/")[2]
    return components[name] | {"$ref": schema["$ref"]}


def _operation(endpoint: AnyEndpoint, number: int, request: Schema, reply: Schema) -> Schema:
    operation: Schema = {
        "operationId": f"{endpoint.group}.{endpoint.name}" + (f".{number + 1}" if number else ""),
        "summary": endpoint.summary,
        "tags": [endpoint.group],
    }
    if number:
        operation["x-alias-of"] = endpoint.path
    if endpoint.method == "GET":
        operation["parameters"] = _parameters(request)
    else:
        bare = getattr(endpoint.request, "bare", "")
        schema = request["properties"][bare] if bare else {"$ref": request["$ref"]}
        content = {"application/json": {"schema": schema}}
        operation["requestBody"] = {"required": bool(request.get("required")), "content": content}
    if endpoint.limit.count:
        limit = endpoint.limit
        operation["x-rate-limit"] = {"count": limit.count, "seconds": limit.per_seconds, "by": limit.by}
    if endpoint.permission:
        operation["x-permission"] = endpoint.permission
    operation["security"] = _security(endpoint.access)
    operation["responses"] = _responses(endpoint, reply)
    return operation


def _parameters(request: Schema) -> list[Schema]:
    required = request.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in request.get("properties", {}).items()
    ]


def _responses(endpoint: AnyEndpoint, reply: Schema) -> Schema:
    if endpoint.access != "control":
        reply = _envelope("Success", {"const": "00000"}, {"const": "success"}, reply)
    error = {"application/json": {"schema": {"$ref": _REFERENCE.format(name="Error")}}}
    return {
        "200": {"description": "Success.", "content": {"application/json": {"schema": reply}}},
        "429": {"description": "Too many requests.", "content": error},
        "4XX": {"description": "The request is refused and nothing has changed.", "content": error},
    }


def _envelope(title: str, code: Schema, message: Schema, data: Schema) -> Schema:
    return {
        "title": title,
        "type": "object",
        "required": ["code", "msg", "requestTime", "data"],
        "properties": {"code": code, "msg": message, "requestTime": {"type": "integer"}, "data": data},
    }


def _security(access: Access) -> list[Schema]:
    if access == "signed":
        return [{header: [] for header in _HEADERS}]
    return [{"control-token": []}] if access == "control" else []


def _security_schemes(control: bool) -> Schema:
    if control:
        return {"control-token": {"type": "http", "scheme": "bearer"}}
    return {header: {"type": "apiKey", "in": "header", "name": header} for header in _HEADERS}
