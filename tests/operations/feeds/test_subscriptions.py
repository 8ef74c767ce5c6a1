"""What can be listened to, and how often there is something to hear."""

from __future__ import annotations

import pytest

from papertape.contract.channels import CHANNELS
from papertape.contract.protocol.channel import Argument, Channel
from papertape.contract.protocol.decoding import Decoder
from papertape.contract.protocol.wire import encode
from papertape.contract.spot.streams import TickerMessage
from papertape.engine.spot.markets import spot_market
from papertape.operations.feeds.feed import FEEDS
from papertape.operations.feeds.feeds import who_hears
from papertape.operations.spot.feeds.tickers import TickerFeed
from tests.operations.feeds.audience import Audience, argument, topic


@pytest.mark.parametrize(
    ("channel", "key", "code"),
    [
        ("ticker", "BTCUSDT", None),
        ("ticker", "btcusdt", None),
        ("ticker", None, "30016"),
        ("ticker", "default", "30001"),
        ("ticker", "NOSUCH", "30001"),
        ("nonsense", "BTCUSDT", "30001"),
        ("books50", "BTCUSDT", "30001"),
        ("candle1M", "BTCUSDT", None),
        ("candle1h", "BTCUSDT", "30001"),
        ("orders", "default", "30004"),
    ],
)
def test_what_can_be_listened_to_without_login(channel: str, key: str | None, code: str | None) -> None:
    refused = Audience().refusal(channel, key)
    assert (refused and refused.code) == code


@pytest.mark.parametrize(
    ("channel", "key", "code"),
    [
        ("orders", "default", None),
        ("orders", "BTCUSDT", None),
        ("orders", None, None),
        ("orders", "NOSUCH", "30001"),
        ("account", None, None),
        ("account", "default", None),
        ("account", "USDT", "30001"),
        ("fill", "default", None),
        ("orders-algo", "default", None),
    ],
)
def test_what_can_be_listened_to_after_login(channel: str, key: str | None, code: str | None) -> None:
    refused = Audience().refusal(channel, key, who="alice")
    assert (refused and refused.code) == code


def test_a_refusal_says_what_does_not_exist() -> None:
    refused = Audience().refusal("candleundefined", "BTCUSDT", inst_type="sp")
    assert refused is not None
    assert refused.message == "instType:sp,channel:candleundefined,instId:BTCUSDT doesn't exist"


@pytest.mark.parametrize(
    ("sent", "echo"),
    [
        ({"instType": "SPOT", "channel": "ticker", "instId": "BTCUSDT"}, None),
        (
            {"inst_type": "spot", "channel": "ticker", "inst_id": "btcusdt"},
            {"instType": "spot", "channel": "ticker", "instId": "btcusdt"},
        ),
    ],
)
def test_an_argument_is_echoed_as_sent_in_camel_case(sent: dict[str, str], echo: dict[str, str] | None) -> None:
    read = Decoder(Argument).build(sent)
    assert Decoder(Argument).decode_body(encode(read)) == read
    assert encode(read) == encode(echo or sent)
    assert read.topic == topic("ticker", "BTCUSDT")


def test_a_private_topic_may_be_named_by_coin() -> None:
    assert Decoder(Argument).build({"instType": "SPOT", "channel": "fill", "coin": "default"}).topic.key == "default"


def test_every_channel_can_be_listened_to_and_left() -> None:
    market = Audience(alice="1000 USDT")
    for _, name in CHANNELS:
        market.listen(name, "BTCUSDT" if name != "account" else None, who="alice")
    for _, name in CHANNELS:
        market.leave(name, "BTCUSDT" if name != "account" else None, who="alice")
    market.buy("alice", "1 @ 100")
    market.later()
    assert market.pushes == []
    kept, fresh = vars(market.feeds), vars(Audience().feeds)
    assert {name for name in kept if kept[name] != fresh[name]} == {"_exchange", "_history"}


def test_pushes_go_on_until_the_last_listener_has_left() -> None:
    market = Audience(alice="1000 USDT", bob="2 BTC")
    market.listen("trade", "BTCUSDT")
    market.listen("trade", "BTCUSDT")
    market.leave("trade", "BTCUSDT")
    market.sell("bob", "1 @ 100")
    market.buy("alice", "0.1 @ 100")
    assert len(market.heard("trade")) == 1
    market.leave("trade", "BTCUSDT")
    market.buy("alice", "0.1 @ 100")
    assert market.pushes == []


def test_paced_topics_keep_their_pace() -> None:
    market = Audience(alice="1000 USDT")
    market.listen("books1", "BTCUSDT")
    market.listen("books", "BTCUSDT")
    market.later()
    market.pushes.clear()
    for price in range(10, 30):
        market.buy("alice", f"0.1 @ {price}")
        market.later(20)
    assert len(market.heard("books1")) == 7
    assert len(market.heard("books")) == 2


def test_a_quiet_market_still_says_something() -> None:
    market = Audience(alice="1000 USDT")
    for channel in ("ticker", "books", "books5"):
        market.listen(channel, "BTCUSDT")
    market.later()
    market.pushes.clear()
    for _ in range(25):
        market.later(1000)
    assert [len(market.heard(channel)) for channel in ("ticker", "books", "books5")] == [2, 2, 2]


def test_a_channel_of_another_product_is_one_declaration(monkeypatch: pytest.MonkeyPatch) -> None:
    futures = Channel("ticker", TickerMessage, "A contract's last 24 hours.", slow="latest", pace_ms=300)
    monkeypatch.setitem(CHANNELS, ("USDT-FUTURES", "ticker"), futures)
    monkeypatch.setitem(FEEDS, futures, TickerFeed)
    market = Audience()
    market.exchange.add_market("usdt_futures", spot_market(market.exchange, "BTCUSDT").instrument)
    asked = argument("ticker", "BTCUSDT", inst_type="USDT-FUTURES")
    assert market.feeds.check(asked, None) is None
    market.feeds.subscribed(who_hears("live", asked, None))
    push = market.feeds.snapshot(who_hears("live", asked, None))
    assert push is not None
    assert push.who.topic == ("USDT-FUTURES", "ticker", "BTCUSDT")
