"""Reads an answer's bytes as a typed reply or an exception, the same for both clients."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.response import Response
from papertape.contract.protocol.wire import decode_hook
from papertape.sdk.exceptions import BitgetError, BrokenReply, UnexpectedReply, error_class
from papertape.sdk.http_request import HttpRequest

R = TypeVar("R")

SUCCESS = ("00000", "0")


class Answer(msgspec.Struct):
    """An HTTP answer: status, headers with lower-case names, the bytes; when it was sent and received.

    ``sent`` and ``received`` are this machine's clock in ms, ``latency`` is in seconds.
    """

    status: int
    headers: dict[str, str]
    content: bytes
    sent: int = 0
    received: int = 0
    latency: float = 0.0


class _Envelope(msgspec.Struct):
    code: str | int | None = None
    msg: str | None = None
    request_time: str | int | None = msgspec.field(name="requestTime", default=None)
    data: msgspec.Raw = msgspec.Raw(b"null")


_envelope = msgspec.json.Decoder(_Envelope)
_any = msgspec.json.Decoder(float_hook=str)


def typed_reply(endpoint: Endpoint[..., Any, R], message: HttpRequest, answer: Answer) -> Response[R]:
    """Read the reply of a declared endpoint; raises the exception that the exchange's error stands for."""
    if endpoint.access == "control":
        _raise_for_status(message, answer)
        return _response(_decoded(endpoint, message, answer, answer.content), answer, 0)
    envelope = _opened(message, answer)
    reply = _decoded(endpoint, message, answer, envelope.data)
    return _response(reply, answer, _milliseconds(envelope.request_time))


def untyped_reply(message: HttpRequest, answer: Answer) -> Response[Any]:
    """Read the answer of a path without declaration: data as plain Python values."""
    try:
        whole = msgspec.json.decode(answer.content)
    except msgspec.DecodeError as error:
        raise _strange(message, answer) from error
    if not (isinstance(whole, dict) and "code" in whole and "msg" in whole):
        _raise_for_status(message, answer)
        return _response(whole, answer, 0)
    envelope = _opened(message, answer)
    return _response(whole.get("data"), answer, _milliseconds(envelope.request_time))


def _response(reply: R, answer: Answer, told: int) -> Response[R]:
    return Response(reply, answer.status, answer.headers, answer.content, told, answer.latency)


def _opened(message: HttpRequest, answer: Answer) -> _Envelope:
    """Read the envelope of a success; an error is raised whatever the HTTP status says."""
    try:
        envelope = _envelope.decode(answer.content)
    except msgspec.DecodeError as error:
        raise _strange(message, answer) from error
    code = str(envelope.code if envelope.code is not None else "")
    if code in SUCCESS and answer.status < 400:
        return envelope
    if not code and answer.status < 400:
        raise _strange(message, answer)
    raise error_class(code, answer.status)(
        envelope.msg or f"HTTP status {answer.status}",
        code=code,
        status=answer.status,
        request=message,
        request_time=_milliseconds(envelope.request_time),
        content=answer.content,
        retry_after=_seconds(answer.headers.get("retry-after", "")),
    )


def _raise_for_status(message: HttpRequest, answer: Answer) -> None:
    if answer.status >= 400:
        _opened(message, answer)
    elif answer.status >= 300:
        raise _strange(message, answer)


def _strange(message: HttpRequest, answer: Answer) -> BitgetError:
    """Choose the exception for an answer that is not the exchange's: a proxy's page, or a body that was cut."""
    if answer.status >= 400:
        return error_class("", answer.status)(
            f"HTTP status {answer.status} without Bitget's envelope",
            status=answer.status,
            request=message,
            content=answer.content,
            retry_after=_seconds(answer.headers.get("retry-after", "")),
        )
    return BrokenReply("the answer is not Bitget's JSON", content=answer.content, status=answer.status, request=message)


def _decoded(endpoint: Endpoint[..., Any, R], message: HttpRequest, answer: Answer, data: bytes | msgspec.Raw) -> R:
    try:
        reply: R = _decoder(endpoint).decode(data)
        return reply
    except msgspec.DecodeError:
        pass
    from papertape.sdk.rest.absent import completed

    try:
        whole = completed(endpoint.reply, _texts(_any.decode(data)))
        reply = msgspec.convert(whole, endpoint.reply, strict=False, dec_hook=_hook)
        return reply
    except msgspec.DecodeError as error:
        raise UnexpectedReply(
            f"the answer does not fit the documented reply: {error}",
            content=answer.content,
            status=answer.status,
            request=message,
        ) from error


@lru_cache(maxsize=1024)
def _decoder(endpoint: Endpoint[..., Any, R]) -> msgspec.json.Decoder[R]:
    return msgspec.json.Decoder(endpoint.reply, strict=False, dec_hook=_hook)


def _hook(kind: type[Any], value: Any) -> Any:
    """Read a value of the reply types; an amount or a time that is null reads as zero, like ``""``."""
    if not isinstance(value, str | int | float | None):
        raise ValueError(f"not one value: {value!r}")
    try:
        return decode_hook(kind, "" if value is None else value)
    except ArithmeticError as error:
        raise ValueError(f"not a number: {value!r}") from error


def _texts(value: Any) -> Any:
    """Replace numbers by their text: Bitget sends some documented strings as bare numbers."""
    if isinstance(value, dict):
        return {name: _texts(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _milliseconds(value: str | int | None) -> int:
    return int(value) if value is not None and str(value).isdecimal() else 0


def _seconds(value: str) -> float | None:
    return float(value) if value.isdecimal() and len(value) < 6 else None
