"""Tells what changes in the parameters from a V1 endpoint to its V2 endpoint.

``parameters.json`` holds names only: V2's of the catalogue, required ones with a star; V1's as far as public clients
of V1 show them, and of the remaining V2 endpoints those that page by number. Where V1's are not known, the parameters
that V2 takes are told instead.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from papertape.migration.places import V1Path, V2Endpoint
from papertape.migration.words import PAGES

RENAMED = {
    "quantity": ("size",),
    "clientOrderId": ("clientOid",),
    "force": ("force",),
    "timeInForceValue": ("force",),
    "timeInForce": ("force",),
    "baseQuantity": ("baseSize",),
    "quoteAmount": ("quoteSize",),
    "period": ("granularity",),
    "pageSize": ("limit",),
    "lastEndId": ("idLessThan",),
    "tradeId": ("idLessThan",),
    "after": ("idLessThan", "startTime"),
    "before": ("endTime",),
    "coinId": ("coin",),
    "bizType": ("businessType",),
    "orderIds": ("orderIdList", "orderList"),
    "clientOids": ("orderIdList", "orderList"),
    "orderDataList": ("orderList",),
    "presetTakeProfitPrice": ("presetStopSurplusPrice", "stopSurplusTriggerPrice", "newPresetStopSurplusPrice",
                              "newStopSurplusTriggerPrice"),
    "presetStopLossPrice": ("presetStopLossPrice", "stopLossTriggerPrice", "newPresetStopLossPrice",
                            "newStopLossTriggerPrice"),
    "stopProfitPrice": ("stopSurplusPrice",),
    "rangeRate": ("callbackRatio",),
    "executePrice": ("executePrice", "price", "newPrice"),
    "triggerPrice": ("triggerPrice", "newTriggerPrice"),
    "triggerType": ("triggerType", "newTriggerType"),
    "size": ("size", "newSize"),
    "price": ("price", "newPrice"),
    "holdMode": ("posMode",),
    "amount": ("amount", "size"),
    "toUid": ("address",),
    "trackingNo": ("trackingNo", "trackingNoList"),
    "subName": ("subaccountName",),
    "subEmail": ("subaccountEmail",),
    "remark": ("remark", "label"),
    "ip": ("ipList",),
    "perm": ("permList",),
    "marginCoin": ("marginCoin", "coin"),
    "pageNo": ("pageNo", "pageNum"),
}  # fmt: skip
"""V1's name and V2's names for it, the likeliest first; each counts only where V2's endpoint has it."""

VALUES = {
    "force": "normal is gtc, postOnly is post_only",
    "posMode": "double_hold is hedge_mode, single_hold is one_way_mode",
    "marginMode": "fixed is isolated",
    "tradeSide": "V1's side is V2's side and tradeSide: open_long is buy and open, close_long buy and close",
    "productType": "umcbl is USDT-FUTURES, dmcbl COIN-FUTURES, cmcbl USDC-FUTURES; with S before them for demo",
    "fromType": "mix_usdt is usdt_futures, mix_usd coin_futures, mix_usdc usdc_futures",
    "planType": "normal_plan for a trigger order, track_plan for a trailing stop, which wants callbackRatio",
    "transferType": "on_chain, or internal_transfer for what withdrawal-inner did",
}
"""Parameters of V2 whose words are others than V1's."""

NOTES = {
    "/api/v2/spot/market/orderbook": "limit is 1, 5, 15, 50 or max (V1: 150 or 200); without it 100",
    "/api/v2/mix/market/merge-depth": "limit is 1, 5, 15, 50 or max (V1: 5, 15, 50, 100); without it 100",
    "/api/v2/spot/wallet/withdrawal": "one endpoint for on-chain and internal withdrawals, told apart by transferType",
    "/api/v2/mix/order/place-plan-order": "one endpoint for trigger orders and trailing stops, told apart by planType",
    "/api/v2/mix/order/click-backhand": "for what V1 sent with reverse true",
}
"""What V2's endpoint does otherwise beside its parameters' names."""

