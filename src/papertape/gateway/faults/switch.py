"""One fault: what it is aimed at, and whether it strikes this time."""

from __future__ import annotations

import random
from functools import cache

from papertape.contract.control import AddFault, Fault
from papertape.contract.protocol import errors
from papertape.contract.protocol.channel import DEFAULT
from papertape.contract.protocol.errors import Error
from papertape.contract.protocol.wire import Amount


class Switch:
    """A fault that has been added. ``hits`` is how often it has struck, ``over`` whether it will not any more."""

    __slots__ = ("_random", "_seen", "hits", "number", "over", "wanted")

    def __init__(self, number: int, wanted: AddFault) -> None:
        self.number, self.wanted = number, wanted
        self.hits = self._seen = 0
        self.over = False
        self._random = random.Random(wanted.seed)

    def strikes(self) -> bool:
        """Whether it strikes what it is aimed at, now that such a thing comes by once more."""
        wanted = self.wanted
        self._seen += 1
        if self.over or self._seen <= wanted.after:
            return False
        if wanted.probability < 1 and self._random.random() >= wanted.probability:
            return False
        self.hits += 1
        self.over = self.hits == wanted.times
        return True

    def aims_at_request(self, method: str, path: str, key: str, uid: int) -> bool:
        """Whether such a request can be struck; ``key`` and ``uid`` are the caller's, as claimed."""
        wanted = self.wanted
        if wanted.method is not None and wanted.method != method:
            return False
        aimed, star, _ = (wanted.path or "*").partition("*")
        if path != aimed and not (star and path.startswith(aimed)):
            return False
        return self.aims_at_caller(key, uid)

    def aims_at_caller(self, key: str, uid: int) -> bool:
        """Whether this caller can be struck."""
        return self.wanted.key in (None, key) and self.wanted.uid in (None, uid)

    def aims_at_topic(self, channel: str, symbol: str) -> bool:
        """Whether a subscription or an order of this channel and instrument can be struck."""
        wanted = self.wanted
        if wanted.channel not in (None, channel):
            return False
        return wanted.symbol is None or _spelled(wanted.symbol) == _spelled(symbol)

    @property
    def any_topic(self) -> bool:
        """Whether it is aimed at whatever is subscribed to, or at nothing yet."""
        return self.wanted.channel is None and self.wanted.symbol is None

    def error(self, standard: str = "") -> Error:
        """What to answer: the code asked for or the ``standard`` one, with what is documented for it."""
        wanted = self.wanted
        code = wanted.code or standard
        known = _documented().get(code, Error(code, ""))
        status = known.status if wanted.status is None else wanted.status
        message = known.of(*[""] * 3).message if wanted.message is None else wanted.message
        return Error(code, message, status)

    def shown(self) -> Fault:
        """The fault as the control plane shows it."""
        wanted, left = self.wanted, None
        if self.over:
            left = 0
        elif wanted.times is not None:
            left = wanted.times - self.hits
        return Fault(
            id=str(self.number),
            kind=wanted.kind,
            method=wanted.method,
            path=wanted.path,
            uid=wanted.uid,
            key=wanted.key,
            private=wanted.private,
            channel=wanted.channel,
            symbol=wanted.symbol,
            times=wanted.times,
            after=wanted.after,
            probability=Amount(wanted.probability),
            seed=wanted.seed,
            milliseconds=wanted.milliseconds,
            code=wanted.code,
            status=wanted.status,
            message=wanted.message,
            hits=self.hits,
            left=left,
        )


def _spelled(symbol: str) -> str:
    return DEFAULT if symbol.lower() == DEFAULT else symbol.upper()


@cache
def _documented() -> dict[str, Error]:
    """The errors by code; of those that share one, the first."""
    found: dict[str, Error] = {}
    for value in vars(errors).values():
        if isinstance(value, Error):
            found.setdefault(value.code, value)
    return found
