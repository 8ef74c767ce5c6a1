"""A request for a topic: a channel of a product and a key."""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar

from papertape.contract.protocol.channel import DEFAULT, Channel

Y = TypeVar("Y")


class TopicRequest(NamedTuple, Generic[Y]):
    """A topic to subscribe to; ``whole`` gives pushes as they came, not their rows.

    ``inst_type`` is the product, "" for the only one that declares the channel.
    """

    channel: Channel[Any]
    key: str = DEFAULT
    whole: bool = False
    inst_type: str = ""
