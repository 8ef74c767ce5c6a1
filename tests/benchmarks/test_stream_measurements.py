"""The stream measurements measure what they say: every message is read, every trade pushed, every book checked."""

from __future__ import annotations

import pytest

from benchmarks import soak, streams


@pytest.mark.parametrize("kind", ["ours", "bare"])
async def test_everyone_reads_every_ticker(kind: str) -> None:
    per_second, cpu = await streams.fan_out(kind, connections=5, tickers=20)
    assert per_second > 0
    assert cpu > 0


async def test_every_trade_has_its_latency() -> None:
    late = await streams.latencies(per_second=200, seconds=0.5)
    assert len(late) == 100
    assert min(late) > 0


def test_each_connection_of_the_soak_follows_other_channels() -> None:
    chosen = soak.choices(100, 50)
    assert {len({tuple(argument.values()) for argument in arguments}) for arguments in chosen} == {50}
    assert len({str(arguments) for arguments in chosen}) == 100


def test_the_soak_finds_what_is_wrong() -> None:
    follower = soak.Follower([], rebuilds=True)
    book = soak.Update(asks=[("101", "1")], bids=[("100", "2")], checksum=0, seq=7, pseq=0)
    follower._book("BTCUSDT", "snapshot", book)
    follower._book("BTCUSDT", "update", soak.Update(asks=[], bids=[], checksum=0, seq=9, pseq=8))
    follower._trade("BTCUSDT", "snapshot", [3, 2, 1])
    follower._trade("BTCUSDT", "update", [3])
    assert +follower.faults == {"checksum": 2, "lost sequence": 1, "trade twice or late": 1}
    other = soak.Follower([], rebuilds=False)
    other._trade("BTCUSDT", "snapshot", [1])
    other._trade("BTCUSDT", "update", [3])
    assert soak.missing_trades([follower, other]) == 1
