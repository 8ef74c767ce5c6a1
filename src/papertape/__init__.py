"""Papertape: a Bitget-compatible exchange on your own machine, and the Python client for it and for Bitget.

Names are loaded at first use, so that ``import papertape`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from papertape.contract.protocol.paging import Page
    from papertape.contract.protocol.response import Response
    from papertape.sdk.credentials import Credentials, Signer
    from papertape.sdk.environment import Environment
    from papertape.sdk.exceptions import (
        AuthenticationError,
        BitgetError,
        BrokenReply,
        ControlTokenMissing,
        CredentialsMissing,
        DuplicateClientOid,
        EndpointNotFound,
        InsufficientBalance,
        InvalidOrder,
        InvalidRequest,
        NetworkError,
        OrderNotFound,
        OutcomeUnknown,
        PermissionDenied,
        RateLimited,
        RepeatedPage,
        RequestTimeout,
        ServerError,
        StreamError,
        TimestampError,
        UnexpectedReply,
        UnknownSymbol,
        Unreachable,
    )
    from papertape.sdk.limiter import Limiter
    from papertape.sdk.rest.async_client import AsyncClient
    from papertape.sdk.rest.client import Client
    from papertape.sdk.rest.failures import Failure, failures
    from papertape.sdk.streams.blocking import BlockingStream
    from papertape.sdk.streams.blocking_subscription import BlockingSubscription
    from papertape.sdk.streams.book.order_book import BookBroken, BookLevel, BookNotReady, OrderBook
    from papertape.sdk.streams.events import Gap, Push, Reconnected
    from papertape.sdk.streams.stream import Stream
    from papertape.sdk.streams.subscription import Subscription

__all__ = [
    "AsyncClient",
    "AuthenticationError",
    "BitgetError",
    "BlockingStream",
    "BlockingSubscription",
    "BookBroken",
    "BookLevel",
    "BookNotReady",
    "BrokenReply",
    "Client",
    "ControlTokenMissing",
    "Credentials",
    "CredentialsMissing",
    "DuplicateClientOid",
    "EndpointNotFound",
    "Environment",
    "Failure",
    "Gap",
    "InsufficientBalance",
    "InvalidOrder",
    "InvalidRequest",
    "Limiter",
    "NetworkError",
    "OrderBook",
    "OrderNotFound",
    "OutcomeUnknown",
    "Page",
    "PermissionDenied",
    "Push",
    "RateLimited",
    "Reconnected",
    "RepeatedPage",
    "RequestTimeout",
    "Response",
    "ServerError",
    "Signer",
    "Stream",
    "StreamError",
    "Subscription",
    "TimestampError",
    "UnexpectedReply",
    "UnknownSymbol",
    "Unreachable",
    "failures",
]

__version__ = "0.1.0"

_MODULES = {
    "Stream": "sdk.streams.stream",
    "Subscription": "sdk.streams.subscription",
    "BlockingStream": "sdk.streams.blocking",
    "BlockingSubscription": "sdk.streams.blocking_subscription",
    "BookBroken": "sdk.streams.book.order_book",
    "BookLevel": "sdk.streams.book.order_book",
    "BookNotReady": "sdk.streams.book.order_book",
    "OrderBook": "sdk.streams.book.order_book",
    "Gap": "sdk.streams.events",
    "Push": "sdk.streams.events",
    "Reconnected": "sdk.streams.events",
    "Client": "sdk.rest.client",
    "AsyncClient": "sdk.rest.async_client",
    "Credentials": "sdk.credentials",
    "Signer": "sdk.credentials",
    "Failure": "sdk.rest.failures",
    "failures": "sdk.rest.failures",
    "Limiter": "sdk.limiter",
    "Environment": "sdk.environment",
    "Page": "contract.protocol.paging",
    "RepeatedPage": "sdk.exceptions",
    "Response": "contract.protocol.response",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'papertape' has no attribute {name!r}")
    value = getattr(import_module(f"papertape.{_MODULES.get(name, 'sdk.exceptions')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
