"""``papertape serve`` as users run it: a process of its own, reached over its ports."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

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
def serving(*flags: str, data: str = ":memory:", variables: dict[str, str] | None = None) -> Iterator[Served]:
    """An exchange on free ports for the length of a ``with``."""
    command = [sys.executable, "-m", "papertape", "serve", "--port", "0", "--ws-port", "0", "--data", data, *flags]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PAPERTAPE_")}
    environment |= variables or {}
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


def on_terminal(
    arguments: Sequence[str], *, stream: Literal["stdout", "stderr"] = "stdout", lines: int = 40
) -> tuple[int, str, str]:
    """Runs ``papertape`` with one stream on a terminal of 100 columns; tells exit code, what it saw, and the other."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, 100, 0, 0))
    variables = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: theirs}
    command = [sys.executable, "-m", "papertape", *arguments]
    with subprocess.Popen(command, env={**variables, "TERM": "xterm-256color"}, **streams) as process:
        os.close(theirs)
        seen = b"".join(iter(lambda: _read(ours), b""))
        other = (process.stderr if stream == "stdout" else process.stdout).read()
        code = process.wait(SECONDS_TO_STOP)
    os.close(ours)
    return code, seen.decode(), other.decode()


def _read(terminal: int) -> bytes:
    """What comes next; a terminal whose other end is closed fails, on Linux, rather than end."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""
