"""V1's paths and what replaced them: the documentation's 240 rows, with its mistakes named.

A row counts as mechanical only if it leaves nothing to decide: one V2 endpoint, the same method, no slip.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import msgspec

from papertape.contract.catalog import Documented, replaced_paths

HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a text for a value that only the running program knows."""


class V2Endpoint(msgspec.Struct, frozen=True):
    """A V2 endpoint as its own page spells it; ``table_path`` is the mapping table's spelling, if another."""

    method: str
    path: str
    table_path: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f" (in the table: {self.table_path})" if self.table_path else "")


class V1Path(msgspec.Struct, frozen=True):
    """A V1 path: its method, its places in V2, and a remark where the rows leave something open."""

    method: str
    path: str
    places: tuple[V2Endpoint, ...]
    remark: str = ""

    @property
    def mechanical(self) -> bool:
        """Whether the path alone can be exchanged."""
        return len(self.places) == 1 and self.places[0].method == self.method and not self.remark


SLIP = "the table sends this isolated-margin call to cross margin; isolated margin has its own endpoint"
SLIPS = {
    "/api/margin/v1/isolated/account/repay": "/api/v2/margin/isolated/account/repay",
    "/api/margin/v1/isolated/account/riskRate": "/api/v2/margin/isolated/account/risk-rate",
}
"""Rows that lead to another wallet than V1's path says, and where the catalogue has the endpoint that is meant."""

_BEYOND = {
    "/api/spot/v1/trade/open-orders": ("POST", "/api/v2/spot/trade/unfilled-orders"),
    "/api/mix/v1/market/depth": ("GET", "/api/v2/mix/market/merge-depth"),
    "/api/mix/v1/position/history-position": ("GET", "/api/v2/mix/position/history-position"),
    "/api/mix/v1/plan/currentPlan": ("GET", "/api/v2/mix/order/orders-plan-pending"),
    "/api/mix/v1/plan/historyPlan": ("GET", "/api/v2/mix/order/orders-plan-history"),
    "/api/mix/v1/plan/cancelAllPlan": ("POST", "/api/v2/mix/order/cancel-plan-order"),
    "/api/mix/v1/plan/placeTPSL": ("POST", "/api/v2/mix/order/place-tpsl-order"),
    "/api/mix/v1/plan/placePositionsTPSL": ("POST", "/api/v2/mix/order/place-pos-tpsl"),
    "/api/mix/v1/plan/modifyTPSLPlan": ("POST", "/api/v2/mix/order/modify-tpsl-order"),
}
BEYOND = "no row of the tables names this path; this is the catalogue's nearest"


@cache
def _documented() -> dict[str, Documented]:
    """Read the documented V2 endpoints, other spellings of their paths included."""
    content = resources.files("papertape.contract").joinpath("catalogue.json").read_bytes()
    return {row.path: row for row in msgspec.json.decode(content, type=list[Documented])}


def _place(path: str) -> V2Endpoint:
    """Return the endpoint's own spelling and method, which some rows of the tables have otherwise."""
    row = _documented()[path]
    page = _documented()[row.alias_of] if row.alias_of else row
    return V2Endpoint(page.method, page.path, path if page is not row else "")


@cache
def replaced() -> dict[str, V1Path]:
    """Return every V1 path in lower case: those of the tables first, then those that only V1's clients knew."""
    methods: dict[str, str] = {}
    places: dict[str, list[V2Endpoint]] = {}
    for row in replaced_paths():
        if row.v1_path is None or row.v1_method is None:
            continue
        methods[row.v1_path] = row.v1_method
        found = places.setdefault(row.v1_path, [])
        if row.v2_path is not None:
            place = _place(row.v2_path)
            found += [] if place in found else [place]
    known = {path.lower(): V1Path(methods[path], path, tuple(found)) for path, found in places.items()}
    for path, target in SLIPS.items():
        known[path.lower()] = V1Path(methods[path], path, (_place(target), *places[path]), SLIP)
    for path, (method, target) in _BEYOND.items():
        known[path.lower()] = V1Path(method, path, (_place(target),), BEYOND)
    return known


@cache
def unrivalled() -> tuple[V2Endpoint, ...]:
    """List the endpoints that V1 did not have: the tables' N/A rows."""
    return tuple(_place(row.v2_path) for row in replaced_paths() if row.v1_path is None and row.v2_path is not None)


def below(prefix: str) -> list[V1Path]:
    """List the V1 paths that begin with these segments."""
    start = prefix.lower().rstrip("/") + "/"
    return [row for path, row in replaced().items() if path.startswith(start)]


def matching(template: str) -> list[V1Path]:
    """List the V1 paths that a text with holes can become."""
    pattern = re.compile(".+".join(map(re.escape, template.lower().split(HOLE))))
    return [row for path, row in replaced().items() if pattern.fullmatch(path)]


@cache
def tails(prefix: str) -> dict[str, V1Path]:
    """Return what follows a prefix in the V1 paths below it: ``/market/ticker`` under ``/api/spot/v1``."""
    cut = len(prefix.rstrip("/"))
    return {row.path[cut:].lower(): row for row in below(prefix)}
