"""An account with a history: at least three rows in every list that can be walked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from papertape import Client
from papertape.contract.convert import Convert
from papertape.contract.p2p.desk import P2P
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.public import Public
from papertape.contract.spot.account import SpotAccount
from papertape.contract.spot.market import SpotMarket
from papertape.contract.spot.wallet import SpotWallet
from papertape.contract.tax import Tax

ROWS = 5
CUSTOMER = 1_000_000_002
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SMALL = ("XRP", "DOGE", "ADA", "LTC", "SOL")
ALIASES = ["savingsa", "savingsb", "savingsc", "savingsd", "savingse"]


@dataclass
class BusyAccount:
    """What there is to ask for; ``now`` is a moment after all of it."""

    sub_uid: str
    advertisement: str
    now: int

    def arguments(self, endpoint: Endpoint[..., Any, Any]) -> dict[str, Any]:
        """What the list is asked for: nothing, unless it needs something."""
        window = {"start_time": self.now - 5 * DAY, "end_time": self.now}
        # Candles that are still open change between two looks.
        minutes = {"start_time": self.now - 8 * MINUTE, "end_time": self.now - self.now % MINUTE - 1}
        hour = self.now - self.now % HOUR - 1
        needed: dict[object, dict[str, Any]] = {
            Public.announcements: {"language": "en_US"},
            SpotMarket.candles: {"symbol": "BTCUSDT", "granularity": "1min", **minutes},
            SpotMarket.history_candles: {"symbol": "BTCUSDT", "granularity": "1h", "end_time": hour},
            SpotMarket.fills_history: {"symbol": "BTCUSDT", **window},
            SpotAccount.transfer_records: {"coin": "USDT"},
            SpotWallet.deposit_records: window,
            SpotWallet.withdrawal_records: window,
            SpotWallet.subaccount_deposit_records: {"sub_uid": self.sub_uid},
            Convert.records: window,
            Tax.spot_records: window,
            Tax.p2p_records: window,
            P2P.orders: {**window, "advertisement_number": self.advertisement, "language": "en-US"},
            P2P.advertisements: {**window, "status": "online", "side": "sell", "coin": "USDT", "fiat": "EUR"},
        }
        return needed.get(endpoint, {})


def busy_account(client: Client) -> BusyAccount:
    """Gives the client's account its history."""
    account = client.spot.account.info().user_id
    subaccounts = [row.uid for row in client.subaccounts.create(aliases=ALIASES).successes]
    for number in range(ROWS):
        _trades(client)
        _moves_funds(client, account, subaccounts[number], subaccounts[0])
        _converts(client, SMALL[number])
        client.control.create_announcement(announcement_type="latest_news", title=f"News {number}", text="News")
    advertisement = _deals_in_p2p(client, int(account))
    now = client.control.advance_clock(milliseconds=MINUTE).market_time
    return BusyAccount(subaccounts[0], advertisement, now)


def _trades(client: Client) -> None:
    price = round(client.spot.market.tickers(symbol="BTCUSDT")[0].bid_price * Decimal("0.97"))
    trade = client.spot.trade
    trade.place_order(symbol="BTCUSDT", side="buy", order_type="market", force="gtc", size=Decimal(20))
    trade.place_order(
        symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", size=Decimal("0.001"), price=Decimal(price)
    )
    for waits in (True, False):
        placed = client.spot.plan.place_plan_order(
            symbol="BTCUSDT",
            side="buy",
            trigger_price=Decimal(price // 2),
            order_type="market",
            size=Decimal(20),
            trigger_type="fill_price",
            plan_type="total",
        )
        if not waits:
            client.spot.plan.cancel_plan_order(order_id=placed.order_id)


def _moves_funds(client: Client, account: str, subaccount: str, depositor: str) -> None:
    wallet, coin = client.spot.wallet, "USDT"
    wallet.transfer(from_type="spot", to_type="p2p", amount=Decimal(1), coin=coin)
    wallet.subaccount_transfer(
        from_type="spot", to_type="spot", amount=Decimal(2), coin=coin, from_user_id=account, to_user_id=subaccount
    )
    wallet.withdraw(coin=coin, transfer_type="internal_transfer", address=str(CUSTOMER), size=Decimal(10))
    for uid in (account, depositor):
        client.control.fund(uid=int(uid), coin=coin, amount=Decimal(3))


def _converts(client: Client, coin: str) -> None:
    asked = client.convert.quoted_price(from_coin="USDT", to_coin=coin, from_coin_size=Decimal(5))
    client.convert.trade(
        from_coin=asked.from_coin,
        from_coin_size=asked.from_coin_size,
        to_coin=asked.to_coin,
        to_coin_size=asked.to_coin_size,
        price=asked.price,
        trace_id=asked.trace_id,
    )
    client.convert.convert_small_balances(coin_list=[coin])


def _deals_in_p2p(client: Client, uid: int) -> str:
    desk = client.control.p2p
    desk.identify(uid=uid, real_name="Dora Diaz", country="ES", email="dora@example.com")
    desk.set_payment_account(uid=uid, payment_id="15", details=["ES9121000418450200051332", "CAIXESBB"])
    desk.register_merchant(uid=uid, nick_name="dora")
    client.control.fund(uid=uid, coin="USDT", amount=Decimal(500), wallet="p2p")
    numbers = [
        desk.post_advertisement(
            uid=uid,
            side="sell",
            coin="USDT",
            fiat="EUR",
            price=Decimal("0.93"),
            size=Decimal(100),
            min_trade_amount=Decimal(1),
            payment_ids=["15"],
        ).adv_no
        for _ in range(ROWS)
    ]
    for _ in range(ROWS):
        order = desk.place_order(uid=CUSTOMER, adv_no=numbers[0], amount=Decimal(5))
        desk.pay(order_no=order.order_no)
        desk.release(order_no=order.order_no)
    return numbers[0]
