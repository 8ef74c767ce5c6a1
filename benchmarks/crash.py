"""``python -m benchmarks.crash [ROUNDS]``: kills the exchange under load, again and again, and counts what is missing.

Two traders send orders, transfers and reads over HTTP; at a random moment the server is killed with SIGKILL. Then
everything that they were told must be there: every order and transfer with an answer, every fill that a read has
shown. The state must be what a replay from the first entry gives, and an audit must find nothing wrong.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from benchmarks.figures import console
from benchmarks.market import affordable
from benchmarks.servers import Server, papertape
from papertape import AsyncClient, BitgetError, NetworkError
from papertape.config import Config
from papertape.engine.audit import audit
from papertape.engine.state import digest
from papertape.journal.folder import DataFolder
from papertape.journal.follower import follow
from papertape.journal.recovery import replay
from papertape.projections.projector import Projector
from papertape.runtime.storage import FolderStorage, open_storage
from papertape.sdk.environment import at

ROUNDS = 50
WORKERS = 6
SHORTEST, LONGEST = 0.01, 0.5
"""Seconds of load from the first answer to the kill."""

KEYS = ("papertape-key", "papertape-key-2")
SECRET, PASSPHRASE = "papertape-secret", "papertape"


@dataclass
class Told:
    """What the traders were told before the server died: ids of orders, transfers and fills."""

    orders: set[int] = field(default_factory=set)
    transfers: set[int] = field(default_factory=set)
    fills: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.orders) + len(self.transfers) + len(self.fills)


@dataclass(frozen=True)
class Outcome:
    """How a round ended: what was told, what of it is missing, and where the journal ends."""

    told: Told
    missing: Told
    sequence: int
    findings: list[str]
    recovered: str
    replayed: str

    @property
    def lossless(self) -> bool:
        """Whether everything is as it was told."""
        return not self.missing and not self.findings and self.recovered == self.replayed


def crash(data: Path, seed: int) -> Outcome:
    """One round: the exchange in ``data`` is started, loaded, killed, recovered and compared.

    Every other round leaves a snapshot to the next, which so recovers from snapshot and log.
    """
    dice, told = random.Random(seed), Told()
    with papertape(data, "--market", "still") as server:
        price, size = affordable(server)
        asyncio.run(_load_and_kill(server, dice, told, Decimal(price), Decimal(size)))
    outcome = asyncio.run(_compare(data, told))
    if seed % 2:
        follow(DataFolder(data))
    return outcome


async def _load_and_kill(server: Server, dice: random.Random, told: Told, price: Decimal, size: Decimal) -> None:
    place = at(f"http://127.0.0.1:{server.port}")
    clients = [AsyncClient(place, key=key, secret=SECRET, passphrase=PASSPHRASE) for key in KEYS]
    work = [_trade(client, random.Random(dice.random()), told, price, size) for client in clients * WORKERS]
    busy = asyncio.gather(*work, *(_read(client, told) for client in clients))
    while not told and not busy.done():
        await asyncio.sleep(0.01)
    await asyncio.sleep(dice.uniform(SHORTEST, LONGEST))
    os.kill(server.process.pid, signal.SIGKILL)
    await busy
    for client in clients:
        await client.close()


async def _trade(client: AsyncClient, dice: random.Random, told: Told, price: Decimal, size: Decimal) -> None:
    """Sends commands, one after the other, until nobody answers; refusals are part of the load."""
    with suppress(NetworkError):
        while True:
            with suppress(_Refused):
                await _send(client, dice, told, price, size)


class _Refused(Exception):
    """The exchange answered with an error."""


async def _send(client: AsyncClient, dice: random.Random, told: Told, price: Decimal, size: Decimal) -> None:
    kind = dice.random()
    try:
        if kind < 0.05:
            await client.spot.trade.cancel_symbol_order(symbol="BTCUSDT")
        elif kind < 0.25:
            moved = await client.spot.wallet.transfer(
                from_type="spot", to_type="p2p", amount=Decimal("0.01"), coin="USDT"
            )
            told.transfers.add(int(moved.transfer_id))
        else:
            placed = await client.spot.trade.place_order(
                symbol="BTCUSDT", side=dice.choice(("buy", "sell")), order_type="limit", force="gtc", price=price,
                size=size * dice.randint(1, 3),
            )  # fmt: skip
            told.orders.add(int(placed.order_id))
    except NetworkError:
        raise
    except BitgetError as error:
        raise _Refused from error


async def _read(client: AsyncClient, told: Told) -> None:
    with suppress(NetworkError):
        while True:
            told.fills.update(int(fill.trade_id) for fill in await client.spot.trade.fills(symbol="BTCUSDT"))
            await asyncio.sleep(0.02)


async def _compare(data: Path, told: Told) -> Outcome:
    storage = open_storage(Config(data=str(data)))
    assert isinstance(storage, FolderStorage)
    projector = Projector(storage.database)
    exchange = storage.recover(projector.applied, projector)
    await projector.start()
    await projector.caught_up()
    missing = Told(
        told.orders - exchange.orders.by_id.keys() - _ids(projector, "orders", "order_id"),
        told.transfers - _ids(projector, "transfers", "transfer_id"),
        told.fills - _ids(projector, "fills", "trade_id"),
    )
    await projector.stop()
    await storage.close(None)
    replayed = replay(DataFolder(data))
    assert replayed.sequence == exchange.sequence
    return Outcome(told, missing, exchange.sequence, audit(exchange), digest(exchange), replayed.digest)


def _ids(projector: Projector, table: str, column: str) -> set[int]:
    return {row[0] for row in projector.session.rows(f"SELECT {column} FROM {table}")}


def main(rounds: int) -> int:
    """Runs the rounds on one data folder, each on what the last one left; the number of lossy ones."""
    lossy = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1, rounds + 1):
            outcome = crash(Path(folder, "data"), number)
            lossy += not outcome.lossless
            told = outcome.told
            console.print(
                f"{number:3}  {'[green]lossless' if outcome.lossless else '[red]LOSSY'}[/]  entry {outcome.sequence}: "
                f"{len(told.orders)} orders, {len(told.transfers)} transfers, {len(told.fills)} fills told, "
                f"{len(outcome.missing)} missing; state {outcome.replayed[:16]}"
            )
            if not outcome.lossless:
                console.print(outcome.missing, outcome.findings, outcome.recovered)
    console.print(f"{rounds} kills, {lossy} with losses")
    return lossy


if __name__ == "__main__":
    sys.exit(min(1, main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)))
