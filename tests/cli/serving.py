"""``papertape serve`` as users run it: a process of its own, reached over its ports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

SECONDS_TO_STOP = 20


@dataclass(frozen=True)
class Served:
    """A running exchange: its process and the addresses that its ready line names."""

    process: subprocess.Popen[str]
    rest: str
    ws: str

    def stop(self) -> int:
        """Asks it to stop; tells its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(SECONDS_TO_STOP)


@contextmanager
def serving(*flags: str, data: str = ":memory:") -> Iterator[Served]:
    """An exchange on free ports for the length of a ``with``."""
    command = [sys.executable, "-m", "papertape", "serve", "--port", "0", "--ws-port", "0", "--data", data, *flags]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PAPERTAPE_")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            ready = next((line for line in process.stdout if line.startswith("ready ")), "")
            assert ready, f"papertape serve ended with {process.wait()}"
            _, rest, ws = ready.split()
            yield Served(process, rest, ws)
        finally:
            process.terminate()
            process.wait(SECONDS_TO_STOP)
