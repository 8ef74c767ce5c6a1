"""Transaction records for tax returns: the lines of the spot and the funding wallet.

Source: documentation, "Common / Tax". Futures and margin records are served once those accounts trade.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from papertape.contract.protocol.declaring import signed_list
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.paging import Paging
from papertape.contract.protocol.wire import Amount, Reply, Request, Timestamp, words

SPOT_TAX_TYPES = (
    "Deposit", "Withdrawal", "User fees", "Fiat withdrawal success - Deduct", "Sell", "Buy", "Transaction fee deduct",
    "Strategic purchase-user accounts", "Subscribe to trader-user accounts", "System charges fees",
    "Strategic refund-User account", "Subscription fee refund-user account", "Strategic Income-Traders' accounts",
    "Crypto Voucher Distribution", "Copy Trade expense", "Judicial recall", "Copy Trade profit",
    "Refund Copy Trade commission", "Buy Crypto", "Deduction of judicial recall", "Buy with card", "Airdrop Reward-B",
    "Decrease due to ETF settlement", "Increase due to ETF settlement", "System lock-up", "User lock-up",
    "Trading fee rebate", "Manage background lock positions", "Automatic deposit", "Automatic withdrawal",
    "Deposit from strategy account", "Withdraw to strategy account", "Lotto rewards", "User contract trial fund",
    "User contract simulation fund", "Delegate", "Undelegate", "Rebate rewards", "Consumption", "Gains",
    "Unlock locked order", "Deduction", "Return", "Release", "Repayment", "Forced liquidation return",
    "The locked order is returned to the system", "Failed", "Withdrawal frozen", "Mirror fund", "Supplement fund",
    "Reduce fund", "Settlement out", "Withdrawal unfreeze", "Ordinary Withdrawal", "Fast withdrawal fee",
    "Airdrop Reward-A", "Subscribe", "Interest", "Penalty", "Redemption", "Activity fund(USDT-Ⓜ)", "Activity fund",
    "Activity fund(Coin-Ⓜ)", "Increase exchange rate", "Reduce exchange rate", "Transfer in", "Activity issuance",
    "Transfer out", "Super account", "Exchange spending", "Exchange income", "Sent", "Received",
    "MegaSwap Transfer in", "MegaSwap Transfer out", "Channel referral rewards", "System account", "Sell Crypto",
    "Fiat deposit",
)  # fmt: skip
"""Every documented type of a spot record; they are display names, with their spaces."""


class ListTaxRecords(Request):
    """Records of one coin or of all, newest first: a window of at most 30 days, 500 rows unless told, at most 500."""

    start_time: int
    end_time: int
    coin: str | None = None
    limit: int | None = None
    id_less_than: str | None = None


class SpotTaxRecord(Reply):
    """A change of the spot wallet by ``amount + fee``, both signed; ``balance`` is the wallet's total after it.

    ``order_id`` (later pages only) is the order, transfer, deposit or withdrawal that caused it.
    """

    id: str
    coin: str
    tax_type: Annotated[str, words(*SPOT_TAX_TYPES)] = msgspec.field(name="spotTaxType")
    amount: Amount
    fee: Amount
    balance: Amount
    time: Timestamp = msgspec.field(name="ts")
    order_id: str = msgspec.field(name="bizOrderId")


class P2pTaxRecord(Reply):
    """A change of the funding wallet by ``total``, signed, fee included; ``balance`` (later pages) is after it."""

    id: str
    coin: str
    tax_type: Annotated[str, words("transfer_in", "transfer_out", "sell", "buy")] = msgspec.field(name="p2pTaxType")
    total: Amount
    balance: Amount
    time: Timestamp = msgspec.field(name="ts")


class Tax(Group[T]):
    """Transaction records for tax returns."""

    spot_records = signed_list(
        "/api/v2/tax/spot-record",
        ListTaxRecords,
        list[SpotTaxRecord],
        "List the spot wallet's tax records.",
        "read",
        Limit(1, "uid"),
        item=SpotTaxRecord,
        pages=Paging(key="id", largest=500, days=30),
    )
    p2p_records = signed_list(
        "/api/v2/tax/p2p-record",
        ListTaxRecords,
        list[P2pTaxRecord],
        "List the funding wallet's tax records.",
        "read",
        Limit(1, "uid"),
        item=P2pTaxRecord,
        pages=Paging(key="id", largest=500, days=30),
    )
