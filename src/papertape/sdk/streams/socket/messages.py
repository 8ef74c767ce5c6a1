"""Reads and writes the messages of the socket. Source: documentation, "Websocket API"."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from types import GenericAlias
from typing import Any

import msgspec

from papertape.contract.protocol.channel import Argument, Topic
from papertape.contract.protocol.signing import prehash
from papertape.contract.protocol.wire import decode_hook, encode
from papertape.sdk.credentials import Credentials, Signer
from papertape.sdk.exceptions import BitgetError, error_class

VERIFY = "/user/verify"
MOST_ARGUMENT_BYTES = 4096
"""Bytes of one request's arguments."""

CODE_LOGIN_NEEDED = "30004"
CODE_LOGIN_FAILED = "30005"
CODES_OF_A_KEY = ("30011", "30012")
CODE_OVER_LIMIT = "30007"
_NAMED = re.compile(r"instType:([^,]*),channel:([^,]*),instId:(\S*)")


class StreamEnvelope(msgspec.Struct, gc=False):
    """Any message of the exchange: a push has ``data``, everything else an ``event``."""

    event: str = ""
    action: str = ""
    arg: msgspec.Raw = msgspec.Raw(b"")
    data: msgspec.Raw = msgspec.Raw(b"")
    time: int = msgspec.field(name="ts", default=0)
    code: str | int | None = None
    message: str | None = msgspec.field(name="msg", default="")
    op: str | None = ""

    @property
    def failure(self) -> str:
        """The error's code as text, "" for a success, which is sent as a number or as a string."""
        code = "" if self.code is None else str(self.code)
        return "" if self.event != "error" and code in ("", "0", "00000") else code or "error"

    def error(self, endpoint: str) -> BitgetError:
        """Return the exception that an error stands for."""
        code = self.failure
        return error_class(code, 0)(self.message or "refused", code=code, endpoint=endpoint)


envelope = msgspec.json.Decoder(StreamEnvelope, strict=False).decode
_argument = msgspec.json.Decoder(Argument).decode


def topic_of(echo: bytes | msgspec.Raw, message: str = "") -> Topic | None:
    """Find the topic that an answer is about by its argument, else by its text; None for neither."""
    try:
        return _argument(echo).topic
    except msgspec.DecodeError:
        named = _NAMED.search(message)
    return None if named is None else Argument(inst_type=named[1], channel=named[2], inst_id=named[3]).topic


def normal(topic: Topic) -> Topic:
    """Return the topic in its canonical spelling."""
    return Argument(inst_type=topic.inst_type, channel=topic.channel, inst_id=topic.key).topic


def argument(topic: Topic, *, by_coin: bool) -> bytes:
    """Write a topic as an argument; balances are named by coin."""
    product, channel, key = topic
    if by_coin:
        return encode(Argument(inst_type=product, channel=channel, coin=key))
    return encode(Argument(inst_type=product, channel=channel, inst_id=key))


def requests(op: str, arguments: Iterable[bytes]) -> Iterator[str]:
    """Write the arguments in as few requests as the limit of their length allows."""
    batch: list[bytes] = []
    size = 2
    for each in arguments:
        if batch and size + len(each) + 1 > MOST_ARGUMENT_BYTES:
            yield _request(op, batch)
            batch, size = [], 2
        batch.append(each)
        size += len(each) + 1
    if batch:
        yield _request(op, batch)


async def login(signer: Signer, seconds: int) -> str:
    """Write the request to log in; its timestamp is in seconds. A signer that may block runs in a thread."""
    timestamp = str(seconds)
    content = prehash(timestamp, "GET", VERIFY)
    if isinstance(signer, Credentials):
        signature = signer.sign(content)
    else:
        signature = await asyncio.to_thread(signer.sign, content)
    fields = {
        "apiKey": signer.key, "passphrase": signer.passphrase, "timestamp": timestamp, "sign": signature,
    }  # fmt: skip
    return _request("login", [msgspec.json.encode(fields)])


def _request(op: str, arguments: list[bytes]) -> str:
    return f'{{"op":"{op}","args":[{b",".join(arguments).decode()}]}}'


def rows_decoder(message: type[Any]) -> msgspec.json.Decoder[list[Any]]:
    """Make the decoder of a channel's rows."""
    return msgspec.json.Decoder(GenericAlias(list, (message,)), strict=False, dec_hook=_hook)


def _hook(kind: type[Any], value: Any) -> Any:
    """Reads the message types; what is null reads as zero, like the empty text."""
    try:
        return decode_hook(kind, "" if value is None else value)
    except ArithmeticError as error:
        raise ValueError(f"not a number: {value!r}") from error
