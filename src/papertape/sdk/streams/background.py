"""An event loop in a thread of its own, for those who have none."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from typing import Any, TypeVar

R = TypeVar("R")


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

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        """Runs the work on the loop and waits for it; an interrupt (Ctrl-C) ends both."""
        if self._loop.is_closed():
            work.close()
            raise RuntimeError("this stream is closed")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except CancelledError as error:
            raise RuntimeError("this stream is closed") from error
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Ends the loop and its thread."""
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(_finish())
        self._loop.close()


async def _finish() -> None:
    """Ends what other threads have asked for meanwhile."""
    await asyncio.sleep(0)
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
