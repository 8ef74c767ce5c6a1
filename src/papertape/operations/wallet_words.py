"""Wallets by Bitget's words: its ``p2p`` is the funding wallet, and deposit accounts are written with hyphens.

Bots of either kind have a wallet of their own, for which the control plane has words: ``bots_futures``, ``bots_spot``.
"""

from __future__ import annotations

BOT_WALLETS = {"futures": "bots:futures", "spot": "bots:spot"}


def wallet_of(word: str) -> str:
    """Return the wallet that a request means."""
    if word == "p2p":
        return "funding"
    return word.replace("_", ":") if word.startswith("bots_") else word.replace("-", "_")


def word_of(wallet: str) -> str:
    """Return the word for a wallet in a reply; an isolated margin account's instrument is told apart from it."""
    if wallet.startswith("bots:"):
        return wallet.replace(":", "_")
    return "p2p" if wallet == "funding" else wallet.partition(":")[0]
