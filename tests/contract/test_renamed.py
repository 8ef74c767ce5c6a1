"""Coins that change their name between the spot and the futures market."""

from __future__ import annotations

import pytest

from papertape.contract.futures.renamed import futures_name, spot_name


@pytest.mark.parametrize(("spot", "futures"), [("LUNA", "LUNA2"), ("$ALT", "ALT"), ("MEMECOIN", "MEME")])
def test_three_coins_are_renamed(spot: str, futures: str) -> None:
    assert futures_name(spot) == futures
    assert spot_name(futures) == spot


@pytest.mark.parametrize("coin", ["BTC", "usdt", "DOGE"])
def test_all_others_keep_their_name(coin: str) -> None:
    assert futures_name(coin) == spot_name(coin) == coin.upper()
