"""Advice for the error codes that users meet most often."""

from __future__ import annotations

_KEY = "Check the API key: is it complete, not deleted, and of this environment (live, demo or local)?"
_PASSPHRASE = "The passphrase is the one chosen when the key was made, not the account's password."
_SIGNATURE = "Check the secret, and that nothing between you and the exchange changes the request's bytes."
_CLOCK = "Your clock differs from the exchange's by more than 30 s, or the request was long on its way."
_SYMBOL = "Symbols are like BTCUSDT, without V1's suffixes; spot.market.symbols() lists them."
_GONE = "It is filled, cancelled, another account's, or too old to be found by its client id (2 hours)."
_SIZES = "spot.market.symbols() tells an instrument's smallest size, precision and price limits."
_FUNDS = "Look at available, not at the total; orders freeze what they need. Transfers move funds between wallets."
_CLIENT_ID = "Every order needs a client_oid of its own; leave it out and the client makes one."
_WINDOW = "Ask for a shorter window; .iterate(...) of lists splits long ones by itself."
_CLASSIC = "Unified accounts have another API (V3); this client speaks to classic accounts."

_HINTS: dict[str, str] = {
    "40006": _KEY,
    "40037": _KEY,
    "30011": _KEY,
    "40012": f"{_KEY} {_PASSPHRASE}",
    "40036": _PASSPHRASE,
    "30012": _PASSPHRASE,
    "40009": _SIGNATURE,
    "30015": _SIGNATURE,
    "40004": _CLOCK,
    "40005": _CLOCK,
    "40008": _CLOCK,
    "30013": _CLOCK,
    "30014": _CLOCK,
    "40014": "The key lacks a permission; give it on the exchange's web page, or make another key.",
    "40018": "This address is not in the key's IP list.",
    "22010": "Withdrawals need a key with an IP list.",
    "47003": "Add the address to the address book first.",
    "40034": _SYMBOL,
    "40102": _SYMBOL,
    "41113": "The instrument is not open for trading now; spot.market.symbols() tells its status.",
    "43001": _GONE,
    "43004": _GONE,
    "40768": _GONE,
    "43025": _GONE,
    "43006": _SIZES,
    "43007": _SIZES,
    "43008": _SIZES,
    "43009": _SIZES,
    "43027": _SIZES,
    "45110": _SIZES,
    "40808": _SIZES,
    "43011": _SIZES,
    "43012": _FUNDS,
    "40754": _FUNDS,
    "43117": _FUNDS,
    "40786": _CLIENT_ID,
    "43118": _CLIENT_ID,
    "00001": _WINDOW,
    "20001": "start_time has to be before end_time, both in ms since 1970.",
    "40084": _CLASSIC,
    "40085": _CLASSIC,
    "40404": "No such path, or not with this method; V1 paths are gone: papertape migrate finds them in your code.",
    "30001": "No such channel for this instrument; the channel's list is in docs/streams.md.",
    "30004": "Log in before private channels; Stream does it by itself when it has a key.",
}


def hint_for(code: str) -> str:
    """Return the advice for one of the exchange's codes; "" where there is none."""
    return _HINTS.get(code, "")
