"""An exchange of the packaged instruments with its traders at work, for tests of the market."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import msgspec

from papertape.contract.internal import Internal, OpenExchange, OpeningAccount, OpeningBalance
from papertape.data import load
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds.ledger import EXCHANGE_UID
from papertape.engine.trading.records import TradeRecord
from papertape.journal.apply import Output
from papertape.journal.clock import Clock
from papertape.journal.log import Log, MemoryLog
from papertape.journal.sealing import SealingVault
from papertape.journal.sequencer import Sequencer
from papertape.operations.registry import Caller
from papertape.simulator.p2p import desk_accounts
from papertape.simulator.profiles import opening_values
from papertape.simulator.runner import MarketRunner
from papertape.simulator.traders import trader_accounts

OPENED = 1_764_000_000_000
USER = Caller(1_000_000_001)
BILLIONS = Decimal(10_000_000_000)


def opening(seed: int, file: Path | None = None) -> OpenExchange:
    """The entry that opens the exchange: the traders, and a user with billions of everything."""
    coins, instruments = load(file)
    held = {uid: balances for uid, _, balances in trader_accounts(seed, instruments)}
    desk = [(uid, balances) for uid, _, balances in desk_accounts(coins, opening_values(instruments))]
    held[USER.uid] = tuple((coin.name, BILLIONS) for coin in coins)
    return OpenExchange(
        seed=seed,
        coins=[msgspec.to_builtins(coin) for coin in coins],
        instruments=[msgspec.to_builtins(instrument) for instrument in instruments],
        accounts=[
            OpeningAccount(
                uid=uid,
                balances=[OpeningBalance(wallet=wallet, coin=coin, amount=amount) for coin, amount in balances],
            )
            for wallet, opened in (("spot", held.items()), ("funding", desk))
            for uid, balances in opened
        ],
    )


class Market:
    """A running market, its clock, and its tape: every public trade since it was made."""

    def __init__(self, exchange: Exchange, log: Log, seed: int, mode: str = "manual", file: Path | None = None) -> None:
        self.clock = Clock(mode, max(OPENED, exchange.now))
        self.sequencer = Sequencer(exchange, log, self.clock, SealingVault())
        self.sequencer.add_listener(self._listen)
        self.seed, self.file = seed, file
        self.tape: list[TradeRecord] = []
        self.entries = 0

    @property
    def exchange(self) -> Exchange:
        """The live exchange."""
        return self.sequencer.exchange

    async def start(self) -> None:
        """Starts the sequencer, opens the exchange if it is new, and lets the traders in."""
        await self.sequencer.start()
        if not self.exchange.sequence:
            await self.sequencer.submit(Internal.open, Caller(EXCHANGE_UID), opening(self.seed, self.file))
        self.runner = MarketRunner(self.sequencer, self.clock, self.seed)
        await self.runner.start()

    async def stop(self) -> None:
        """Ends the market, then the sequencer."""
        await self.runner.stop()
        await self.sequencer.stop()

    async def advance(self, milliseconds: int) -> None:
        """Moves the manual clock; every step on the way is done."""
        await self.runner.run_until(self.clock.now() + milliseconds)

    def _listen(self, output: Output) -> None:
        self.entries += 1
        self.tape += [event for event in output.events["live"] if isinstance(event, TradeRecord)]


@asynccontextmanager
async def market(
    seed: int = 1,
    exchange: Exchange | None = None,
    log: Log | None = None,
    mode: str = "manual",
    file: Path | None = None,
) -> AsyncIterator[Market]:
    """A market at work; under the manual clock it moves when it is advanced."""
    made = Market(exchange or Exchange(), log or MemoryLog(), seed, mode, file)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
