"""The products that a stream serves: one line for each."""

from __future__ import annotations

from typing import Generic

from papertape.sdk.streams.spot.channels import SpotStreams
from papertape.sdk.streams.surface import S


class Products(Generic[S]):
    """Every product's channels and orders, bound to a stream of either form."""

    def __init__(self, stream: S) -> None:
        self.spot: SpotStreams[S] = SpotStreams(stream)
