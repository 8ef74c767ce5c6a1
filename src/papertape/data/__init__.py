"""The coins and instruments that an exchange opens with: the packaged file, or one of the user's own.

The file is JSON: ``coins`` and ``instruments``, in the words of ``engine/instruments.py``, amounts as strings.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from papertape.engine.exchange.money import is_multiple
from papertape.engine.funds.coins import Chain, Coin
from papertape.engine.spot.instruments import SpotInstrument

MAXIMUM_BYTES = 4 * 1024 * 1024
"""Far more than every coin of a large exchange takes."""


class InstrumentsError(ValueError):
    """The instruments file cannot be used; the text says which entry is wrong and why."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    coins: tuple[Coin, ...]
    instruments: tuple[SpotInstrument, ...]


def load(path: Path | None = None) -> tuple[list[Coin], list[SpotInstrument]]:
    """The coins and instruments of the file, in its order; without a path those that come with the package.

    Raises ``InstrumentsError`` when the file cannot be read or an entry contradicts another.
    """
    name = str(path) if path else "instruments.json"
    try:
        content = path.read_bytes() if path else resources.files(__name__).joinpath(name).read_bytes()
    except OSError as problem:
        raise InstrumentsError(f"{name}: {problem.strerror or problem}") from problem
    if len(content) > MAXIMUM_BYTES:
        raise InstrumentsError(f"{name}: larger than {MAXIMUM_BYTES} bytes")
    try:
        file = msgspec.json.decode(content, type=_File)
        _check_names(msgspec.json.decode(content))
        _check(file)
    except (msgspec.DecodeError, InstrumentsError) as problem:
        raise InstrumentsError(f"{name}: {problem}") from None
    return list(file.coins), list(file.instruments)


def _check_names(file: dict[str, list[dict[str, Any]]]) -> None:
    """Refuses misspelt names, which the decoder passes over."""
    chains = [chain for coin in file["coins"] for chain in coin.get("chains", ())]
    for model, entries in ((Coin, file["coins"]), (Chain, chains), (SpotInstrument, file["instruments"])):
        for entry in entries:
            for name in entry:
                _require(name in model.__struct_fields__, f"{model.__name__.lower()} has no {name!r}")


def _check(file: _File) -> None:
    _require(bool(file.instruments), "no instruments")
    _distinct("coin", [coin.name for coin in file.coins])
    _distinct("coin_id", [str(coin.coin_id) for coin in file.coins])
    _distinct("instrument", [instrument.symbol for instrument in file.instruments])
    coins = {coin.name: coin for coin in file.coins}
    for coin in file.coins:
        _check_coin(coin)
    for instrument in file.instruments:
        _check_instrument(instrument, coins)


def _check_coin(coin: Coin) -> None:
    _require(coin.name.isalnum() and coin.name.isascii() and coin.name.isupper(), f"coin {coin.name!r}: not a ticker")
    _require(0 <= coin.places <= 18, f"coin {coin.name}: places must be between 0 and 18")
    _distinct(f"coin {coin.name}: chain", [chain.name for chain in coin.chains])
    for chain in coin.chains:
        where = f"coin {coin.name}, chain {chain.name}"
        _require(0 <= chain.withdrawal_places <= coin.places, f"{where}: withdrawal_places beyond the coin's places")
        _require(chain.deposit_confirmations > 0, f"{where}: deposit_confirmations must be greater than 0")
        for amount in ("withdrawal_fee", "minimum_deposit", "minimum_withdrawal", "withdrawal_step"):
            value = getattr(chain, amount)
            _require(value.is_finite() and value >= 0, f"{where}: {amount} must not be negative")
            _require(is_multiple(value, coin.places), f"{where}: {amount} has more than {coin.places} decimals")


def _check_instrument(instrument: SpotInstrument, coins: dict[str, Coin]) -> None:
    where = f"instrument {instrument.symbol}"
    for name in (instrument.base, instrument.quote):
        _require(name in coins, f"{where}: coin {name} is not in the file")
    _require(instrument.base != instrument.quote, f"{where}: base and quote are the same coin")
    _require(0 <= instrument.price_places <= 12, f"{where}: price_places must be between 0 and 12")
    places = coins[instrument.base].places
    _require(0 <= instrument.size_places <= places, f"{where}: size_places must be between 0 and {places}")
    price = instrument.opening_price
    _require(price.is_finite() and price > 0, f"{where}: opening_price must be greater than 0")
    _require(is_multiple(price, instrument.price_places), f"{where}: opening_price is finer than the tick")
    for ratio in ("buy_limit_ratio", "sell_limit_ratio"):
        _require(0 < getattr(instrument, ratio) < 1, f"{where}: {ratio} must be between 0 and 1")
    for fee in ("maker_fee", "taker_fee"):
        _require(0 <= getattr(instrument, fee) < 1, f"{where}: {fee} must be between 0 and 1")
    dolphin, whale = instrument.dolphin_value, instrument.whale_value
    _require(dolphin.is_finite() and dolphin > 0, f"{where}: dolphin_value must be greater than 0")
    _require(whale.is_finite() and whale >= dolphin, f"{where}: whale_value must not be less than dolphin_value")
    _require(instrument.open_orders > 0, f"{where}: open_orders must be greater than 0")


def _distinct(what: str, names: list[str]) -> None:
    seen: dict[str, bool] = {}
    for name in names:
        _require(name not in seen, f"{what} {name} is there twice")
        seen[name] = True


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise InstrumentsError(otherwise)
