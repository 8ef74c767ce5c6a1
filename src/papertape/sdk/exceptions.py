"""The exceptions that a call raises: one tree, with a class for each kind of remedy.

``BitgetError`` is the root. An error that the exchange answered carries its code, text and HTTP status; a
``NetworkError`` is the lack of an answer. Source of the codes: the error list of the V2 documentation, and
the codes that other clients act on.
"""

from __future__ import annotations

from typing import ClassVar

from papertape.contract.protocol import paging
from papertape.sdk.hints import hint_for
from papertape.sdk.http_request import HttpRequest


class BitgetError(Exception):
    """A call that failed.

    ``code`` and ``message`` are Bitget's ("" when it did not answer), ``status`` the HTTP status (0 = none),
    ``request`` what was sent (method, target, body; its repr shows no body), ``request_time`` the exchange's clock
    in ms (0 = not told), ``retryable`` whether the same call may succeed later without any change by the caller,
    ``uncertain`` whether the exchange may have done what was asked all the same, ``retry_after`` the seconds to
    wait if that is known, ``content`` the answer's bytes.
    """

    retryable: ClassVar[bool] = False
    uncertain: bool = False
    advice: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        status: int = 0,
        endpoint: str = "",
        request: HttpRequest | None = None,
        request_time: int = 0,
        retry_after: float | None = None,
        content: bytes = b"",
    ) -> None:
        self.endpoint = endpoint or (request.endpoint if request is not None else "")
        place = f" ({self.endpoint})" if self.endpoint else ""
        super().__init__(f"{code} {message}{place}".strip())
        self.message, self.code, self.status, self.request = message, code, status, request
        self.request_time, self.retry_after, self.content = request_time, retry_after, content
        if self.hint:
            self.add_note(self.hint)

    @property
    def hint(self) -> str:
        """What to do about it; "" where there is nothing to add to the message."""
        return hint_for(self.code) or self.advice


class NetworkError(BitgetError):
    """No answer came. ``sent`` says whether the exchange may have received the request and acted on it."""

    retryable = True

    def __init__(
        self, message: str, *, endpoint: str = "", request: HttpRequest | None = None, sent: bool = False
    ) -> None:
        super().__init__(message, endpoint=endpoint, request=request)
        self.sent = self.uncertain = sent


class Unreachable(NetworkError):
    """No connection could be made: nothing was sent."""

    @property
    def hint(self) -> str:
        """Ask whether an exchange runs on this machine, if that is where the client connects to."""
        here = any(name in self.message for name in ("127.0.0.1", "localhost", "[::1]"))
        return "Does a Papertape run there? PAPERTAPE_URL and PAPERTAPE_WS_URL tell of another place." if here else ""


class RequestTimeout(NetworkError):
    """No answer came in the client's ``timeout``."""


class OutcomeUnknown(BitgetError):
    """The answer to a request was lost and its outcome could not be found out; its cause is the error before.

    ``client_oids`` are the ids under which to look for it. Sending the same request with the same ids again is
    safe where the exchange knows the endpoint's ``clientOid``.
    """

    uncertain = True

    def __init__(self, message: str, *, request: HttpRequest | None = None, client_oids: tuple[str, ...] = ()) -> None:
        self.client_oids = client_oids
        super().__init__(message, request=request)

    @property
    def hint(self) -> str:
        """What to look up before anything is sent again."""
        if self.client_oids:
            return f"Look for the client_oids {', '.join(self.client_oids)} before you send anything again."
        return "Look up what it was about before you send anything again."


class UnexpectedReply(BitgetError):
    """The answer is not what the documentation promises; ``content`` holds its bytes."""

    uncertain = True


class BrokenReply(UnexpectedReply):
    """The answer is no JSON: a proxy's page, or cut short on its way."""

    retryable = True


class RepeatedPage(UnexpectedReply, paging.PageWalkStuck):
    """A list does not go on: it repeats rows, its cursor leads back, or its last page number is passed."""

    uncertain = False
    advice = "Ask for a shorter window, or resume from the last page's cursor later."


