"""200 clients at once: quoting, converting, trading, transferring, opening sub-accounts; no money is made or lost."""

from __future__ import annotations

import asyncio
import random
import string
from collections import Counter
from decimal import Decimal

from papertape import AsyncClient, BitgetError
from papertape.config import Config
from papertape.engine.audit import audit
from papertape.runtime.local_exchange import LocalExchange
from papertape.sdk.environment import at

CLIENTS = 200
ROUNDS = 3
LOOPBACK = ["127.0.0.1"]
FUNDS = {"USDT": Decimal(20_000), "BTC": Decimal(1), "ETH": Decimal(5), "BGB": Decimal(100)}


class Visitor:
    """One client with an account of its own, who does one of everything in an order of its own."""

    def __init__(self, client: AsyncClient, number: int) -> None:
        self.client, self.dice = client, random.Random(number)
        self.alias = "".join(self.dice.choice(string.ascii_lowercase) for _ in range(8))
        self.done: Counter[str] = Counter()

    async def visit(self) -> None:
        """Some rounds; what the exchange refuses is counted by its code."""
        for _ in range(ROUNDS):
            actions = [self.trade, self.convert, self.transfer, self.open_sub_account, self.cancel_all]
            self.dice.shuffle(actions)
            for action in actions:
                try:
                    await action()
                except BitgetError as refusal:
                    self.done[f"{action.__name__} {refusal.code}"] += 1
                else:
                    self.done[action.__name__] += 1

    async def trade(self) -> None:
        side = self.dice.choice(("buy", "sell"))
        size = Decimal(50) if side == "buy" else Decimal("0.001")
        await self.client.spot.trade.place_order(
            symbol="BTCUSDT", side=side, order_type="market", force="gtc", size=size
        )
        await self.client.spot.trade.place_order(
            symbol="ETHUSDT", side="sell", order_type="limit", force="gtc", price=Decimal(5000), size=Decimal("0.01")
        )

    async def cancel_all(self) -> None:
        await self.client.spot.trade.cancel_symbol_order(symbol="ETHUSDT")

    async def convert(self) -> None:
        quote = await self.client.convert.quoted_price(from_coin="USDT", to_coin="BTC", from_coin_size=Decimal(20))
        await self.client.convert.trade(
            from_coin="USDT",
            to_coin="BTC",
            from_coin_size=quote.from_coin_size,
            to_coin_size=quote.to_coin_size,
            price=quote.price,
            trace_id=quote.trace_id,
        )

    async def transfer(self) -> None:
        there, back = self.dice.sample(("spot", "p2p", "usdt_futures"), 2)
        await self.client.spot.wallet.transfer(from_type=there, to_type=back, amount=Decimal(10), coin="USDT")

    async def open_sub_account(self) -> None:
        made = await self.client.subaccounts.create(aliases=[self.alias])
        for account in made.successes:
            await self.client.spot.wallet.subaccount_transfer(
                from_type="spot",
                to_type="spot",
                amount=Decimal(5),
                coin="USDT",
                from_user_id=str(self.uid),
                to_user_id=account.uid,
            )

    uid = 0


async def open_account(control: AsyncClient, url: str, number: int) -> Visitor:
    """A funded account with a key bound to this machine."""
    user = await control.control.create_user(name=f"visitor {number}")
    key = await control.control.create_key(uid=user.uid, ips=LOOPBACK)
    for coin, amount in FUNDS.items():
        await control.control.fund(uid=user.uid, coin=coin, amount=amount)
    client = AsyncClient(at(url), key=key.key, secret=str(key.secret), passphrase=str(key.passphrase))
    visitor = Visitor(client, number)
    visitor.uid = user.uid
    return visitor


async def audit_all_along(exchange: LocalExchange, stop: asyncio.Event) -> int:
    """Audits again and again while the visitors are at it; how often."""
    rounds = 0
    while not stop.is_set():
        assert audit(exchange.sequencer.exchange) == []
        rounds += 1
        await asyncio.sleep(0.1)
    return rounds


async def test_a_crowd_of_clients_leaves_the_ledger_whole() -> None:
    config = Config(data=":memory:", port=0, ws_port=0, limits="off", market="simulated")
    async with LocalExchange(config) as exchange, AsyncClient(at(exchange.url)) as control:
        visitors = await asyncio.gather(*(open_account(control, exchange.url, number) for number in range(CLIENTS)))
        stop = asyncio.Event()
        auditing = asyncio.create_task(audit_all_along(exchange, stop))
        try:
            await asyncio.gather(*(visitor.visit() for visitor in visitors))
        finally:
            stop.set()
            await asyncio.gather(*(visitor.client.close() for visitor in visitors))
        assert await auditing > 1
        done = sum((visitor.done for visitor in visitors), Counter[str]())
        assert audit(exchange.sequencer.exchange) == []
    assert {"trade", "convert", "transfer", "cancel_all", "open_sub_account"} <= set(done), done
    assert done["trade"] > CLIENTS
    assert done["convert"] > CLIENTS
    unexpected = [name for name in done if " " in name and name.split()[1] not in ("43012", "12021", "12014", "40060")]
    assert unexpected == [], done
