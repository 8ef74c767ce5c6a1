"""An HTTP server on loopback that records what a client sends, byte for byte, and answers as told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader

from papertape import Environment

SUCCESS = b'{"code":"00000","msg":"success","requestTime":1700000000000,"data":{"serverTime":"1700000000123"}}'


@dataclass
class Received:
    """One request as it came over the socket; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


@dataclass
class Answer:
    """What to answer; ``None`` as status hangs up instead, ``wait`` holds the answer back until the test ends."""

    content: bytes = SUCCESS
    status: int | None = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: bool = False
    then_close: bool = False

    def encoded(self) -> bytes:
        """The answer's bytes."""
        head = {"Content-Type": "application/json", "Content-Length": str(len(self.content)), **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return f"HTTP/1.1 {self.status} Told\r\n{lines}\r\n".encode() + self.content


class RecordingServer:
    """Answers in the order of ``answers``, then with successes."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[Answer] = []
        self.connections = 0
        self._ended = threading.Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    @property
    def environment(self) -> Environment:
        """The environment in which a client reaches this server."""
        return Environment(rest=f"http://127.0.0.1:{self.port}", ws=f"ws://127.0.0.1:{self.port}")

    @property
    def last(self) -> Received:
        """The latest request."""
        return self.received[-1]

    def close(self) -> None:
        """Hangs up on everybody."""
        self._ended.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._threads[0].join()
        self._listener.close()
        self.hang_up()
        for thread in self._threads:
            thread.join()

    def hang_up(self) -> None:
        """Closes every connection, as servers do with idle ones."""
        for connection in self._sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _start(self, function: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended.is_set():
            connection, _ = self._listener.accept()
            if self._ended.is_set():
                connection.close()
                return
            self.connections += 1
            self._sockets.append(connection)
            self._start(self._serve, connection, self.connections)

    def _serve(self, connection: socket.socket, number: int) -> None:
        with connection, connection.makefile("rb") as stream:
            try:
                while request := _read(stream, number):
                    self.received.append(request)
                    answer = self.answers.pop(0) if self.answers else Answer()
                    if answer.wait:
                        self._ended.wait()
                    if answer.status is None:
                        connection.shutdown(socket.SHUT_RDWR)
                        return
                    connection.sendall(answer.encoded())
                    if answer.then_close:
                        return
            except OSError:
                return


def _read(stream: BufferedReader, number: int) -> Received | None:
    first = stream.readline().decode()
    if not first:
        return None
    method, target, _ = first.split(" ")
    headers: dict[str, str] = {}
    while line := stream.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Received(method, target, headers, stream.read(int(headers.get("content-length", 0))), number)


@contextmanager
def recording() -> Iterator[RecordingServer]:
    """A server for the length of a ``with``."""
    server = RecordingServer()
    try:
        yield server
    finally:
        server.close()
