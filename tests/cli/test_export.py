"""``papertape export``: every row once, exactly as the exchange has it, in a file that is whole or not there."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from papertape import Client
from papertape.cli.export import moment
from papertape.cli.exports import work
from papertape.cli.exports.columns import Column, columns_of
from papertape.cli.exports.lists import LISTS
from papertape.cli.exports.parquet import write_parquet
from papertape.cli.exports.part import csv_lines, state_of
from papertape.contract.spot.trade import BatchOrder
from papertape.sdk.environment import at
from tests.cli.conftest import Run
from tests.cli.serving import Served, on_terminal
from tests.sdk.busy_account import DAY, busy_account

ORDERS = 150
"""More than one page holds."""

ACCOUNT = work.account("local", "papertape-key")


class Trader:
    """The developer with a history; ``end`` is a moment after all of it, ``begin`` one before."""

    def __init__(self, client: Client, served: Served) -> None:
        self.client, self.url = client, served.rest
        for _ in range(ORDERS // 50):
            row = BatchOrder(side="buy", order_type="limit", force="gtc", size=Decimal("0.001"), price=Decimal(30000))
            client.spot.trade.batch_orders(symbol="BTCUSDT", order_list=[row] * 50)
        client.spot.trade.cancel_symbol_order(symbol="BTCUSDT")
        self.end = busy_account(client).now + 1
        self.begin = self.end - 5 * DAY

    def listed(self, name: str) -> list[Any]:
        """What the API lists."""
        filters = dict.fromkeys(LISTS[name].needs, "USDT")
        return list(LISTS[name].of(self.client).iterate(**filters, start_time=self.begin, end_time=self.end - 1))

    def command(self, name: str, file: object, *options: str, begin: int | None = None) -> list[str]:
        """The command's arguments."""
        needed = [part for filter in LISTS[name].needs for part in (f"--{filter}", "USDT")] if name in LISTS else []
        span = ["--from", str(begin or self.begin), "--to", str(self.end)]
        return ["export", name, *span, "-o", str(file), "--url", self.url, *needed, *options]


@pytest.fixture(scope="module")
def trader(exchange: Served) -> Iterator[Trader]:
    with Client(at(exchange.rest), limits="off") as client:
        yield Trader(client, exchange)


def cells(model: type[Any], rows: list[Any]) -> list[dict[str, Any]]:
    """What Parquet should have of these rows."""
    return [{column.name: cell(column, row) for column in columns_of(model)} for row in rows]


def cell(column: Column, row: Any) -> Any:
    value = column.value(row)
    if column.kind == "time":
        return datetime.fromtimestamp(value / 1000, UTC)
    return str(value) if column.kind == "text" else value


@pytest.mark.parametrize("name", LISTS)
def test_a_csv_holds_what_the_api_lists(trader: Trader, run: Run, tmp_path: Path, name: str) -> None:
    file = tmp_path / "rows.csv"
    listed = trader.listed(name)
    code, out, err = run(*trader.command(name, file))
    assert (code, out, err) == (0, "", f"{len(listed)} rows in {file}\n")
    read = list(csv.DictReader(io.StringIO(file.read_text())))
    assert len(read) == len(listed) >= 3
    for line, row in zip(read, listed, strict=True):
        for column in columns_of(LISTS[name].item):
            value = column.value(row)
            if column.kind == "time":
                assert int(line[f"{column.name}_ms"]) == value
                assert moment(line[column.name]) == value
            elif column.kind == "amount":
                assert line[column.name] == ("" if value is None else format(value, "f"))
            else:
                assert line[column.name] == str(value)
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", LISTS)
def test_a_parquet_file_holds_what_the_api_lists(trader: Trader, run: Run, tmp_path: Path, name: str) -> None:
    file = tmp_path / "rows.parquet"
    assert run(*trader.command(name, file))[0] == 0
    assert parquet.read_table(file).to_pylist() == cells(LISTS[name].item, trader.listed(name))
    assert list(tmp_path.iterdir()) == [file]


def test_parquet_has_numbers_and_times(trader: Trader, run: Run, tmp_path: Path) -> None:
    run(*trader.command("fills", tmp_path / "rows.parquet"))
    schema = parquet.read_schema(tmp_path / "rows.parquet")
    assert schema.field("price").type == pyarrow.decimal128(38, 18)
    assert schema.field("created").type == pyarrow.timestamp("ms", "UTC")
    assert schema.field("order_id").type == pyarrow.string()


