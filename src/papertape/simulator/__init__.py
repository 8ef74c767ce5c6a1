"""The market: seeded traders who quote and trade as ordinary accounts, and the history before the exchange opened."""
