"""What an API key may look like: its passphrase, label, addresses and permissions, stated once for all who make keys.

Source: documentation, "Quick Start" (10 keys of one UID) and "Virtual Subaccount" (passphrase, label, 30 addresses).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from papertape.contract.protocol import errors
from papertape.contract.protocol.endpoint import PERMISSIONS
from papertape.contract.protocol.errors import Rejected

MOST_KEYS = 10
"""API keys of one UID."""
MOST_IPS = 30
"""Addresses in one key's list."""
LONGEST_LABEL = 20

_PASSPHRASE = re.compile("[A-Za-z0-9]{8,32}", re.ASCII)


def check_passphrase(passphrase: str) -> None:
    """Refuses a passphrase that is not 8 to 32 letters and digits (40070)."""
    if not _PASSPHRASE.fullmatch(passphrase):
        raise Rejected(errors.PASSPHRASE_TOO_WEAK)


def check_label(label: str) -> None:
    """Refuses a note that is longer than 20 characters or cannot be printed (40020)."""
    if len(label) > LONGEST_LABEL or not (label == "" or label.isprintable()):
        raise Rejected(errors.PARAMETER_ERROR.of("label"))


def checked_ips(ips: list[str] | None, parameter: str = "ipList") -> tuple[str, ...]:
    """Addresses and networks as they are compared, each once; 40058 for more than 30, 40018 for what is none."""
    if ips is None:
        return ()
    if len(ips) > MOST_IPS:
        raise Rejected(errors.MAXIMUM_ALLOWED.of(parameter, MOST_IPS))
    return tuple(dict.fromkeys(_canonical(text.strip()) for text in ips))


def ordered(permissions: Iterable[str]) -> tuple[str, ...]:
    """Permissions in the one order in which they are kept, each once."""
    wanted = tuple(permissions)
    return tuple(word for word in PERMISSIONS if word in wanted)


def _canonical(text: str) -> str:
    try:
        return str(ip_network(text, strict=False)) if "/" in text else str(ip_address(text))
    except ValueError:
        raise Rejected(errors.IP_INVALID) from None
