"""The sequencer: the one writer. It gives commands their place, makes them durable, applies them, answers.

Commands wait in a bounded queue. What waits is taken as a batch and written; while the disk works, the batch
before it is applied and new commands come in. So the exchange never holds what is not durable, nothing is
answered early, and one sync serves all who wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, NoReturn

import msgspec

from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.errors import SYSTEM_BUSY, Rejected
from papertape.contract.protocol.wire import Request
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import use_money_context
from papertape.journal.apply import Output, apply
from papertape.journal.clock import Clock
from papertape.journal.entry import RULES, Entry, encode_entry
from papertape.journal.log import Log
from papertape.operations.ports import Vault
from papertape.operations.registry import OPERATIONS, Caller

QUEUE_BOUND = 10_000
"""Commands that may wait; one more is refused with 40015."""

BATCH_BOUND = 256
"""Commands in one batch: what is applied before the event loop gets its turn."""

Listener = Callable[[Output], None]


class Restored(msgspec.Struct, frozen=True):
    """The exchange went back to the state after entry ``sequence``; all that came later has not happened."""

    sequence: int


encode_request = msgspec.json.Encoder().encode


class Stopped(Exception):
    """The journal stopped before it answered; whether the command will be found in the log is not known."""


class Waiting(NamedTuple):
    """A command in the queue and whom to answer."""

    path: str
    caller: Caller
    request: bytes
    answer: asyncio.Future[Any]


Batch = list[tuple[Entry, "asyncio.Future[Any]"]]


class Sequencer:
    """Runs commands one after the other; to be made, started and used on one event loop.

    ``exchange`` is always the current state: read it through the sequencer, since a restore replaces it.
    ``failure`` is what stopped the sequencer for good, a defect of ours or a disk that refuses to write.
    """

    def __init__(self, exchange: Exchange, log: Log, clock: Clock, vault: Vault) -> None:
        self.exchange = exchange
        self.failure: BaseException | None = None
        self._log, self._clock, self._vault = log, clock, vault
        self._listeners: list[Listener] = []
        self._restore_listeners: list[Callable[[Restored], None]] = []
        self._gates: list[Callable[[], Awaitable[None]]] = []
        self._queue: deque[Waiting] = deque()
        self._writing: Batch = []
        self._written: Batch = []
        self._last_time = exchange.now
        self._wake, self._failed = asyncio.Event(), asyncio.Event()
        self._running = False
        self._task: asyncio.Task[None] | None = None

    def add_listener(self, listener: Listener) -> None:
        """Calls ``listener`` with every output, in order, before its caller is answered; it must not wait."""
        self._listeners.append(listener)

    def add_restore_listener(self, listener: Callable[[Restored], None]) -> None:
        """Calls ``listener`` whenever the exchange went back, before any further command; it must not wait."""
        self._restore_listeners.append(listener)

    def add_gate(self, ready: Callable[[], Awaitable[None]]) -> None:
        """Awaits ``ready`` before each batch: how a listener that falls behind slows the exchange down."""
        self._gates.append(ready)

    async def start(self) -> None:
        """Takes commands from now on; the log and the exchange must be at the same sequence."""
        assert self._task is None, "the sequencer runs already"
        assert self._log.last_sequence == self.exchange.sequence, "the exchange is not where the log ends"
        self._clock.resume(self.exchange.now)
        self._running = True
        self._last_time = self.exchange.now
        self._task = asyncio.create_task(self._run(), name="sequencer")
        self._task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Refuses new commands, finishes those that wait, and stops; it can be started again."""
        self._running = False
        self._wake.set()
        if self._task is not None:
            await asyncio.wait((self._task,))
            self._task = None

    def restore(self, exchange: Exchange) -> None:
        """Goes on from an earlier state, which log and history must have gone back to; only while stopped."""
        assert self._task is None, "the sequencer runs"
        self.exchange = exchange
        restored = Restored(exchange.sequence)
        for listener in self._restore_listeners:
            listener(restored)

    @property
    def running(self) -> bool:
        """Whether commands are taken."""
        return self._running

    @property
    def waiting(self) -> int:
        """How many commands are in the queue."""
        return len(self._queue)

    async def failed(self) -> NoReturn:
        """Waits until the sequencer fails, through every stop and start, and raises what made it fail."""
        await self._failed.wait()
        assert self.failure is not None
        raise self.failure

    async def submit(self, endpoint: Endpoint[..., Any, Any], caller: Caller, request: Request) -> Any:
        """The command's typed reply, once it is durable and applied.

        Raises ``Rejected`` (also with 40015 when too many wait) and ``Stopped``.
        """
        return await self.enqueue(endpoint, caller, request)

    def enqueue(self, endpoint: Endpoint[..., Any, Any], caller: Caller, request: Request) -> asyncio.Future[Any]:
        """Puts the command at the end of the queue; the future is what ``submit`` awaits.

        Raises ``Rejected`` at once when too many wait, or when preparing the command refuses it.
        """
        if not self._running or len(self._queue) >= QUEUE_BOUND:
            raise Rejected(SYSTEM_BUSY)
        operation = OPERATIONS[endpoint.path]
        assert operation.kind == "command", f"{endpoint} is not a command"
        if operation.prepare is not None:
            request = operation.prepare(self.exchange.environments[caller.environment], self._vault, caller, request)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.append(Waiting(endpoint.path, caller, encode_request(request), answer))
        self._wake.set()
        return answer

    async def _run(self) -> None:
        use_money_context()
        while self._running or self._queue or self._written:
            for ready in self._gates:
                await ready()
            self._writing = self._take()
            if self._writing:
                entries = [encode_entry(entry) for entry, _ in self._writing]
                durable = self._log.append(self._writing[0][0].sequence, entries)
                self._apply_written()
                await durable
                self._written, self._writing = self._writing, []
            elif self._written:
                self._apply_written()
            else:
                self._wake.clear()
                await self._wake.wait()

    def _take(self) -> Batch:
        """The next batch, with its places and its time."""
        queue = self._queue
        count = min(len(queue), BATCH_BOUND)
        if not count:
            return []
        time = max(self._last_time, self._clock.now())
        self._last_time = time
        first = self._log.last_sequence + 1
        batch = []
        for sequence in range(first, first + count):
            path, caller, request, answer = queue.popleft()
            who = caller.uid, caller.key, caller.ip
            batch.append((Entry(sequence, time, *who, path, request, caller.environment, RULES), answer))
        return batch

    def _apply_written(self) -> None:
        for entry, answer in self._written:
            output = apply(self.exchange, entry)
            for listener in self._listeners:
                listener(output)
            if answer.done():
                continue
            if output.error is not None:
                answer.set_exception(Rejected(output.error))
            else:
                answer.set_result(output.reply)
        self._written = []

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Says why the writer ended, if it did not just stop, and lets nobody wait for it any longer."""
        self._running = False
        self.failure = asyncio.CancelledError() if task.cancelled() else task.exception()
        if self.failure is None:
            return
        self._failed.set()
        context = {"message": "The journal has stopped", "exception": self.failure, "task": task}
        asyncio.get_running_loop().call_exception_handler(context)
        answers = [answer for _, answer in self._written + self._writing] + [item.answer for item in self._queue]
        self._written, self._writing = [], []
        self._queue.clear()
        for answer in answers:
            if not answer.done():
                answer.set_exception(Stopped(f"the journal has stopped: {self.failure!r}"))