_WINDOWED = "id outranks startTime and endTime, which outrank idLessThan"


class _Names(msgspec.Struct, frozen=True):
    v1: dict[str, str]
    v2: dict[str, str]
    paged: dict[str, str]


@cache
def _names() -> _Names:
    content = resources.files("papertape.migration").joinpath("parameters.json").read_bytes()
    return msgspec.json.decode(content, type=_Names)


@cache
def v1_parameters(path: str) -> tuple[str, ...] | None:
    """Return the names that clients sent to a V1 path, or None if they are not known."""
    names = _names().v1.get(path)
    return tuple(names.split()) if names is not None else None


@cache
def v2_parameters(path: str) -> dict[str, bool]:
    """Return the names that a V2 endpoint takes, and whether each is required."""
    return {name.rstrip("*"): name.endswith("*") for name in _names().v2.get(path, "").split()}


@cache
def changes(row: V1Path, place: V2Endpoint) -> tuple[str, ...]:
    """List what a caller has to change beside the path, one sentence each."""
    taken = v2_parameters(place.path)
    told = [f"{row.method} becomes {place.method}: {_moved(place)}"] if row.method != place.method else []
    sent = v1_parameters(row.path)
    if sent is None:
        told += [f"takes {_listed(taken)}"] if taken else []
    else:
        told += _compared(sent, taken)
    new_words = [f"{name}: {text}" for name, text in VALUES.items() if name in taken and _speaks(name, sent, taken)]
    told += new_words
    if "idLessThan" in taken and (sent is None or "idLessThan" not in sent):
        told.append(f"pages by idLessThan and limit; {_WINDOWED}" if "startTime" in taken else "pages by idLessThan")
    if place.path in NOTES:
        told.append(NOTES[place.path])
    return tuple(told)


def _moved(place: V2Endpoint) -> str:
    return "parameters go in the query" if place.method == "GET" else "parameters go in a JSON body"


def _listed(taken: dict[str, bool]) -> str:
    return ", ".join(name + ("*" if required else "") for name, required in taken.items() if "[]" not in name)


def _compared(sent: tuple[str, ...], taken: dict[str, bool]) -> list[str]:
    """List renamed, dropped and newly required names."""
    targets = {name: _target(name, taken) for name in sent}
    renamed = [f"{name} to {target}" for name, target in targets.items() if target and target != name]
    dropped = [name for name, target in targets.items() if target is None]
    reached = set(targets.values())
    wanted = [name for name, required in taken.items() if required and name not in reached and "[]" not in name]
    told = [f"renamed: {', '.join(renamed)}"] if renamed else []
    told += [f"no longer taken: {', '.join(dropped)}"] if dropped else []
    told += [f"now required: {', '.join(wanted)}"] if wanted else []
    return told


def _target(name: str, taken: dict[str, bool]) -> str | None:
    container, dot, leaf = name.rpartition("[].")
    if dot:
        inside = {"orderDataList": "orderList"}.get(container, container) + "[]."
        fields = {other.removeprefix(inside): True for other in taken if other.startswith(inside)}
        target = _target(leaf, fields)
        return inside + target if target else None
    if name == "before" and "idLessThan" in taken:
        return None
    return next((other for other in (*RENAMED.get(name, ()), name) if other in taken), None)


def _speaks(name: str, sent: tuple[str, ...] | None, taken: dict[str, bool]) -> bool:
    """Determine whether V1's endpoint had this parameter with other words, or under another name."""
    if name == "transferType":
        return "address" in taken
    if sent is None:
        return True
    origins = {"tradeSide": ("side",), "planType": ("triggerPrice", "rangeRate")}.get(name, ())
    return any(_target(other, taken) == name or other in origins for other in sent)


def still_paged(path: str) -> frozenset[str]:
    """Return the words of page-number pagination that a V2 endpoint has kept."""
    return frozenset(PAGES) & {*v2_parameters(path), *_names().paged.get(path, "").split()}
