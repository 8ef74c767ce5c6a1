"""A data folder that an older version wrote opens: same balances, orders and history, and it trades on."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from papertape import AsyncClient
from papertape.config import Config
from papertape.contract.spot.trade import SpotTrade
from papertape.engine.audit import audit
from papertape.journal import snapshots
from papertape.journal.entry import RULES, Entry, encode_entry
from papertape.journal.file_log import FileLog
from papertape.journal.folder import DataFolder
from papertape.journal.recovery import replay
from papertape.journal.sealing import SealingVault
from papertape.projections import database
from papertape.runtime.local_exchange import LocalExchange
from papertape.sdk.environment import at

HERE = Path(__file__).parent
VERSIONS = sorted(path.stem for path in HERE.glob("*.json"))


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(version: str, tmp_path: Path) -> Iterator[Path]:
    with tarfile.open(HERE / f"{version}.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    yield tmp_path / version


def config(folder: Path) -> Config:
    return Config(port=0, ws_port=0, data=str(folder), clock="manual", market="still", limits="off")


@pytest_asyncio.fixture
async def opened(folder: Path) -> AsyncIterator[LocalExchange]:
    async with LocalExchange(config(folder)) as exchange:
        yield exchange


async def answers(exchange: LocalExchange, version: str) -> Iterator[tuple[str, Any, Any]]:
    """Each question that the old version answered, its answer, and the one of today."""
    rows = []
    for key, path, before in json.loads((HERE / f"{version}.json").read_text()):
        signed = {"key": key, "secret": "papertape-secret", "passphrase": "papertape"} if key else {}
        async with AsyncClient(at(exchange.url, exchange.ws_url), **signed) as client:
            now = await client.request("GET", f"/api/v2/{path}", signed=bool(key))
        rows.append((f"{key} {path}", before, now.data))
    return iter(rows)


async def test_it_answers_as_the_version_that_wrote_it(opened: LocalExchange, version: str) -> None:
    for question, before, now in await answers(opened, version):
        assert now == before, question
    assert audit(opened.sequencer.exchange) == []
    assert any("written anew" in notice for notice in opened.storage.notices)


async def test_demo_trading_opens_with_what_the_accounts_began_with(opened: LocalExchange) -> None:
    demo = opened.sequencer.exchange.environments["demo"]
    assert demo.ledger.balance(1_000_000_001, "spot", "USDT").available == 100_000
    assert demo.orders.by_id == {}


async def test_it_goes_on_and_comes_back(folder: Path) -> None:
    async with LocalExchange(config(folder)) as exchange, AsyncClient(at(exchange.url, exchange.ws_url)) as client:
        order = await client.spot.trade.place_order(
            symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=Decimal(82_000), size=Decimal("0.01")
        )
    async with LocalExchange(config(folder)) as exchange, AsyncClient(at(exchange.url, exchange.ws_url)) as client:
        assert order.order_id in {row.order_id for row in await client.spot.trade.unfilled_orders()}
        assert len(await client.spot.trade.fills()) > 0
        assert exchange.storage.notices == []


def test_a_replay_of_its_log_ends_where_the_log_ends(folder: Path) -> None:
    assert replay(DataFolder(folder)).sequence > 1000


def refusal(folder: Path) -> str:
    """What ``papertape serve`` says when it does not start; no traceback, and nothing is changed."""
    command = [sys.executable, "-m", "papertape", "serve", "--data", str(folder), "--port", "0", "--ws-port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    return ended.stderr


async def test_a_log_with_newer_rules_is_refused(tmp_path: Path) -> None:
    SealingVault.from_file(tmp_path / "key", create=True)
    log = FileLog(tmp_path / "journal")
    await log.append(1, [encode_entry(Entry(1, 1, 0, "", "", SpotTrade.place_order.path, b"{}", "live", RULES + 1))])
    log.close()
    assert "entry 1 was made by a newer Papertape" in refusal(tmp_path)


def test_history_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "history.sqlite")
    connection.execute(f"PRAGMA user_version = {database.FORMAT + 1}")
    connection.execute("CREATE TABLE orders (one INTEGER)")
    connection.commit()
    connection.close()
    assert "a newer Papertape wrote this history" in refusal(tmp_path)


async def test_a_snapshot_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    async with LocalExchange(config(tmp_path)):
        pass
    (path,) = (tmp_path / "snapshots").glob("*.snapshot")
    line, _, state = path.read_bytes().partition(b"\n")
    heading = msgspec.json.decode(line) | {"format": f"{snapshots.WORDS} {snapshots.FORMAT + 1}"}
    path.write_bytes(msgspec.json.encode(heading) + b"\n" + state)
    assert "a newer Papertape wrote this snapshot" in refusal(tmp_path)
