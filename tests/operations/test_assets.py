"""What an account holds outside spot, and all of it in USDT, in stories."""

from __future__ import annotations

from decimal import Decimal

from papertape.contract.assets import BotKind, ListBotAssets, ListFundingAssets
from papertape.contract.protocol.wire import Nothing
from papertape.contract.spot.trade import PlaceOrder
from papertape.contract.spot.wallet import MakeTransfer
from papertape.engine.funds.ledger import ISSUANCE, LedgerAccount
from papertape.operations.assets import bots, funding, overview
from papertape.operations.spot.trade import place_order
from papertape.operations.spot.wallet import transfer
from tests.bank import ALICE, CALLERS, Bank


def moved(bank: Bank, coin: str, amount: str, wallet: str) -> None:
    bank.do(transfer, "alice", MakeTransfer(from_type="spot", to_type=wallet, amount=Decimal(amount), coin=coin))


def given(bank: Bank, wallet: str, coin: str, amount: str) -> None:
    bank.exchange.ledger.move(coin, Decimal(amount), ISSUANCE, LedgerAccount(ALICE, wallet))


def worth(bank: Bank, who: str = "alice") -> dict[str, Decimal]:
    return {row.account_type: row.usdt_balance for row in overview(bank.exchange, CALLERS[who], Nothing())}


def funded(bank: Bank, coin: str | None = None) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    rows = funding(bank.exchange, CALLERS["alice"], ListFundingAssets(coin=coin))
    return [(row.coin, row.available, row.frozen, row.usdt_value) for row in rows]


def held_by_bots(bank: Bank, kind: BotKind | None = None) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    rows = bots(bank.exchange, CALLERS["alice"], ListBotAssets(kind=kind))
    return {row.coin: (row.available, row.equity, row.usdt_value) for row in rows}


def test_funding_holds_what_was_moved_there() -> None:
    bank = Bank(alice="1000 USDT, 2 BTC")
    assert funded(bank) == []
    moved(bank, "BTC", "0.5", "p2p")
    moved(bank, "USDT", "40", "p2p")
    assert funded(bank) == [("BTC", Decimal("0.5"), 0, Decimal(42125)), ("USDT", 40, 0, 40)]
    bank.exchange.ledger.freeze(ALICE, "funding", "USDT", Decimal(15))
    assert funded(bank, "usdt") == [("USDT", 25, 15, 40)]
    assert funded(bank, "ETH") == [("ETH", 0, 0, 0)]


def test_an_unknown_coin_is_refused() -> None:
    assert Bank().code(funding, "alice", ListFundingAssets(coin="NONE")) == "41104"


def test_bots_of_both_kinds_are_kept_apart_and_added_up() -> None:
    bank = Bank()
    given(bank, "bots:futures", "USDT", "100")
    given(bank, "bots:spot", "USDT", "30")
    given(bank, "bots:spot", "ETH", "2")
    bank.exchange.ledger.freeze(ALICE, "bots:spot", "USDT", Decimal(10))
    assert held_by_bots(bank, "futures") == {"USDT": (100, 100, 100)}
    assert held_by_bots(bank, "spot") == {"USDT": (20, 30, 30), "ETH": (2, 2, 3225)}
    assert held_by_bots(bank) == {"USDT": (120, 130, 130), "ETH": (2, 2, 3225)}


def test_the_overview_is_worth_what_the_wallets_hold() -> None:
    bank = Bank(alice="1000 USDT, 2 BTC, 100 USDC")
    assert worth(bank) == {"spot": 169_600, "futures": 0, "funding": 0, "earn": 0, "bots": 0, "margin": 0}
    moved(bank, "USDT", "400", "usdt_futures")
    moved(bank, "USDC", "50", "usdc_futures")
    moved(bank, "BTC", "1", "p2p")
    moved(bank, "USDT", "100", "crossed_margin")
    bank.do(
        transfer,
        "alice",
        MakeTransfer(from_type="spot", to_type="isolated_margin", amount=Decimal(30), coin="USDT", symbol="BTCUSDT"),
    )
    given(bank, "earn", "ETH", "1")
    given(bank, "bots:spot", "USDT", "5")
    assert worth(bank) == {
        "spot": 84_770,
        "futures": 450,
        "funding": 84_250,
        "earn": Decimal("1612.5"),
        "bots": 5,
        "margin": 130,
    }
    assert set(worth(bank, "carol").values()) == {0}


def test_the_overview_follows_the_price_and_counts_what_is_in_orders() -> None:
    bank = Bank(alice="2 BTC", bob="1000000 USDT")
    sell = PlaceOrder(
        symbol="BTCUSDT", side="sell", order_type="limit", force="gtc", price=Decimal(85000), size=Decimal(1)
    )
    bank.do(place_order, "alice", sell)
    assert worth(bank)["spot"] == 168_500
    buy = PlaceOrder(
        symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=Decimal(85000), size=Decimal("0.1")
    )
    bank.do(place_order, "bob", buy)
    assert worth(bank)["spot"] == Decimal("1.9") * 85_000 + 8_500 - Decimal("8.5")
