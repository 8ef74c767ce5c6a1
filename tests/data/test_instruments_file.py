"""The instruments file: what comes with the package, and what a user's own may not contain."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from papertape.data import InstrumentsError, load

PACKAGED = json.loads(resources.files("papertape.data").joinpath("instruments.json").read_bytes())
SYMBOLS = [
    "BTCUSDT",
    "ETHUSDT",
    "SOLUSDT",
    "XRPUSDT",
    "DOGEUSDT",
    "BGBUSDT",
    "ADAUSDT",
    "LTCUSDT",
    "BTCUSDC",
    "ETHUSDC",
    "ETHBTC",
]
Change = Callable[[dict[str, Any]], None]


def test_the_package_lists_the_eleven_spot_instruments() -> None:
    coins, instruments = load(None)
    assert [instrument.symbol for instrument in instruments] == SYMBOLS
    assert {instrument.symbol for instrument in instruments if instrument.minimum_usdt != 1} == set()
    assert len(coins) == 10 and all(coin.chains for coin in coins)


def test_opening_prices_of_instruments_over_the_same_coins_agree() -> None:
    price = {instrument.symbol: instrument.opening_price for instrument in load(None)[1]}
    assert abs(price["ETHUSDT"] / price["BTCUSDT"] / price["ETHBTC"] - 1) < Decimal("0.0001")
    assert price["BTCUSDC"] == price["BTCUSDT"] and price["ETHUSDC"] == price["ETHUSDT"]


def test_only_xrp_wants_a_tag() -> None:
    tagged = [coin.name for coin in load(None)[0] for chain in coin.chains if chain.needs_tag]
    assert tagged == ["XRP"]


def test_a_users_file_takes_the_packages_place(tmp_path: Path) -> None:
    own = {"coins": PACKAGED["coins"], "instruments": PACKAGED["instruments"][:2]}
    path = tmp_path / "own.json"
    path.write_text(json.dumps(own))
    assert [instrument.symbol for instrument in load(path)[1]] == ["BTCUSDT", "ETHUSDT"]


def _set(where: str, index: int, **fields: Any) -> Change:
    return lambda file: file[where][index].update(fields)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file["instruments"].clear(), "no instruments"),
        (lambda file: file["coins"].append(file["coins"][0]), "coin BTC is there twice"),
        (_set("coins", 1, coin_id=1), "coin_id 1 is there twice"),
        (_set("coins", 0, name="btc"), "coin 'btc': not a ticker"),
        (_set("coins", 0, colour="orange"), "coin has no 'colour'"),
        (lambda file: file["coins"][0]["chains"][0].update(withdrawal_fee="-1"), "withdrawal_fee must not be negative"),
        (lambda file: file["coins"][0]["chains"][0].update(minimum_deposit="0.000000001"), "more than 8 decimals"),
        (lambda file: file["coins"].pop(0), "instrument BTCUSDT: coin BTC is not in the file"),
        (_set("instruments", 1, symbol="BTCUSDT"), "instrument BTCUSDT is there twice"),
        (_set("instruments", 0, quote="BTC"), "base and quote are the same coin"),
        (_set("instruments", 0, opening_price="0"), "opening_price must be greater than 0"),
        (_set("instruments", 0, opening_price="NaN"), "opening_price must be greater than 0"),
        (_set("instruments", 0, opening_price="84250.001"), "opening_price is finer than the tick"),
        (_set("instruments", 0, opening_price="dear"), "instruments[0].opening_price"),
        (_set("instruments", 0, size_places=9), "size_places must be between 0 and 8"),
        (_set("instruments", 0, taker_fee="1"), "taker_fee must be between 0 and 1"),
        (_set("instruments", 0, dolphin_value="0"), "dolphin_value must be greater than 0"),
        (_set("instruments", 0, whale_value="4999"), "whale_value must not be less than dolphin_value"),
        (_set("instruments", 0, buy_limit_ratio="0"), "buy_limit_ratio must be between 0 and 1"),
        (_set("instruments", 0, status="asleep"), "asleep"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, change: Change, said: str) -> None:
    file = json.loads(json.dumps(PACKAGED))
    change(file)
    path = tmp_path / "own.json"
    path.write_text(json.dumps(file))
    with pytest.raises(InstrumentsError) as caught:
        load(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InstrumentsError, match=r"nowhere\.json: No such file"):
        load(tmp_path / "nowhere.json")


def test_a_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text("coins: BTC")
    with pytest.raises(InstrumentsError, match="malformed"):
        load(path)
