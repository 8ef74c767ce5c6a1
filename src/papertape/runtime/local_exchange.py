"""Putting an exchange together and running it: storage, journal, history, market, gateway, server."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
from typing import Any, NoReturn

from papertape.config import Config, DeveloperCredentials, is_loopback
from papertape.contract.catalog import ENDPOINTS, v1_paths
from papertape.contract.internal import Internal
from papertape.contract.protocol.endpoint import Endpoint
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import use_money_context
from papertape.gateway.app import Gateway
from papertape.gateway.host_names import HostNames
from papertape.gateway.server import HttpServer
from papertape.gateway.websocket.server import StreamServer
from papertape.journal.clock import Clock
from papertape.journal.recovery import Progress
from papertape.journal.sequencer import Sequencer
from papertape.journal.timers import run_timers
from papertape.operations import every as every
from papertape.operations.feeds.feeds import Feeds
from papertape.operations.registry import OPERATIONS, Caller
from papertape.projections.history import StoredHistory
from papertape.projections.projector import Projector
from papertape.runtime.administration import Administration
from papertape.runtime.opening import opening
from papertape.runtime.seeded_past import SeededPast
from papertape.runtime.storage import Storage, open_storage
from papertape.simulator.runner import MarketRunner

EXCHANGE = Caller(0)


class LocalExchange:
    """A whole exchange in this process: ``async with LocalExchange(config) as exchange`` has it answer at ``url``."""

    def __init__(self, config: Config, progress: Progress | None = None) -> None:
        """``progress`` is told how far a log has been read; raises ``ConfigError`` for settings that cannot be used."""
        config.check()
        self._progress = progress
        self.config = config
        self.credentials = DeveloperCredentials.from_environment()
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> LocalExchange:
        async with contextlib.AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._stack.aclose()

    @property
    def url(self) -> str:
        """Where REST answers."""
        return f"http://{_bracketed(self.config.host)}:{self.server.port}"

    @property
    def ws_url(self) -> str:
        """Where WebSocket answers."""
        return f"ws://{_bracketed(self.config.host)}:{self.streams.port}"

    async def failed(self) -> NoReturn:
        """Waits until the journal fails by itself; raises what made it fail."""
        await self.sequencer.failed()

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        use_money_context()
        config = self.config
        self.storage: Storage = open_storage(config)
        stack.push_async_callback(self._close_storage)
        self.projector = Projector(self.storage.database)
        exchange = self.storage.recover(self.projector.applied, self.projector, self._progress)
        start = exchange.now if exchange.sequence and config.clock != "real" else config.start
        self.market_clock, self.gateway_clock = Clock(config.clock, start), Clock()
        self.sequencer = Sequencer(exchange, self.storage.log, self.market_clock, self.storage.vault)
        self.sequencer.add_listener(self.projector)
        self.sequencer.add_listener(self.storage.observe)
        self.sequencer.add_gate(self.projector.ready)
        await self.projector.start()
        stack.push_async_callback(self.projector.stop)
        await self.sequencer.start()
        stack.push_async_callback(self.sequencer.stop)
        if not exchange.sequence:
            await self._open()
        await self._start_market(stack)
        await self._start_gateway(stack)

    async def _open(self) -> None:
        request = opening(self.config, self.credentials, self.storage.vault, self.market_clock.now())
        await self.sequencer.submit(Internal.open, EXCHANGE, request)
        self.storage.keep_first(self.sequencer.exchange)

    async def _start_market(self, stack: contextlib.AsyncExitStack) -> None:
        self.runner: MarketRunner | None = None
        if self.config.market == "simulated":
            self.runner = MarketRunner(self.sequencer, self.market_clock, self.sequencer.exchange.seed)
            await self.runner.start()
            stack.push_async_callback(self.runner.stop)
        timers = asyncio.create_task(run_timers(self.sequencer, self.market_clock), name="timers")
        stack.push_async_callback(_cancel, timers)

    async def _start_gateway(self, stack: contextlib.AsyncExitStack) -> None:
        exchange = self.sequencer.exchange
        history = StoredHistory(self.storage.database, self.projector, SeededPast(self._exchange), exchange.opened)
        stack.callback(history.close)
        self.sequencer.add_restore_listener(lambda restored: history.forget())
        self.administration = Administration(
            self.storage, self.sequencer, self.projector, self.runner, self.market_clock, self.gateway_clock
        )
        self.gateway = Gateway(
            endpoints=[endpoint for endpoint in ENDPOINTS if served(endpoint)],
            sequencer=self.sequencer,
            history=history,
            vault=self.storage.vault,
            administration=self.administration,
            control_token=self.credentials.control_token,
            limits=self.config.limits == "real",
            v1_paths=v1_paths(),
            host_names=HostNames(self.config.host, self.config.allow_hosts, checked=is_loopback(self.config.host)),
        )
        self.server = HttpServer(self.gateway, self.config.host, self.config.port)
        await self.server.start()
        stack.push_async_callback(self.server.stop)
        self.streams = StreamServer(
            self.gateway,
            Feeds(lambda: self.sequencer.exchange, history),
            self.gateway_clock,
            self.config.host,
            self.config.ws_port,
            limits=self.config.limits == "real",
        )
        self.sequencer.add_listener(self.streams.observe)
        self.sequencer.add_restore_listener(self.streams.restored)
        await self.streams.start()
        stack.push_async_callback(self.streams.stop)

    def _exchange(self) -> Exchange:
        return self.sequencer.exchange

    async def _close_storage(self) -> None:
        sequencer = getattr(self, "sequencer", None)
        await self.storage.close(None if sequencer is None or sequencer.failure else sequencer.exchange)


def served(endpoint: Endpoint[..., Any, Any]) -> bool:
    """Whether the gateway serves the endpoint: the exchange's own commands are never on a socket."""
    return endpoint.access != "internal" and (endpoint.path in OPERATIONS or endpoint.access == "control")


def serve(config: Config) -> None:
    """Runs an exchange until it is told to stop (SIGINT, SIGTERM); prints ``ready ...`` once it answers."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(config))


def new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's event loop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def _serve(config: Config) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if not config.in_memory:
        print(f"data {os.path.abspath(config.data)}", flush=True)
    async with LocalExchange(config, _tell_progress) as exchange:
        for notice in exchange.storage.notices:
            print(notice, file=sys.stderr, flush=True)
        gc.collect()
        gc.freeze()
        print(f"ready {exchange.url} {exchange.ws_url}", flush=True)
        failed = asyncio.create_task(exchange.failed())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((failed, stopped), return_when=asyncio.FIRST_COMPLETED)
        if failed.done():
            failed.result()
        failed.cancel()


def _tell_progress(applied: int, last: int) -> None:
    print(f"reading the log: entry {applied} of {last}", file=sys.stderr, flush=True)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
