"""Books, orders, matching and market data, for any product and any wallet."""
