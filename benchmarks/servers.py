"""The servers that are measured, each in a process of its own on a free loopback port."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running server: its process, its port, and how long it took to answer."""

    process: subprocess.Popen[str]
    port: int
    start_seconds: float
    ws_port: int = 0

    def memory(self) -> int:
        """Resident memory in bytes, of the process and of its children."""
        return sum(resident(pid) for pid in [self.process.pid, *_children(self.process.pid)])

    def cpu_seconds(self) -> float:
        """Processor time spent so far; Linux only."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def papertape(data: str | Path, *options: str) -> Iterator[Server]:
    """``papertape serve`` with its rate limits off, until the block ends."""
    command = [sys.executable, "-m", "papertape", "serve", "--port", "0", "--ws-port", "0"]
    with _ready([*command, "--data", str(data), "--limits", "off", *options]) as server:
        yield server


@contextmanager
def empty_signed_handler() -> Iterator[Server]:
    """The floor: our HTTP server before a handler that checks the signature and answers."""
    with _ready([sys.executable, "-m", "benchmarks.empty_handler"]) as server:
        yield server


@contextmanager
def answering() -> Iterator[Server]:
    """The floor for clients: a server that answers at once, whatever it is asked."""
    with _ready([sys.executable, "-m", "benchmarks.answering"]) as server:
        yield server


@contextmanager
def _ready(command: Sequence[str]) -> Iterator[Server]:
    """Start a server of ours and wait for its line ``ready http://HOST:PORT ...``."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.match(r"ready http://[^ ]+:(\d+)(?: ws://[^ ]+:(\d+))?", line):
                yield Server(process, int(found[1]), time.perf_counter() - started, int(found[2] or 0))
                break
        else:
            raise RuntimeError(f"{' '.join(command)} ended with {process.wait()} before it was ready")
    finally:
        _stop(process)


@contextmanager
def listening(command: Sequence[str], port: int, environment: Mapping[str, str]) -> Iterator[Server]:
    """Start a server of others and wait until its port takes connections."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    )
    try:
        while not _takes_connections(port):
            if process.poll() is not None or time.perf_counter() - started > READY_SECONDS:
                raise RuntimeError(f"{' '.join(command)} did not come up")
            time.sleep(0.02)
        yield Server(process, port, time.perf_counter() - started)
    finally:
        _stop(process)


def free_port() -> int:
    """A loopback port that nothing listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _takes_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def resident(pid: int) -> int:
    """Resident memory of a process in bytes."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        found = re.search(r"^VmRSS:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        return int(found[1]) * 1024 if found else 0
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(listed.stdout) * 1024


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    if not tasks.exists():
        return []
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]
