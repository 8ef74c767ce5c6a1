"""Entries: what the journal keeps of a command."""

from __future__ import annotations

import msgspec

from papertape.engine.exchange.environments import Environment
from papertape.operations.registry import Caller

RULES = 1
"""The version of the rules: what an entry does. A rule that is changed keeps its old form for entries of older
versions, which ``exchange.rules`` tells apart, so that an old log still leads to the state that it led to."""


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One command at its place: ``time`` is Unix milliseconds of market time and never decreases.

    ``path`` names the endpoint; ``request`` is its request model as JSON, the very bytes that are applied.
    ``rules`` is the version of the rules that it was made for: by others it may come to another state. The last two
    fields are newer than the rest: entries of older versions lack them.
    """

    sequence: int
    time: int
    uid: int
    key: str
    ip: str
    path: str
    request: bytes
    environment: Environment = "live"
    rules: int = 1

    @property
    def caller(self) -> Caller:
        """Who asked."""
        return Caller(self.uid, self.key, self.ip, environment=self.environment)


encode_entry = msgspec.msgpack.Encoder().encode
decode_entry = msgspec.msgpack.Decoder(Entry).decode
