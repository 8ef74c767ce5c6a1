"""ccxt converts: coins, a quote, the conversion, its history."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import ccxt
import pytest

from tests.cli.serving import serving
from tests.compatibility.clients import available, gained, trading


def take(client: Any, quote: dict[str, Any], sold: str, bought: str, amount: float) -> dict[str, Any]:
    """Converts at a quote as ccxt hands it out: through floats."""
    terms = {"price": quote["price"], "toAmount": quote["toAmount"]}
    done: dict[str, Any] = client.create_convert_trade(quote["id"], sold, bought, amount, terms)
    return done


def test_the_coins_that_can_be_converted(visitor: Any) -> None:
    coins = visitor.fetch_convert_currencies()
    assert {"BTC", "USDT", "USDC", "BGB"} <= set(coins)
    assert Decimal(coins["ETH"]["info"]["available"]) == available(visitor)["ETH"]


def test_a_conversion_from_quote_to_history(visitor: Any) -> None:
    before = available(visitor)
    quote = visitor.fetch_convert_quote("USDT", "ETH", 250)
    done = take(visitor, quote, "USDT", "ETH", 250)
    assert (done["toCurrency"], done["toAmount"], done["price"]) == ("ETH", quote["toAmount"], quote["price"])
    received = Decimal(quote["info"]["toCoinSize"])
    assert gained(before, available(visitor)) == {"USDT": Decimal(-250), "ETH": received}
    history = visitor.fetch_convert_trade_history(params={"until": done["timestamp"] + 60_000})
    assert [history[-1][name] for name in ("fromCurrency", "fromAmount", "toCurrency", "toAmount", "timestamp")] == [
        "USDT", 250, "ETH", quote["toAmount"], done["timestamp"]
    ]  # fmt: skip


def test_there_and_back_costs_twice_the_spread(visitor: Any) -> None:
    there = visitor.fetch_convert_quote("SOL", "LTC", 10)
    back = visitor.fetch_convert_quote("LTC", "SOL", there["toAmount"])
    assert 9.9 < back["toAmount"] < 9.98


def test_a_quote_that_was_taken_is_refused(visitor: Any) -> None:
    quote = visitor.fetch_convert_quote("USDC", "BTC", 100)
    take(visitor, quote, "USDC", "BTC", 100)
    with pytest.raises(ccxt.ExchangeError, match="12021"):
        take(visitor, quote, "USDC", "BTC", 100)


def test_a_quote_outlives_a_crash(tmp_path: Path) -> None:
    flags, data = ("--limits", "off", "--clock", "manual"), str(tmp_path / "data")
    with serving(*flags, data=data) as served, trading("sync", served) as client:
        quote = client.fetch_convert_quote("USDT", "BTC", 100)
        served.process.kill()
    with serving(*flags, data=data) as served, trading("sync", served) as client:
        assert take(client, quote, "USDT", "BTC", 100)["toAmount"] == quote["toAmount"]
