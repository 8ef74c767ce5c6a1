"""``papertape watch`` and ``book`` as users pipe them: a process whose lines are read as they come."""

from __future__ import annotations

import json
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.cli.serving import SECONDS_TO_STOP, Served


@dataclass(frozen=True)
class Watching:
    """A command that runs."""

    process: subprocess.Popen[str]

    def line(self) -> dict[str, Any]:
        """The next line that it prints."""
        assert self.process.stdout is not None
        read: dict[str, Any] = json.loads(self.process.stdout.readline())
        return read

    def has_printed(self, seconds: float = 0.3) -> bool:
        """Whether it has printed anything so far, or does so soon; to be asked before the first line is read."""
        return bool(select.select([self.process.stdout], [], [], seconds)[0])

    def until(self, **fields: Any) -> dict[str, Any]:
        """The first line that has these fields."""
        while True:
            line = self.line()
            if {name: line.get(name) for name in fields} == fields:
                return line

    def ended(self) -> tuple[int, str]:
        """Its exit code and all that it said on stderr."""
        assert self.process.stderr is not None
        said = self.process.stderr.read()
        return self.process.wait(SECONDS_TO_STOP), said

    def stop(self, by: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Interrupts it."""
        self.process.send_signal(by)
        return self.ended()


@contextmanager
def watching(served: Served, *arguments: str) -> Iterator[Watching]:
    """A command that watches an exchange."""
    command = [sys.executable, "-m", "papertape", *arguments, "--url", served.rest, "--ws-url", served.ws]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield Watching(process)
        finally:
            process.kill()