class ServerError(BitgetError):
    """The exchange is at fault or busy; an order may or may not have been taken."""

    retryable = uncertain = True


class RateLimited(BitgetError):
    """Too many requests; nothing was done. Wait and send again."""

    retryable = True
    advice = (
        "Each endpoint has its own limit. limits='wait' keeps to it, but knows nothing of other clients with the same"
        " key or address: let them share a limiter."
    )


class AuthenticationError(BitgetError):
    """The key, signature, passphrase or headers were refused."""


class StreamError(BitgetError):
    """A stream cannot do what was asked: all connections that it may have are full."""


class CredentialsMissing(AuthenticationError):
    """This call needs an API key (or the control token) and the client has none; nothing was sent."""

    advice = "Give key, secret and passphrase, or set PAPERTAPE_API_KEY, _SECRET, _PASSPHRASE or PAPERTAPE_CREDENTIALS."


class ControlTokenMissing(CredentialsMissing):
    """This call is for a Papertape's control plane and the client has no token for it; nothing was sent."""

    advice = "Client('local') has the token; for another address give control_token."


class TimestampError(AuthenticationError):
    """The request's timestamp is outside the exchange's window of 30 s: a wrong clock or a slow network."""

    retryable = True


class PermissionDenied(BitgetError):
    """The key is known but may not do this: permission, address list, frozen or sub-account."""


class InvalidRequest(BitgetError):
    """The exchange refused the request as sent; nothing was changed. Root of the more precise ones."""


class UnknownSymbol(InvalidRequest):
    """No such symbol or coin, or it is not open for trading."""


class InvalidOrder(InvalidRequest):
    """The order breaks a rule of its instrument: size, price, precision, value or number of orders."""


class DuplicateClientOid(InvalidRequest):
    """An order with this ``client_oid`` was already taken."""


class InsufficientBalance(InvalidRequest):
    """The account does not hold enough for this."""


class OrderNotFound(InvalidRequest):
    """No such order, or it can no longer be cancelled or changed."""


class EndpointNotFound(InvalidRequest):
    """The exchange has no such path, or not with this method."""


_CODES: dict[type[BitgetError], str] = {
    RateLimited: "429 1001 25004 30006 30007 45129 50009",
    TimestampError: "40004 40005 40008 40078 30013 30014",
    AuthenticationError: (
        "40001 40002 40003 40006 40007 40009 40011 40012 40036 40037 40041 30004 30005 30011 30012 30015"
    ),
    PermissionDenied: (
        "22010 40013 40014 40016 40018 40022 40024 40026 40028 40031 40038 40040 40048 40066 40084 40085 43127 47003"
    ),
    ServerError: "500 25000 40010 40015 40200 40604 40725 43059 45001 49040 50008 50010 50031 80002",
    InsufficientBalance: "43012 43117 40711 40712 40754 40762 40798 45002 60013",
    OrderNotFound: "43001 43004 43020 43025 43026 43033 40109 40768 40819 45057 31007 80011 13010 60003",
    DuplicateClientOid: "25212 40708 40786 43118 45034 50060",
    UnknownSymbol: "30001 40034 40102 40309 41104 41113 41114 50004",
    InvalidOrder: (
        "40774 40808 40917 43002 43003 43005 43006 43007 43008 43009 43010 43011 43013 43014 43015 43016 43027"
        " 43071 43128 45110 45113 45122"
    ),
    EndpointNotFound: "40404",
}
_CLASS_OF_CODE = {code: kind for kind, codes in _CODES.items() for code in codes.split()}
_CLASS_OF_STATUS = {401: AuthenticationError, 403: PermissionDenied, 404: EndpointNotFound, 405: EndpointNotFound}


def error_class(code: str, status: int) -> type[BitgetError]:
    """Choose the exception class of an exchange's error: by HTTP 429, then by code, then by HTTP status."""
    if status == 429:
        return RateLimited
    if code in _CLASS_OF_CODE:
        return _CLASS_OF_CODE[code]
    if status >= 500:
        return ServerError
    return _CLASS_OF_STATUS.get(status, InvalidRequest)
