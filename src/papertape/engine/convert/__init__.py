"""The rules of conversions: routes, quotes, small balances."""
