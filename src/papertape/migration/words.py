"""The words of V1 and of V2: symbol suffixes, product types, business lines, sides, month codes.

Source: the update guide ("Global symbol request rule changes", "Standardization of naming rules", "Position
opening/closing", "Optimization of delivery futures"); V1's own words are those its public clients sent.
"""

from __future__ import annotations

import re

PRODUCT_TYPES = {
    "SPBL": "",
    "UMCBL": "USDT-FUTURES",
    "DMCBL": "COIN-FUTURES",
    "CMCBL": "USDC-FUTURES",
    "SUMCBL": "SUSDT-FUTURES",
    "SDMCBL": "SCOIN-FUTURES",
    "SCMCBL": "SUSDC-FUTURES",
}
"""V1's business line, the end of its symbols, and V2's ``productType``; spot has none."""

MONTHS = "FGHJKMNQUVXZ"
"""Month codes of delivery symbols, January first."""

WALLETS = {"mix_usdt": "usdt_futures", "mix_usd": "coin_futures", "mix_usdc": "usdc_futures"}
"""Account types of transfers."""

VALUES = {**WALLETS, "double_hold": "hedge_mode", "single_hold": "one_way_mode", "ordersAlgo": "orders-algo"}
"""Words that mean nothing but this on Bitget, so that a string that is the word can be rewritten."""

SIDES = {
    "open_long": "side buy, tradeSide open",
    "open_short": "side sell, tradeSide open",
    "close_long": "side buy, tradeSide close",
    "close_short": "side sell, tradeSide close",
    "buy_single": "side buy, no tradeSide (one-way mode)",
    "sell_single": "side sell, no tradeSide (one-way mode)",
}
"""V1's side of a futures order: V2 says the position's side and whether it opens or closes."""

PAGES = ("pageNo", "pageNum", "pageSize", "lastEndId", "isPre", "nextPage")
"""Parameters of V1's pagination."""

STREAMS = ("wss://ws.bitget.com/v2/ws/public", "wss://ws.bitget.com/v2/ws/private")
"""V2's two sockets, where V1 had one for spot and one for futures."""

_LINES = "|".join(sorted(PRODUCT_TYPES, key=len, reverse=True))
SUFFIX = re.compile(rf"_({_LINES})(?:_(\d{{6}})(?!\d)|(?![A-Za-z0-9]))(_?)", re.IGNORECASE)
"""A V1 symbol's end: the line, the delivery date (yymmdd) if it has one, and whether something still follows."""
LINE = re.compile(rf"({_LINES})\Z", re.IGNORECASE)


def delivery_code(date: str) -> str | None:
    """Return ``U21`` for ``210924``: month code and year; None if there is no such month."""
    month = int(date[2:4])
    return f"{MONTHS[month - 1]}{date[:2]}" if 1 <= month <= len(MONTHS) else None
