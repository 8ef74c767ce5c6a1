"""The environments of an exchange: live trading, and demo trading with money and markets of its own."""

from __future__ import annotations

from typing import Literal

Environment = Literal["live", "demo"]
ENVIRONMENTS: tuple[Environment, ...] = ("live", "demo")
"""All of them; the first is where a request goes that names none."""
