"""Runs an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class _Errand(Generic[R]):
    """Work for the loop from another thread. Its coroutine is made on the loop: an interrupt leaves none unawaited."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, R]]) -> None:
        self.result: Future[R] = Future()
        self._work = work
        self._task: asyncio.Task[R] | None = None

    def begin(self) -> None:
        """Start the work, unless nobody waits for it any more; called on the loop."""
        if self.result.set_running_or_notify_cancel():
            self._task = asyncio.get_running_loop().create_task(self._work())
            self._task.add_done_callback(self._done)

    def cancel(self) -> None:
        """End the work, begun or not; called on the loop."""
        self.result.cancel()
        if self._task is not None:
            self._task.cancel()

    def _done(self, task: asyncio.Task[R]) -> None:
        if task.cancelled():
            self.result.set_exception(CancelledError())
        elif (error := task.exception()) is not None:
            self.result.set_exception(error)
        else:
            self.result.set_result(task.result())


class Background:
    """A running event loop; ``run`` may be called from any thread but its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="papertape-stream", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it has not been closed."""
        return not self._loop.is_closed()

    def run(self, work: Callable[[], Coroutine[Any, Any, R]]) -> R:
        """Call ``work`` on the loop and wait for its result; an interrupt (Ctrl-C) ends both."""
        errand = _Errand(work)
        self._hand_over(errand.begin)
        try:
            return errand.result.result()
        except CancelledError as error:
            raise RuntimeError("this stream is closed") from error
        except BaseException:
            if not errand.result.done():
                self._hand_over(errand.cancel)
            raise

    def close(self) -> None:
        """End the loop and its thread."""
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(_finish())
        self._loop.close()

    def _hand_over(self, work: Callable[[], None]) -> None:
        if self._loop.is_closed():
            raise RuntimeError("this stream is closed")
        self._loop.call_soon_threadsafe(work)


async def _finish() -> None:
    """End what other threads have asked for meanwhile."""
    await asyncio.sleep(0)
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
