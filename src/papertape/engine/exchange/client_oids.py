"""What a client's own id for an order, a transfer or a withdrawal may be. Source: documentation, "FAQ", question 12."""

from __future__ import annotations

import re

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected

LENGTH = 50
"""A client id is shorter than this."""

_ALLOWED = re.compile(r"[0-9a-zA-Z\-+_#,]*")


def check_wording(client_oid: str) -> None:
    """Refuses a client id that is too long (40304) or has other characters than the FAQ's (40402)."""
    if len(client_oid) >= LENGTH:
        raise Rejected(errors.CLIENT_OID_TOO_LONG)
    if not _ALLOWED.fullmatch(client_oid):
        raise Rejected(errors.CLIENT_OID_FORMAT)
