"""The P2P desk: people trade coins for fiat money with each other; the exchange keeps the coins until it is paid."""
