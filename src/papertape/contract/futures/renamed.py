"""Coins whose name in futures is not their name in spot. Source: documentation, FAQ, question 11."""

from __future__ import annotations

RENAMED_IN_FUTURES: dict[str, str] = {"LUNA": "LUNA2", "$ALT": "ALT", "MEMECOIN": "MEME"}
"""The futures market's name of a coin by its name in the spot market."""
RENAMED_IN_SPOT: dict[str, str] = {futures: spot for spot, futures in RENAMED_IN_FUTURES.items()}
"""The spot market's name of a coin by its name in the futures market."""


def futures_name(coin: str) -> str:
    """What the futures market calls a spot coin: the same, but for the renamed ones."""
    return RENAMED_IN_FUTURES.get(coin.upper(), coin.upper())


def spot_name(coin: str) -> str:
    """What the spot market calls a coin of the futures market: the same, but for the renamed ones."""
    return RENAMED_IN_SPOT.get(coin.upper(), coin.upper())
