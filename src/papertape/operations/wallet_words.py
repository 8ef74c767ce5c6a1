"""Wallets by Bitget's words: its ``p2p`` is the funding wallet, and deposit accounts are written with hyphens."""

from __future__ import annotations


def wallet_of(word: str) -> str:
    """The wallet that a request means."""
    return "funding" if word == "p2p" else word.replace("-", "_")


def word_of(wallet: str) -> str:
    """The word for a wallet in a reply; an isolated margin account's instrument is told apart from it."""
    return "p2p" if wallet == "funding" else wallet.partition(":")[0]
