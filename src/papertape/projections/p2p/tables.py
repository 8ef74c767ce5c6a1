"""Tables of what happens on the P2P desk."""

from __future__ import annotations

from typing import Any

from papertape.engine.p2p.records import AdvertisementRecord, P2POrderRecord
from papertape.projections.tables.table import Table


def paid_by(payment_id: str) -> str:
    """That one of an advertisement's payment methods, which are joined by commas, is this one."""
    assert payment_id.isdecimal(), "a payment method's id is a number"
    return f"',' || payment_ids || ',' LIKE '%,{payment_id},%'"


ADVERTISEMENTS = Table(
    "p2p_advertisements",
    AdvertisementRecord,
    ("advertisement_id",),
    indexes=(("uid", "advertisement_id"),),
    versioned=True,
    kept=lambda advertisement: advertisement.status == "completed",
    filters={"payment_id": paid_by},
)
P2P_ORDERS = Table(
    "p2p_orders",
    P2POrderRecord,
    ("order_id",),
    indexes=(
        ("merchant_uid", "advertisement_id", "order_id"),
        ("customer_uid", "advertisement_id", "order_id"),
    ),
    kept=lambda order: order.status in ("completed", "cancelled"),
)

TABLES: tuple[Table[Any], ...] = (ADVERTISEMENTS, P2P_ORDERS)
