"""Every endpoint, and the catalogue of what Bitget documents."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from papertape.contract.assets import Assets
from papertape.contract.control import Control, FaultControl
from papertape.contract.control.p2p import P2PControl
from papertape.contract.convert import Convert
from papertape.contract.futures.market import FuturesMarket
from papertape.contract.insights import Insights
from papertape.contract.internal import Internal
from papertape.contract.margin import MarginPublic
from papertape.contract.p2p.desk import P2P
from papertape.contract.protocol.endpoint import Endpoint, Group, endpoints_of
from papertape.contract.public import Public
from papertape.contract.spot.account import SpotAccount
from papertape.contract.spot.market import SpotMarket
from papertape.contract.spot.plan import SpotPlan
from papertape.contract.spot.trade import SpotTrade
from papertape.contract.spot.wallet import SpotWallet
from papertape.contract.subaccounts import SubaccountManagement
from papertape.contract.tax import Tax
from papertape.contract.unified import Unified

GROUPS: tuple[type[Group[Any]], ...] = (
    Public,
    Tax,
    Insights,
    SpotMarket,
    SpotTrade,
    SpotPlan,
    SpotAccount,
    SpotWallet,
    Assets,
    Convert,
    FuturesMarket,
    MarginPublic,
    SubaccountManagement,
    P2P,
    Unified,
    Control,
    P2PControl,
    FaultControl,
    Internal,
)
ENDPOINTS: tuple[Endpoint[..., Any, Any], ...] = tuple(endpoint for group in GROUPS for endpoint in endpoints_of(group))
BY_PATH: dict[str, Endpoint[..., Any, Any]] = {
    path: endpoint for endpoint in ENDPOINTS for path in (endpoint.path, *endpoint.aliases)
}
assert len(BY_PATH) == sum(1 + len(endpoint.aliases) for endpoint in ENDPOINTS), "two endpoints share a path"


class Documented(msgspec.Struct, frozen=True):
    """An endpoint that Bitget documents; ``alias_of`` is the path that it is another spelling of, or empty.

    ``common`` ones are those of the "Common API" document of April 2025.
    """

    group: str
    method: str
    path: str
    title: str
    alias_of: str = ""
    common: bool = False


class Replaced(msgspec.Struct, frozen=True, array_like=True):
    """A row of the tables from V1 to V2; ``None`` where the documentation says N/A."""

    section: str
    v1_method: str | None
    v1_path: str | None
    v2_method: str | None
    v2_path: str | None


def _read(name: str) -> bytes:
    return Path(__file__).with_name(name).read_bytes()


CATALOGUE: tuple[Documented, ...] = tuple(
    row for row in msgspec.json.decode(_read("catalogue.json"), type=list[Documented]) if not row.alias_of
)
"""The documented endpoints (V2, April 2025 and later pages), each once."""


@cache
def replaced_paths() -> tuple[Replaced, ...]:
    """Every row of the documentation's tables from V1 to V2."""
    return msgspec.json.decode(_read("v1_paths.json"), type=tuple[Replaced, ...])


@cache
def v1_paths() -> dict[str, str]:
    """What took each V1 path's place: "POST /api/v2/...", several joined by " or ", empty where nothing did."""
    found: dict[str, list[str]] = {}
    for row in replaced_paths():
        if row.v1_path is not None:
            places = found.setdefault(row.v1_path, [])
            if row.v2_path is not None and (place := f"{row.v2_method} {row.v2_path}") not in places:
                places.append(place)
    return {path: " or ".join(places) for path, places in found.items()}
