"""The lists that can be exported, each with the arguments that it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from papertape.contract.convert import Convert
from papertape.contract.protocol.listing import ListEndpoint, Listing
from papertape.contract.spot.account import SpotAccount
from papertape.contract.spot.trade import SpotTrade
from papertape.contract.spot.wallet import SpotWallet
from papertape.contract.tax import Tax

if TYPE_CHECKING:
    from papertape.sdk.rest.client import Client


FILTERS = ("symbol", "coin")


class Exportable(msgspec.Struct, frozen=True, kw_only=True):
    """A list that can be exported: its row's model, the client's method, how many days it answers at once.

    ``time`` is the field of a row that its windows are about. ``takes`` are its filters, ``needs`` those that it cannot
    do without.
    """

    item: type[Any]
    of: Callable[[Client], Listing[..., Any, Any]]
    days: int
    time: str
    takes: frozenset[str]
    needs: frozenset[str]


def _list(
    endpoint: ListEndpoint[..., Any, Any, Any], of: Callable[[Client], Listing[..., Any, Any]], time: str = "created"
) -> Exportable:
    request: Any = endpoint.request
    fields = [field for field in msgspec.structs.fields(request) if field.name in FILTERS]
    assert endpoint.pages.days is not None, f"{endpoint.path} has no windows"
    return Exportable(
        item=endpoint.item, of=of, days=endpoint.pages.days, time=time,
        takes=frozenset(field.name for field in fields),
        needs=frozenset(field.name for field in fields if field.required),
    )  # fmt: skip


LISTS: dict[str, Exportable] = {
    "tax": _list(Tax.spot_records, lambda client: client.tax.spot_records, "time"),
    "tax-p2p": _list(Tax.p2p_records, lambda client: client.tax.p2p_records, "time"),
    "fills": _list(SpotTrade.fills, lambda client: client.spot.trade.fills),
    "orders": _list(SpotTrade.history_orders, lambda client: client.spot.trade.history_orders),
    "bills": _list(SpotAccount.bills, lambda client: client.spot.account.bills),
    "deposits": _list(SpotWallet.deposit_records, lambda client: client.spot.wallet.deposit_records),
    "withdrawals": _list(SpotWallet.withdrawal_records, lambda client: client.spot.wallet.withdrawal_records),
    "transfers": _list(SpotAccount.transfer_records, lambda client: client.spot.account.transfer_records, "time"),
    "conversions": _list(Convert.records, lambda client: client.convert.records, "time"),
}
