"""An exchange in the hands of strangers: any command in any order, and every promise checked after each.

Commands go the way of the journal, from JSON to ``apply``, and are kept, so that a flow can be replayed.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from papertape.contract.catalog import BY_PATH
from papertape.contract.control.p2p import P2PControl, PostAdvertisement, RegisterMerchant
from papertape.contract.internal import Internal, MarketActions, OpeningAccount, OpeningBalance
from papertape.contract.protocol.decoding import Decoder
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.enums import Force, OrderType, Side
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Nothing, Request
from papertape.contract.spot.plan import SpotPlan
from papertape.contract.spot.trade import SpotTrade
from papertape.engine.audit import audit
from papertape.engine.convert.quotes import Quotes
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import divide_down, down, use_money_context
from papertape.engine.funds.pending import Pending
from papertape.engine.p2p.desk import Desk
from papertape.engine.spot.markets import spot_markets
from papertape.engine.state import digest, dump, load
from papertape.gateway.replies import Replies
from papertape.journal.apply import Output, apply
from papertape.journal.entry import Entry
from papertape.journal.sealing import SealingVault
from papertape.journal.sequencer import encode_request
from papertape.operations.registry import OPERATIONS, Caller
from tests.bank import ALICE, BOB, LOOPBACK, OPENED, SAVINGS, balances, opening
from tests.fuzzing.bookkeeper import Bookkeeper
from tests.fuzzing.guesses import Pick, Scene, guess

AnyEndpoint = Endpoint[..., Any, Any]

MAKER = 1001
"""One of the market's own traders."""
HOLDINGS = "100000 USDT, 10 BTC, 5000 BGB, 50 ETH, 5000 XRP, 5000 USDC, 3 ADA"
OPERATOR = Caller(0)
PASSPHRASE = "passphrase1"
VAULT = SealingVault(bytes(32))
REPLIES = Replies(VAULT)

SERVED = [BY_PATH[path] for path in OPERATIONS if path not in (Internal.open.path, Internal.tick.path)]
COMMANDS = [endpoint for endpoint in SERVED if OPERATIONS[endpoint.path].kind == "command"]
QUERIES = [endpoint for endpoint in SERVED if OPERATIONS[endpoint.path].kind == "query"]
OFTEN = [Internal.market_actions] * 8 + [SpotTrade.place_order] * 16
OFTEN += [SpotTrade.batch_orders, SpotPlan.place_plan_order] * 4
THINGS: dict[str, Callable[[Exchange], Any]] = {
    "withdraw": lambda exchange: exchange.part(Pending).withdrawals,
    "deposits/": lambda exchange: exchange.part(Pending).deposits,
    "plan-order": lambda exchange: exchange.triggers.by_id,
    "convert/trade": lambda exchange: exchange.part(Quotes).by_id,
    "p2p/advertisements/": lambda exchange: exchange.part(Desk).advertisements,
    "p2p/orders/place": lambda exchange: exchange.part(Desk).advertisements,
    "p2p/orders/": lambda exchange: exchange.part(Desk).orders,
    "announcements/": lambda exchange: exchange.announcements,
    "virtual-subaccount": lambda exchange: any(account.virtual for account in exchange.accounts.values()),
}
"""What can be under way, by the word that the paths of what can be done with it have in common."""
WAITS = (1, 1_000, 1_000, 1_000, 60_000, 60_000, 3_600_000, 90_000_000)
MERCHANTS: tuple[tuple[int, Side], ...] = ((ALICE, "sell"), (BOB, "buy"))
SIDES: tuple[tuple[Side, int], ...] = (("buy", -1), ("sell", 1))
DECODERS = {endpoint.path: Decoder(endpoint.request) for endpoint in SERVED if endpoint.access != "internal"}
CALLERS = {
    "signed": [Caller(ALICE, "alice-key", LOOPBACK), Caller(BOB, "bob-key"), Caller(SAVINGS, "savings-key", LOOPBACK)],
    "public": [OPERATOR],
    "control": [OPERATOR],
    "internal": [Caller(MAKER)],
}


