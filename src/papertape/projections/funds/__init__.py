"""History of the wallets."""