def test_an_amount_that_parquet_cannot_hold_is_told(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(csv_lines([["size"], ["1." + "1" * 19]]))
    with pytest.raises(ValueError, match=r"size does not fit decimal128\(38, 18\).*CSV takes it"):
        write_parquet(tmp_path / "rows.csv", [Column(("size",), "amount")], tmp_path / "rows.parquet")


def test_an_amount_keeps_its_digits_and_one_that_is_not_set_stays_empty(trader: Trader) -> None:
    line = next(order for order in trader.listed("orders") if order.status == "cancelled")
    shown = dict(zip(*csv.reader(io.StringIO(csv_lines([
        [head for column in columns_of(type(line)) for head in column.heads()],
        [text for column in columns_of(type(line)) for text in column.texts(line)],
    ]).decode())), strict=True))  # fmt: skip
    wire = trader.client.request("GET", "/api/v2/spot/trade/orderInfo", {"orderId": line.order_id}).data[0]
    assert (shown["price"], shown["size"]) == (wire["price"], wire["size"])
    assert shown["trigger_price"] == ""


def test_a_filter_picks_rows(trader: Trader, run: Run, tmp_path: Path) -> None:
    run(*trader.command("tax", tmp_path / "rows.csv", "--coin", "btc"))
    read = list(csv.DictReader(io.StringIO((tmp_path / "rows.csv").read_text())))
    assert {line["coin"] for line in read} == {"BTC"}
    assert len(read) == sum(record.coin == "BTC" for record in trader.listed("tax"))


def test_the_end_is_not_inside(trader: Trader, run: Run) -> None:
    newest = trader.listed("fills")[0].created
    older = [fill.trade_id for fill in trader.listed("fills") if fill.created < newest]
    _, out, _ = run(*trader.command("fills", "-"), "--to", str(int(newest)))
    assert [line["trade_id"] for line in csv.DictReader(io.StringIO(out))] == older


def test_without_an_end_it_goes_up_to_now(trader: Trader, run: Run) -> None:
    _, out, err = run("export", "fills", "--from", "2026-01-01", "-o", "-", "--url", trader.url)
    assert len(out.splitlines()) == 1 + len(trader.listed("fills"))
    assert err == ""


def test_what_was_there_is_kept_until_the_new_file_is_whole(trader: Trader, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("old")
    trader.client.control.faults.add(kind="error", path="/api/v2/spot/trade/history-orders", code="40037", after=1)
    try:
        code, _, err = run(*trader.command("orders", file))
    finally:
        trader.client.control.faults.remove()
    assert (code, file.read_text()) == (1, "old")
    assert err.endswith(f"; 100 rows are in {file}.part, --resume goes on\n")
    code, _, err = run(*trader.command("orders", file, "--resume"))
    assert (code, err) == (0, f"{len(trader.listed('orders'))} rows in {file}\n")
    assert list(tmp_path.iterdir()) == [file]


def interruption(pages: int) -> Callable[[int, int], None]:
    """Ctrl-C after so many pages."""
    left = iter(range(pages - 1))

    def covered(reached: int, rows: int) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    return covered


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_an_export_goes_on_wherever_it_was_interrupted(trader: Trader, run: Run, tmp_path: Path, suffix: str) -> None:
    begin = trader.end - 200 * DAY
    whole = tmp_path / f"whole{suffix}"
    run(*trader.command("orders", whole, begin=begin))
    asked = work.Asked(name="orders", filters={}, start=begin, end=trader.end, account=ACCOUNT)
    for pages in range(1, 6):
        file = tmp_path / f"{pages}{suffix}"
        state = work.begin(trader.client, asked, file, resume=False)
        with pytest.raises(KeyboardInterrupt):
            work.to_file(trader.client, asked, state, file, interruption(pages))
        assert not file.exists()
        with file.with_name(file.name + ".part").open("ab") as part:
            part.write(b"half a li")
        assert run(*trader.command("orders", file, "--resume", begin=begin))[0] == 0
        assert file.read_bytes() == whole.read_bytes()


def test_the_part_of_another_export_is_not_gone_on_with(trader: Trader, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    asked = work.Asked(name="orders", filters={}, start=trader.begin, end=trader.end, account=ACCOUNT)
    state = work.begin(trader.client, asked, file, resume=False)
    with pytest.raises(KeyboardInterrupt):
        work.to_file(trader.client, asked, state, file, interruption(1))
    for other in ([*trader.command("fills", file)], [*trader.command("orders", file), "--symbol", "BTCUSDT"]):
        code, _, err = run(*other, "--resume")
        assert code == 1
        assert err.startswith(f"papertape: {file}.part is of another export: ")
    kept = state_of(file)
    assert kept is not None
    assert kept.rows == 100
    assert "papertape-key" not in str(kept)


def test_a_damaged_part_is_told(trader: Trader, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    (tmp_path / "rows.csv.part").write_text("")
    for content, why in (("{", "is damaged"), ('{"asked":{},"start":1,"end":2,"below":2,"size":9}', "0 bytes, there")):
        (tmp_path / "rows.csv.part.json").write_text(content)
        code, _, err = run(*trader.command("orders", file, "--resume"))
        assert code == 1
        assert why in err


def test_an_interrupt_is_one_line_and_keeps_what_is_there(trader: Trader, run: Run, tmp_path: Path) -> None:
    file, begin = tmp_path / "rows.csv", trader.end - 100 * DAY
    command = [sys.executable, "-m", "papertape", *trader.command("tax", file, begin=begin)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while (process.poll() is None and not (found := state_of(file))) or not found.rows:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        err = process.stderr.read()
    assert (process.returncode, file.exists()) == (130, False)
    assert err.startswith("papertape: interrupted; ")
    assert err.endswith(f" rows are in {file}.part, --resume goes on\n")
    assert run(*trader.command("tax", file, "--resume", begin=begin))[0] == 0
    assert len(file.read_text().splitlines()) == 1 + len(trader.listed("tax"))


def test_a_terminal_sees_how_far_it_is(trader: Trader, tmp_path: Path) -> None:
    code, seen, out = on_terminal(trader.command("orders", tmp_path / "rows.csv"), stream="stderr")
    assert (code, out) == (0, "")
    assert "back to" in seen
    assert f"{len(trader.listed('orders'))} rows in" in seen


def test_a_reader_who_has_enough_ends_it(trader: Trader) -> None:
    command = [sys.executable, "-m", "papertape", *trader.command("orders", "-", begin=trader.end - 1000 * DAY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        assert len(list(islice(process.stdout, 2))) == 2
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-31", "2026-01-31T00:00:00+00:00"),
        ("2026-01-31T12:30:00", "2026-01-31T12:30:00+00:00"),
        ("2026-01-31T12:30:00.250Z", "2026-01-31T12:30:00.250+00:00"),
        ("2026-01-31T12:30:00+02:00", "2026-01-31T10:30:00+00:00"),
        ("1769862600000", "2026-01-31T12:30:00+00:00"),
    ],
)
def test_times_are_dates_moments_or_milliseconds(text: str, time: str) -> None:
    assert datetime.fromtimestamp(moment(text) / 1000, UTC) == datetime.fromisoformat(time)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "1769862600", "", "-1769862600000"])
def test_what_is_no_time_is_told(run: Run, text: str) -> None:
    code, out, err = run("export", "fills", f"--from={text}", "-o", "-")
    assert (code, out) == (1, "")
    assert err.startswith(f"papertape: not a time: {text!r}; wanted 2026-01-31")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["trades", "-o", "-"], "unknown list 'trades': one of tax, tax-p2p, fills, orders, bills, deposits, "
                                "withdrawals, transfers, conversions"),
        (["transfers", "-o", "-"], "transfers needs --coin"),
        (["fills", "-o", "-", "--coin", "BTC"], "fills cannot be picked by --coin"),
        (["fills", "-o", "-", "--to", "2025-12-31"], "--to 2025-12-31 is not after --from 2026-01-01"),
        (["fills", "-o", "a.txt"], "a.txt: wanted a name that ends with .csv or .parquet, or - for CSV to stdout"),
        (["fills", "-o", "nowhere/fills.csv"], "nowhere is not a folder"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(run: Run, arguments: list[str], line: str) -> None:
    assert run("export", *arguments, "--from", "2026-01-01") == (1, "", f"papertape: {line}\n")


def test_parquet_without_its_library_is_told_before_anything_is_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, _, err = run("export", "fills", "--from", "2026-01-01", "-o", str(tmp_path / "rows.parquet"))
    assert (code, err) == (1, "papertape: Parquet needs pyarrow: pip install 'papertape[parquet]'\n")
    assert os.listdir(tmp_path) == []


def test_nobody_there_is_one_line(run: Run, tmp_path: Path) -> None:
    code, _, err = run("export", "fills", "--from", "2026-01-01", "-o", str(tmp_path / "a.csv"), "--url",
                       "http://127.0.0.1:1")  # fmt: skip
    assert code == 1
    assert err.endswith("is it running? (papertape serve)\n")
