"""How a client makes its calls; ``client.with_options(...)`` changes it for some of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

Limits = Literal["wait", "fail", "off"]
"""What happens to a call that would break a documented limit: it waits, fails with ``RateLimited``, or is sent."""

NO_HEADERS: Mapping[str, str] = {}


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a call: ``timeout`` in seconds, ``retries`` after a passing failure, extra ``headers``.

    ``timeout`` counts at each sending once for the connection, then for every wait on the answer.

    ``patience`` is how many seconds a call waits for its turn at most; then it fails with ``RateLimited``.
    """

    timeout: float = 10.0
    retries: int = 2
    limits: Limits = "wait"
    headers: Mapping[str, str] = NO_HEADERS
    patience: float = 60.0

    def __post_init__(self) -> None:
        if self.timeout <= 0 or self.retries < 0 or self.patience < 0:
            raise ValueError("timeout must be above zero, retries and patience not below it")
        if self.limits not in ("wait", "fail", "off"):
            raise ValueError(f"unknown limits {self.limits!r}: wait, fail or off")

    def changed(
        self,
        *,
        timeout: float | None = None,
        retries: int | None = None,
        limits: Limits | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Options:
        """Return these options with some replaced; ``headers`` join those that there are."""
        return Options(
            timeout=self.timeout if timeout is None else timeout,
            retries=self.retries if retries is None else retries,
            limits=self.limits if limits is None else limits,
            headers={**self.headers, **(headers or {})},
            patience=self.patience,
        )
