"""Words that more than one product area uses.

A request's field is a ``Literal``; a reply's field is a ``...Word``: a string with its documented values,
so that a value documented later does not break the client. Source: the documentation's enumerations.
"""

from __future__ import annotations

from typing import Annotated, Literal

from papertape.contract.protocol.wire import EXACT, also, words

Side = Literal["buy", "sell"]
OrderType = Literal["limit", "market"]
Force = Literal["gtc", "ioc", "fok", "post_only"]
SelfTradePrevention = Literal["none", "cancel_taker", "cancel_maker", "cancel_both"]
TpslType = Literal["normal", "tpsl"]
BatchMode = Literal["single", "multiple"]
PlanType = Literal["amount", "total"]
TriggerType = Annotated[Literal["fill_price", "mark_price"], also(market_price="mark_price")]
"""``market_price`` is the word of V1 and of a request example of V2."""

WalletType = Annotated[
    Literal["spot", "p2p", "coin_futures", "usdt_futures", "usdc_futures", "crossed_margin", "isolated_margin"],
    also(exchange="spot", mix_usdt="usdt_futures", mix_usd="coin_futures", mix_usdc="usdc_futures"),
]
"""``exchange`` is in a request example of V2; it and the ``mix`` words are V1's."""

TransferRole = Literal["initiator", "receiver"]
AssetType = Literal["hold_only", "all"]
Switch = Literal["on", "off"]
BusinessLine = Literal["mix", "spot", "margin"]
DepositAccount = Literal["spot", "funding", "coin-futures", "usdt-futures", "usdc-futures"]
TransferKind = Literal["on_chain", "internal_transfer"]
ReceiverKind = Literal["email", "mobile", "uid"]
MergeScale = Literal["scale0", "scale1", "scale2", "scale3"]
MergeStep = Literal["step0", "step1", "step2", "step3", "step4", "step5"]
Granularity = Annotated[
    Literal["1min", "3min", "5min", "15min", "30min", "1h", "4h", "6h", "12h", "1day", "3day", "1week", "1M",
        "6Hutc", "12Hutc", "1Dutc", "3Dutc", "1Wutc", "1Mutc",
    ],
    EXACT,
]  # fmt: skip
ProductType = Literal[
    "USDT-FUTURES", "COIN-FUTURES", "USDC-FUTURES", "SUSDT-FUTURES", "SCOIN-FUTURES", "SUSDC-FUTURES"
]  # fmt: skip
BillGroup = Literal[
    "deposit", "withdraw", "transaction", "transfer", "loan", "financial", "fait", "convert", "c2c", "pre_c2c",
    "on_chain", "strategy", "other",
]  # fmt: skip
BillBusiness = Literal[
    "DEPOSIT", "WITHDRAW", "BUY", "SELL", "DEDUCTION_HANDLING_FEE", "TRANSFER_IN", "TRANSFER_OUT", "REBATE_REWARDS",
    "AIRDROP_REWARDS", "USDT_CONTRACT_REWARDS", "MIX_CONTRACT_REWARDS", "SYSTEM_LOCK", "USER_LOCK",
    "STRATEGY_TRANSFER_IN", "STRATEGY_TRANSFER_OUT", "EXCHANGE_IN", "EXCHANGE_OUT",
]  # fmt: skip

SideWord = Annotated[str, words("buy", "sell")]
OrderTypeWord = Annotated[str, words("limit", "market")]
TpslTypeWord = Annotated[str, words("normal", "tpsl")]
OrderStatusWord = Annotated[str, words("live", "partially_filled", "filled", "cancelled")]
EntryPointWord = Annotated[str, words("WEB", "APP", "API", "SYS", "ANDROID", "IOS")]
OrderSourceWord = Annotated[
    str,
    words(
        "normal", "market", "spot_trader_buy", "spot_follower_buy", "spot_trader_sell", "spot_follower_sell",
        "strategy_oco_limit",
    ),
]  # fmt: skip
CancelReasonWord = Annotated[str, words("normal_cancel", "stp_cancel")]
TradeScopeWord = Annotated[str, words("taker", "maker")]
YesNoWord = Annotated[str, words("yes", "no")]
TrueFalseWord = Annotated[str, words("true", "false")]
OutcomeWord = Annotated[str, words("success", "failure")]
PlanTypeWord = Annotated[str, words("amount", "total")]
TriggerTypeWord = Annotated[str, words("fill_price", "mark_price")]
WalletTypeWord = Annotated[
    str,
    words("spot", "p2p", "coin_futures", "usdt_futures", "usdc_futures", "crossed_margin", "isolated_margin"),
]
TransferStatusWord = Annotated[str, words("Successful", "Failed", "Processing")]
ChainStatusWord = Annotated[str, words("pending", "fail", "success")]
DestinationWord = Annotated[str, words("on_chain", "internal_transfer")]
