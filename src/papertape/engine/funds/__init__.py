"""The ledger and what moves coins: bills, transfers, deposits, withdrawals."""
