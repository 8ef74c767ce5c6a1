"""The spot endpoints' functions: market data, orders, plan orders, accounts and wallets."""
