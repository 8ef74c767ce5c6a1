"""Which spot calls must not be made twice, and how each is found again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from papertape.contract.spot.plan import SpotPlan
from papertape.contract.spot.trade import SpotTrade
from papertape.contract.spot.wallet import SpotWallet
from papertape.sdk.recovery.course import REPEATED, Recovery
from papertape.sdk.recovery.spot.funds import SubaccountTransferRecovery, TransferRecovery, WithdrawalRecovery
from papertape.sdk.recovery.spot.orders import (
    REPLACED,
    BatchCancelRecovery,
    BatchOrdersRecovery,
    BatchReplaceRecovery,
    CancelOrderRecovery,
    PlaceOrderRecovery,
)
from papertape.sdk.recovery.spot.triggers import CancelPlanOrderRecovery, PlacePlanOrderRecovery

SPOT_RECOVERIES: Mapping[str, Recovery[Any, Any]] = {
    SpotTrade.place_order.path: PlaceOrderRecovery(),
    SpotTrade.batch_orders.path: BatchOrdersRecovery(),
    SpotTrade.cancel_order.path: CancelOrderRecovery(),
    SpotTrade.batch_cancel_order.path: BatchCancelRecovery(),
    SpotTrade.cancel_symbol_order.path: REPEATED,
    SpotTrade.cancel_replace_order.path: REPLACED,
    SpotTrade.batch_cancel_replace_order.path: BatchReplaceRecovery(),
    SpotPlan.place_plan_order.path: PlacePlanOrderRecovery(),
    SpotPlan.modify_plan_order.path: REPEATED,
    SpotPlan.cancel_plan_order.path: CancelPlanOrderRecovery(),
    SpotPlan.batch_cancel_plan_orders.path: REPEATED,
    SpotWallet.transfer.path: TransferRecovery(),
    SpotWallet.subaccount_transfer.path: SubaccountTransferRecovery(),
    SpotWallet.withdraw.path: WithdrawalRecovery(),
}
"""By the endpoint's path."""
