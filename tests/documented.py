"""Replies beside the documentation's facts: whether a reply really carries every documented field, as its type.

``tests/contract/data/documented.json`` holds the facts; here they are held against a reply made from real state.
Where the documentation contradicts itself and we knowingly send something else, a table says so and why.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from papertape.contract.protocol.wire import encode

FACTS = json.loads((Path(__file__).parent / "contract" / "data" / "documented.json").read_text("utf-8"))
FIELDS: dict[str, list[list[Any]]] = {fact["path"]: fact["fields"] for fact in FACTS}
TYPES: dict[str, type] = {
    "String": str, "Boolean": bool, "Integer": int, "Object": dict,
    "Array": list, "List<String>": list, "List<Object>": list,
}  # fmt: skip

Field = tuple[str, str]
NUMBER = (int, float)
IN_THE_EXAMPLE = "the example has another type than the table, and real clients read the example's"
FEE_TEXT = {
    "newFees": dict, "newFees.c": NUMBER, "newFees.d": NUMBER, "newFees.r": NUMBER, "newFees.t": NUMBER,
    "newFees.deduction": bool, "newFees.totalDeductionFee": NUMBER, "BGB": dict, "BGB.deduction": bool,
    "BGB.totalDeductionFee": NUMBER, "BGB.totalFee": NUMBER,
}  # fmt: skip
ORDERS = ("/api/v2/spot/trade/orderInfo", "/api/v2/spot/trade/history-orders")

OTHERWISE: dict[Field, tuple[Any, str]] = {
    ("/api/v2/spot/public/coins", "[].transfer"): (str, IN_THE_EXAMPLE),
    ("/api/v2/spot/public/coins", "[].chains[].needTag"): (str, IN_THE_EXAMPLE),
    ("/api/v2/spot/public/coins", "[].chains[].withdrawable"): (str, IN_THE_EXAMPLE),
    ("/api/v2/spot/public/coins", "[].chains[].rechargeable"): (str, IN_THE_EXAMPLE),
    ("/api/v2/spot/market/vip-fee-rate", "[].level"): (int, IN_THE_EXAMPLE),
    ("/api/v2/spot/trade/plan-sub-order", "[].orderId"): (str, IN_THE_EXAMPLE),
    ("/api/v2/spot/account/subaccount-assets", "[].id"): (int, IN_THE_EXAMPLE),
    ("/api/v2/spot/account/subaccount-assets", "[].userId"): (int, IN_THE_EXAMPLE),
    ("/api/v2/p2p/advList", "advList[].userLimitList"): (dict, IN_THE_EXAMPLE),
} | {
    (path, f"[].feeDetail.{name}"): (kind, "JSON inside a text; the table calls all of it texts, the example does not")
    for path in ORDERS
    for name, kind in FEE_TEXT.items()
}
"""Fields that are sent as another type than the table says."""

NOT_IN_EVERY_ROW: dict[Field, str] = {
    ("/api/v2/spot/public/coins", "[].chains[].contractAddress"): "null for a chain's own coin",
    ("/api/v2/spot/trade/batch-cancel-replace-order", "[].clientOid"): "null where none was sent, as in the example",
    ("/api/v2/spot/trade/batch-cancel-replace-order", "[].msg"): "null on success",
} | {
    ("/api/v2/spot/trade/history-orders", f"[].feeDetail.{name}"): "an order that never traded has paid no fee"
    for name in (*FEE_TEXT, "BGB.feeCoinCode")
}
"""Fields that some rows have and others lack."""

NEVER: dict[Field, str] = {
    ("/api/v2/spot/market/auction", name): "nothing is auctioned: every instrument trades from the start"
    for name in ("stage", "stageEndTime", "estOpeningPrice", "matchedVolume", "auctionEndTime")
} | {
    ("/api/v2/spot/trade/cancel-replace-order", "msg"): "null on success, as in the example",
    ("/api/v2/spot/trade/unfilled-orders", "[].triggerPrice"): "null unless tpslType=tpsl is asked for",
    ("/api/v2/spot/trade/history-orders", "[].triggerPrice"): "null unless tpslType=tpsl is asked for",
    ("/api/v2/spot/market/support-symbols", "futureList"): "no futures are listed yet",
    ("/api/v2/spot/trade/batch-cancel-plan-order", "failureList"): "cancelling by symbol fails for none",
    ("/api/v2/spot/trade/batch-cancel-plan-order", "failureList[].orderId"): "cancelling by symbol fails for none",
    ("/api/v2/spot/trade/batch-cancel-plan-order", "failureList[].clientOid"): "cancelling by symbol fails for none",
    ("/api/v2/spot/trade/batch-cancel-plan-order", "failureList[].errorMsg"): "cancelling by symbol fails for none",
}
"""Fields without a value in the answer to the documented request."""


def departures(path: str, reply: Any) -> list[str]:
    """The documented fields of the endpoint that the reply lacks or has another type for; lists must hold something.

    ``reply`` is a typed one, or plain JSON as it came over the wire.
    """
    sent = json.loads(encode(reply))
    found = []
    for name, documented, *_ in FIELDS[path]:
        kind = OTHERWISE[path, name][0] if (path, name) in OTHERWISE else TYPES[documented]
        values = _at(sent, re.findall(r"\[\d*\]|[^.\[\]]+", name))
        if (path, name) in NEVER:
            found += [f"{name}: {value!r}, though never" for value in values if value not in (None, [])]
            continue
        if (path, name) in NOT_IN_EVERY_ROW and any(isinstance(value, kind) for value in values):
            values = [value for value in values if value is not None]
        found += [f"{name}: {value!r}" for value in values if value == [] or not _is(value, kind)]
    return found


def _is(value: Any, kind: Any) -> bool:
    """Whether the value is of the kind; a truth value is no number here."""
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _at(value: Any, steps: list[str]) -> list[Any]:
    """All values at a path like ``[].coin`` or ``[][0]``, in JSON texts too; None for what is missing."""
    if not steps:
        return [value]
    step, *rest = steps
    if isinstance(value, str):
        value = json.loads(value or "null")
    if step == "[]":
        return [found for item in value or [None] for found in _at(item, rest)]
    if isinstance(value, list):
        return _at(value[int(step[1:-1])], rest)
    return _at(value.get(step), rest) if isinstance(value, dict) else [None]
