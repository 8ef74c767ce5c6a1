"""A small exchange to write journals with: two instruments, two rich traders, and a seeded flow of their orders."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from papertape.contract.internal import Internal, OpenExchange, OpeningAccount, OpeningBalance
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Request
from papertape.contract.spot.trade import CancelSymbolOrders, PlaceOrder, SpotTrade
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds.coins import Chain, Coin
from papertape.engine.funds.ledger import EXCHANGE_UID
from papertape.engine.spot.instruments import SpotInstrument
from papertape.journal.clock import Clock
from papertape.journal.file_log import FileLog
from papertape.journal.folder import DataFolder
from papertape.journal.log import Log, MemoryLog
from papertape.journal.recovery import recover
from papertape.journal.sealing import SealingVault
from papertape.journal.sequencer import Sequencer
from papertape.journal.snapshots import Snapshots
from papertape.operations.registry import Caller

OPENED = 1_700_000_000_000
ALICE, BOB = Caller(1_000_000_001), Caller(1_000_000_002)
MARKETS = {"BTCUSDT": Decimal(40_000), "ETHUSDT": Decimal(2_000)}
Command = tuple[Endpoint[..., Any, Any], Caller, Request]


def opening() -> OpenExchange:
    """The entry that opens the exchange."""
    instruments = [
        SpotInstrument(
            symbol=symbol,
            base=symbol.removesuffix("USDT"),
            quote="USDT",
            price_places=2,
            size_places=4,
            opening_price=price,
            opened=OPENED,
        )
        for symbol, price in MARKETS.items()
    ]
    chains = (Chain(name="TRC20", deposit_confirmations=2),)
    coins = [Coin(name=name, coin_id=place, chains=chains) for place, name in enumerate(("USDT", "BTC", "ETH"), 1)]
    balances = [OpeningBalance(wallet="spot", coin=coin.name, amount=Decimal(100_000_000)) for coin in coins]
    return OpenExchange(
        seed=7,
        coins=[msgspec.to_builtins(coin, str_keys=True, builtin_types=(Decimal,)) for coin in coins],
        instruments=[msgspec.to_builtins(item, builtin_types=(Decimal,)) for item in instruments],
        accounts=[OpeningAccount(uid=caller.uid, balances=balances) for caller in (ALICE, BOB)],
    )


def orders(seed: int) -> Iterator[Command]:
    """Orders that rest, trade, are refused and are cancelled, without end."""
    dice = random.Random(seed)
    while True:
        caller = dice.choice((ALICE, BOB))
        symbol = dice.choice(tuple(MARKETS))
        if dice.random() < 0.01:
            yield SpotTrade.cancel_symbol_order, caller, CancelSymbolOrders(symbol=symbol)
            continue
        price = MARKETS[symbol] * (1 + Decimal(dice.randint(-30, 30)) / 10_000)
        yield (
            SpotTrade.place_order,
            caller,
            PlaceOrder(
                symbol=symbol,
                side=dice.choice(("buy", "sell")),
                order_type="limit",
                force=dice.choice(("gtc", "gtc", "gtc", "ioc", "post_only")),
                price=price,
                size=Decimal(dice.randint(0, 50)) / 100,
            ),
        )


def order(**changes: Any) -> PlaceOrder:
    """One order that rests: a hundredth of a bitcoin for 39,900 USDT."""
    plain = {
        "symbol": "BTCUSDT",
        "side": "buy",
        "order_type": "limit",
        "force": "gtc",
        "price": Decimal("39900"),
        "size": Decimal("0.01"),
    }
    return PlaceOrder(**(plain | changes))


@asynccontextmanager
async def running(log: Log, exchange: Exchange | None = None, clock: Clock | None = None) -> AsyncIterator[Sequencer]:
    """A sequencer at work on the log, opened if it is new."""
    sequencer = Sequencer(exchange or Exchange(), log, clock or Clock("manual", OPENED), SealingVault())
    await sequencer.start()
    try:
        if not sequencer.exchange.sequence:
            await sequencer.submit(Internal.open, Caller(EXCHANGE_UID), opening())
        yield sequencer
    finally:
        await sequencer.stop()
        log.close()


def in_memory() -> Any:
    """A sequencer on an exchange that keeps nothing."""
    return running(MemoryLog())


@asynccontextmanager
async def in_folder(path: Path, clock: Clock | None = None) -> AsyncIterator[Sequencer]:
    """A sequencer on an exchange in a folder, recovered from what is there."""
    folder = DataFolder(path)
    log = FileLog(folder.journal)
    exchange, _ = recover(log, Snapshots(folder.snapshots), log.last_sequence)
    async with running(log, exchange, clock) as sequencer:
        yield sequencer


async def trade(sequencer: Sequencer, count: int, seed: int = 1, together: int = 50) -> None:
    """Sends orders, so many at once; refusals are part of the flow."""
    flow = orders(seed)
    while count > 0:
        waiting = [sequencer.submit(*next(flow)) for _ in range(min(together, count))]
        count -= len(waiting)
        for outcome in await asyncio.gather(*waiting, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, Rejected):
                raise outcome
