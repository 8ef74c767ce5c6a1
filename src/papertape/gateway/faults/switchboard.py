"""All faults: added, listed and removed through the control plane, asked for wherever one may strike."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from papertape.contract.control import AddFault
from papertape.contract.control.faults import MEANINGS, FaultKind
from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.gateway.faults.checking import check
from papertape.gateway.faults.switch import Switch
from papertape.gateway.metrics import Metrics

MOST_FAULTS = 100
"""Kept at a time; those that will not strike again make room for new ones."""

ON_PUSHES: tuple[FaultKind, ...] = ("wrong_checksum", "lost_push")


class Switchboard:
    """The faults that are set.

    ``on_requests`` and ``on_streams`` have those that may still strike, the latter by kind; ``on_pushes`` is whether
    any of these strikes pushes. They are empty while nothing is to go wrong; nobody looks at more.
    """

    def __init__(self, metrics: Metrics) -> None:
        self.on_requests: tuple[Switch, ...] = ()
        self.on_streams: dict[FaultKind, tuple[Switch, ...]] = {}
        self.on_pushes = False
        self.watchers: list[Callable[[], None]] = []
        """Called when a fault has been added: what it is aimed at may be there already."""
        self._all: dict[int, Switch] = {}
        self._last = 0
        self._metrics = metrics
        self._released = asyncio.Event()

    def __iter__(self) -> Iterator[Switch]:
        return iter(self._all.values())

    def add(self, wanted: AddFault) -> Switch:
        """Sets a fault; raises ``Rejected``, with 40058 for one too many."""
        check(wanted)
        if len(self._all) >= MOST_FAULTS:
            spent = next((number for number, switch in self._all.items() if switch.over), None)
            if spent is None:
                raise Rejected(errors.MAXIMUM_ALLOWED.of("faults", MOST_FAULTS))
            del self._all[spent]
        self._last += 1
        switch = self._all[self._last] = Switch(self._last, wanted)
        self.sort()
        for watcher in self.watchers:
            watcher()
        return switch

    def remove(self, number: int) -> None:
        """Removes a fault; 40034 if there is none of this id."""
        if self._all.pop(number, None) is None:
            raise Rejected(errors.PARAMETER_DOES_NOT_EXIST.of("id"))
        self.sort()

    def clear(self) -> None:
        """Removes all faults; what waits because of one goes on."""
        self._all.clear()
        self.sort()
        self.release()

    def release(self) -> None:
        """Lets go on whatever waits."""
        self._released.set()
        self._released = asyncio.Event()

    async def wait(self, milliseconds: int) -> None:
        """Waits so long in real time, or until everything is released."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(milliseconds / 1000):
                await self._released.wait()

    def strikes(self, switch: Switch) -> bool:
        """Whether a fault strikes what it is aimed at; each strike is counted."""
        struck = switch.strikes()
        if struck:
            self._metrics.struck(switch.wanted.kind)
        if switch.over:
            self.sort()
        return struck

    def sort(self) -> None:
        """Puts those that may still strike where they are looked for."""
        live = [switch for switch in self._all.values() if not switch.over]
        self.on_requests = tuple(each for each in live if MEANINGS[each.wanted.kind].where == "rest")
        on_streams: dict[FaultKind, tuple[Switch, ...]] = {}
        for switch in live:
            kind = switch.wanted.kind
            if MEANINGS[kind].where == "streams":
                on_streams[kind] = (*on_streams.get(kind, ()), switch)
        self.on_streams = on_streams
        self.on_pushes = any(kind in on_streams for kind in ON_PUSHES)
