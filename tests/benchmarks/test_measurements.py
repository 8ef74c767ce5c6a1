"""The measurements measure what they say: every order of the load is signed, accepted and, in pairs, filled."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import replay
from benchmarks.book import Ours, tape
from benchmarks.load import Load, run
from benchmarks.market import affordable, client
from benchmarks.servers import empty_signed_handler, papertape

ORDERS = 200


def test_the_load_trades_and_its_journal_replays(tmp_path: Path) -> None:
    with papertape(tmp_path / "data", "--market", "still") as server:
        price, size = affordable(server)
        measured = run(Load("papertape", server.port, 4, ORDERS, price, size))
        with client(server) as trader:
            fills = trader.spot.trade.fills(symbol="BTCUSDT")
        assert server.memory() > 0
    assert (measured.answered, measured.refused) == (ORDERS, 0)
    assert len(fills) == ORDERS // 2
    assert measured.p50 <= measured.p99 <= measured.seconds
    entries, _ = replay.replayed(tmp_path / "data")
    assert entries > ORDERS
    assert replay.read_alone(tmp_path / "data") > 0


def test_the_empty_handler_takes_right_signatures_only() -> None:
    with empty_signed_handler() as server:
        assert run(Load("papertape", server.port, 2, 20, "1", "1")).refused == 0
        with pytest.raises(RuntimeError, match="40009"):
            run(Load("papertape", server.port, 1, 2, "1", "1", secret="another"))
    assert server.process.returncode == 0


def test_the_tape_of_the_book_rests_cancels_and_trades() -> None:
    steps = tape(7)[:2_000]
    book = Ours()
    resting = book.play(steps)
    placed = sum(1 for step in steps if step.cancels is None)
    cancelled = len(steps) - placed
    assert 0 < resting < placed - cancelled
    depths = [book.book.depth(side, len(steps)) for side in ("buy", "sell")]
    assert all(lots > 0 for depth in depths for _, lots in depth)