class Strangers:
    """An exchange just opened, all that was asked of it, and what its records add up to."""

    def __init__(self) -> None:
        use_money_context()
        self.exchange, self.now = Exchange(), OPENED
        self.entries: list[Entry] = []
        self.bookkeeper = Bookkeeper()
        request = opening(alice=HOLDINGS, bob=HOLDINGS, savings=HOLDINGS)
        for account in request.accounts:
            account.keys[:] = [replace(key, passphrase=VAULT.seal(PASSPHRASE)) for key in account.keys]
            account.balances.append(OpeningBalance(wallet="funding", coin="USDT", amount=Decimal(10_000)))
        request.accounts.append(OpeningAccount(uid=MAKER, balances=balances(HOLDINGS)))
        self.take(Internal.open, OPERATOR, request)
        for symbol in ("BTCUSDT", "BGBUSDT", "ETHBTC", "ADAUSDT"):
            self.take(Internal.market_actions, Caller(MAKER), self._ladder(symbol))
        for uid, side in MERCHANTS:
            self.take(P2PControl.register_merchant, OPERATOR, RegisterMerchant(uid=uid, nick_name=str(uid)))
            self.take(P2PControl.post_advertisement, OPERATOR, _advertisement(uid, side))

    def anything(self, pick: Pick) -> None:
        """Does something: mostly a command, now and then a question, a wait or a restart."""
        dice = pick(range(20))
        if dice < 2:
            self.ask(pick(QUERIES), pick)
        elif dice == 2:
            self.wait(pick(WAITS))
        elif dice == 3 and not pick(range(4)):
            self.restart()
        elif dice < 8:
            self.follow(pick)
        else:
            self.command(pick(COMMANDS * 2 + OFTEN), pick)

    def follow(self, pick: Pick) -> None:
        """Goes on with something that is under way, if anything is."""
        under_way = [word for word, things in THINGS.items() if things(self.exchange)]
        endpoints = [endpoint for endpoint in COMMANDS if any(word in endpoint.path for word in under_way)]
        if endpoints:
            self.command(pick(endpoints), pick)

    def command(self, endpoint: AnyEndpoint, pick: Pick) -> None:
        """Sends a command from someone who may; refused while it is read, it never comes to the exchange."""
        caller = pick(CALLERS[endpoint.access])
        request = self._request(endpoint, caller, pick)
        if request is not None:
            self.take(endpoint, caller, request)

    def ask(self, endpoint: AnyEndpoint, pick: Pick) -> None:
        """Asks a question, which must leave everything as it is."""
        before = digest(self.exchange)
        caller = pick(CALLERS[endpoint.access])
        request = self._request(endpoint, caller, pick)
        if request is not None:
            try:
                reply = OPERATIONS[endpoint.path].function(self.exchange, caller, request)
            except Rejected as rejected:
                assert rejected.error.status < 500
            else:
                REPLIES.success(reply, self.now)
        assert digest(self.exchange) == before, f"{endpoint.path} left a trace"

    def wait(self, milliseconds: int) -> None:
        """Lets time pass and timers fire."""
        self.now += milliseconds
        self.take(Internal.tick, OPERATOR, Nothing())

    def restart(self) -> None:
        """Goes on from a snapshot."""
        before = dump(self.exchange)
        self.exchange = load(before)
        assert dump(self.exchange) == before

    def take(self, endpoint: AnyEndpoint, caller: Caller, request: Request) -> Output:
        """Applies a command as the journal does; a refused one leaves everything as it was."""
        before = digest(self.exchange)
        place = self.exchange.sequence + 1
        words = caller.uid, caller.key, caller.ip, endpoint.path
        self.entries.append(Entry(place, self.now, *words, encode_request(request)))
        output = apply(self.exchange, self.entries[-1])
        self.bookkeeper.read(output.events["live"])
        if output.error is None:
            REPLIES.success(output.reply, self.now)
        else:
            assert digest(self.exchange) == before, f"{endpoint.path} was refused with {output.error} and left a trace"
        return output

    def check(self) -> None:
        """Nothing is wrong in the exchange, and its records say what it holds."""
        assert audit(self.exchange) == []
        assert self.bookkeeper.disagreements(self.exchange) == []

    def replayed(self, upto: int | None = None) -> Exchange:
        """Another exchange that was asked the same, up to this sequence."""
        again = Exchange()
        for entry in self.entries[:upto]:
            apply(again, entry)
        return again

    def _ladder(self, symbol: str) -> MarketActions:
        """Orders a little above and below the price, so that there is something to trade with."""
        instrument, last = spot_markets(self.exchange)[symbol].instrument, spot_markets(self.exchange)[symbol].data.last
        orders: list[tuple[Side, Force, OrderType, Decimal, Decimal]] = []
        for step in (1, 2, 5):
            for side, sign in SIDES:
                price = down(last * (1_000 + sign * step) / 1_000, instrument.price_places)
                size = down(divide_down(Decimal(2_000), last, 18), instrument.size_places)
                orders.append((side, "gtc", "limit", price, size if instrument.quote == "USDT" else Decimal(1)))
        return MarketActions(symbol=symbol, orders=orders)

    def _request(self, endpoint: AnyEndpoint, caller: Caller, pick: Pick) -> Any:
        """A typed request from JSON as it is sent, ready for the journal; None if it was refused by then."""
        scene = Scene(self.exchange, caller.uid, endpoint.path, wild=not pick(range(20)))
        made, prepare = guess(pick, scene, endpoint.request), OPERATIONS[endpoint.path].prepare
        if endpoint.access == "internal":
            return msgspec.convert(made, endpoint.request, strict=False)
        try:
            request = DECODERS[endpoint.path].decode_body(msgspec.json.encode(made))
            return prepare(self.exchange, VAULT, caller, request) if prepare else request
        except Rejected:
            return None


def _advertisement(uid: int, side: Side) -> PostAdvertisement:
    return PostAdvertisement(
        uid=uid,
        side=side,
        coin="USDT",
        fiat="USD",
        price=Decimal("1.01"),
        size=Decimal(1_000),
        min_trade_amount=Decimal(1),
        payment_ids=["11", "14"],
    )
