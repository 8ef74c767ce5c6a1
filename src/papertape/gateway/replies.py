"""Replies as bytes: Bitget's envelope around every product reply and every error.

``{"code":"00000","msg":"success","requestTime":<ms>,"data":...}``; errors have ``data: null``. The control plane's
successes come without it. Secrets that are shown once are opened here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from papertape.contract.protocol.errors import SUCCESS, Error
from papertape.contract.protocol.errors_chinese import in_chinese
from papertape.contract.protocol.wire import Sealed, encode_hook
from papertape.operations.ports import Vault

Answer = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers and body."""

CUT: Answer = (0, [], b"")
"""In place of an answer: the server cuts the socket."""

JSON = ("content-type", "application/json")
_SUCCESS = f'{{"code":"{SUCCESS.code}","msg":"{SUCCESS.message}","requestTime":%d,"data":'.encode()


class ErrorReply(msgspec.Struct, frozen=True):
    """An error as it is sent; ``data`` is always null."""

    code: str
    msg: str
    request_time: int = msgspec.field(name="requestTime")
    data: None = None


class Replies:
    """Encodes replies; needs the vault for the secrets in them."""

    def __init__(self, vault: Vault) -> None:
        def opened(value: Any) -> Any:
            return vault.open(value) if value.__class__ is Sealed else encode_hook(value)

        self._encode: Callable[[Any], bytes] = msgspec.json.Encoder(enc_hook=opened).encode

    def success(self, reply: Any, now: int) -> bytes:
        """A product's reply in its envelope, at gateway time ``now`` in ms."""
        return b"%b%b}" % (_SUCCESS % now, self._encode(reply))

    def plain(self, reply: Any) -> bytes:
        """A control-plane reply: no envelope."""
        return self._encode(reply)

    def error(self, error: Error, now: int, locale: str = "") -> bytes:
        """An error in its envelope; its text in Chinese for ``zh-CN`` where that is known."""
        if locale[:2].lower() == "zh":
            error = in_chinese(error)
        return self._encode(ErrorReply(error.code, error.message, now))
