"""Recovery of requests that are found by their own client id."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from papertape.contract.spot.plan import PlacePlanOrder
from papertape.contract.spot.wallet import MakeSubaccountTransfer, MakeTransfer, Withdraw
from papertape.sdk.exceptions import DuplicateClientOid
from papertape.sdk.recovery.course import Recovery, client_oid

Q = TypeVar("Q", PlacePlanOrder, MakeTransfer, MakeSubaccountTransfer, Withdraw)
R = TypeVar("R")


class ClientOidRecovery(Recovery[Q, R]):
    """Finds a request by its client id, which the exchange takes only once."""

    refusals = (DuplicateClientOid,)

    def identified(self, request: Q) -> Q:
        """Return the request with a client id."""
        return request if request.client_oid else msgspec.structs.replace(request, client_oid=client_oid())

    def names(self, request: Q) -> tuple[str, ...]:
        """Return its client id."""
        return (request.client_oid or "",)
