"""The unified account: every account here is a classic one, and says so when asked."""

from __future__ import annotations

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Nothing
from papertape.contract.unified import Unified, UnifiedSettings
from papertape.engine.exchange.exchange import Exchange
from papertape.operations.registry import Caller, query


@query(Unified.settings)
def settings(exchange: Exchange, caller: Caller, request: Nothing) -> UnifiedSettings:
    """Refuse with 40084, from which clients learn that the account is a classic one."""
    raise Rejected(errors.CLASSIC_MODE)
