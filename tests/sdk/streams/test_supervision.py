"""A connection that is always there: login, acknowledgements, watchdog, reconnection, limits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from papertape import (
    AuthenticationError,
    Environment,
    Gap,
    NetworkError,
    Reconnected,
    RequestTimeout,
    Stream,
    UnknownSymbol,
)
from papertape.contract.spot import streams as channels
from papertape.contract.spot.streams import SPOT
from tests.sdk.streams.scripted import Asked, Caller, ScriptedExchange, eventually, soon

TRADES = {"instType": "SPOT", "channel": "trade", "instId": "BTCUSDT"}
TICKER = {"instType": "SPOT", "channel": "ticker", "instId": "BTCUSDT"}


def trade(number: int) -> dict[str, str]:
    return {"ts": str(number), "price": "1", "size": "1", "side": "buy", "tradeId": str(number)}


def stream(venue: ScriptedExchange, **options: Any) -> Stream:
    return Stream(venue.environment, **options)


async def test_subscriptions_of_a_moment_go_out_in_one_request(venue: ScriptedExchange) -> None:
    async with stream(venue) as live:
        subscriptions = [live.spot.ticker(f"COIN{number}USDT") for number in range(30)]
        for subscription in subscriptions:
            await soon(subscription.ready())
    assert [request["op"] for request in venue.last.asked] == ["subscribe"]


async def test_a_request_holds_no_more_than_4096_bytes_of_arguments(venue: ScriptedExchange) -> None:
    async with stream(venue, channels_per_connection=200) as live:
        subscriptions = [live.spot.ticker(f"COIN{number}USDT") for number in range(150)]
        for subscription in subscriptions:
            await soon(subscription.ready())
    sizes = [len(str(request["args"]).replace(" ", "")) for request in venue.last.asked]
    assert len(sizes) == 3
    assert max(sizes) <= 4096
    assert len(venue.subscribed()) == 150


async def test_topics_are_spread_over_connections(venue: ScriptedExchange) -> None:
    async with stream(venue, channels_per_connection=2) as live:
        subscriptions = [live.spot.ticker(f"COIN{number}USDT") for number in range(5)]
        for subscription in subscriptions:
            await soon(subscription.ready())
        assert sorted(len(caller.asked[0]["args"]) for caller in venue.callers) == [1, 2, 2]


async def test_acknowledgements_are_matched_by_argument_whatever_their_order(venue: ScriptedExchange) -> None:
    async def backwards(caller: Caller, asked: Asked) -> None:
        for argument in reversed(asked["args"]):
            if argument["instId"] == "NOPE":
                await caller.say(event="error", arg=argument, code=30001, msg="doesn't exist", op="subscribe")
            else:
                await caller.say(event="subscribe", arg=argument)

    venue.on["subscribe"] = backwards
    async with stream(venue) as live:
        good, bad, other = (live.spot.ticker(symbol) for symbol in ("BTCUSDT", "NOPE", "ETHUSDT"))
        await soon(good.ready())
        await soon(other.ready())
        with pytest.raises(UnknownSymbol, match="30001"):
            await soon(bad.ready())
        with pytest.raises(UnknownSymbol):
            await soon(anext(bad))
        assert len(venue.callers) == 1


async def test_a_refusal_that_only_names_its_argument_in_words_is_matched_too(venue: ScriptedExchange) -> None:
    async def refuse(caller: Caller, asked: Asked) -> None:
        text = "instType:SPOT,channel:ticker,instId:NOPE doesn't exist"
        await caller.say(event="error", code="30001", msg=text)

    async with stream(venue) as live:
        good = live.spot.ticker("BTCUSDT")
        await soon(good.ready())
        venue.on["subscribe"] = refuse
        with pytest.raises(UnknownSymbol):
            await soon(live.spot.ticker("NOPE").ready())
        await venue.last.push(TICKER, [])
        assert venue.last.socket.closed is False


async def test_a_subscription_without_an_acknowledgement_ends_with_a_timeout(venue: ScriptedExchange) -> None:
    async def nothing(caller: Caller, asked: Asked) -> None:
        pass

    venue.on["subscribe"] = nothing
    async with stream(venue, timeout=0.2) as live:
        with pytest.raises(RequestTimeout):
            await soon(live.spot.trade("BTCUSDT").ready())


async def test_after_a_private_disconnect_the_login_comes_before_every_subscription(
    venue: ScriptedExchange,
) -> None:
    async with stream(venue) as live:
        orders, account = live.spot.orders(), live.spot.account()
        await soon(orders.ready())
        venue.last.drop()
        await eventually(lambda: len(venue.callers) == 2 and venue.last.ops[1:] == ["subscribe"])
        await soon(account.ready())
        assert [caller.ops for caller in venue.callers] == [["login", "subscribe"]] * 2
        assert venue.last.asked[1]["args"] == venue.callers[0].asked[1]["args"]


async def test_an_exchange_that_has_forgotten_the_login_gets_a_new_one(venue: ScriptedExchange) -> None:
    async with stream(venue) as live:
        orders = live.spot.orders()
        await soon(orders.ready())
        venue.last.logged_in = False
        await soon(live.spot.fill().ready())
        assert [caller.ops for caller in venue.callers] == [
            ["login", "subscribe", "subscribe"],
            ["login", "subscribe"],
        ]
        assert isinstance(await soon(anext(orders)), Gap)


async def test_a_login_counts_seconds_and_is_signed(venue: ScriptedExchange) -> None:
    async with stream(venue) as live:
        await soon(live.spot.orders().ready())
    (fields,) = venue.last.asked[0]["args"]
    assert sorted(fields) == ["apiKey", "passphrase", "sign", "timestamp"]
    assert len(fields["timestamp"]) == 10


async def test_a_refused_login_is_raised_from_every_private_subscription(venue: ScriptedExchange) -> None:
    async def refuse(caller: Caller, asked: Asked) -> None:
        await caller.say(event="error", code="30015", msg="Invalid sign")
        await caller.socket.close()

    venue.on["login"] = refuse
    async with stream(venue) as live:
        orders, fills, ticker = live.spot.orders(), live.spot.fill(), live.spot.ticker("BTCUSDT")
        for subscription in (orders, fills):
            with pytest.raises(AuthenticationError, match="30015"):
                await soon(anext(subscription))
        await soon(ticker.ready())
        del venue.on["login"]
        await soon(live.spot.orders().ready())


async def test_a_login_that_was_good_before_may_be_refused_for_a_while(venue: ScriptedExchange) -> None:
    refused = 0

    async def refuse(caller: Caller, asked: Asked) -> None:
        nonlocal refused
        refused += 1
        if refused == 2:
            del venue.on["login"]
        await caller.say(event="error", code="30015", msg="Invalid sign")
        await caller.socket.close()

    async with stream(venue) as live:
        orders = live.spot.orders()
        await soon(orders.ready())
        venue.on["login"] = refuse
        venue.last.drop()
        await eventually(lambda: refused == 2)
        await soon(orders.ready())
        assert isinstance(await soon(anext(orders)), Gap)


async def test_a_key_that_is_gone_ends_its_subscriptions(venue: ScriptedExchange) -> None:
    async def refuse(caller: Caller, asked: Asked) -> None:
        await caller.say(event="error", code="30011", msg="Invalid ACCESS_KEY")
        await caller.socket.close()

    async with stream(venue) as live:
        orders = live.spot.orders()
        await soon(orders.ready())
        venue.on["login"] = refuse
        venue.last.drop()
        with pytest.raises(AuthenticationError, match="30011"):
            while True:
                await soon(anext(orders))


async def test_a_pong_later_than_a_second_drops_nothing(venue: ScriptedExchange) -> None:
    venue.pong_after = 0.4
    async with stream(venue, ping_every=0.1, silence=1.2) as live:
        await soon(live.spot.ticker("BTCUSDT").ready())
        await eventually(lambda: venue.last.pings >= 12)
        assert len(venue.callers) == 1


async def test_a_connection_that_says_nothing_is_dropped_and_replaced(venue: ScriptedExchange) -> None:
    venue.pong_after = None
    async with stream(venue, ping_every=0.05, silence=0.2) as live:
        books = live.spot.books("BTCUSDT")
        event = await soon(anext(books))
        assert isinstance(event, Reconnected)
        assert "said nothing" in event.reason
        assert len(venue.callers) >= 2


async def test_a_planned_disconnect_is_told_as_any_other(venue: ScriptedExchange) -> None:
    async with stream(venue) as live:
        books = live.spot.books("BTCUSDT")
        await soon(books.ready())
        await venue.last.socket.close(code=1001, message=b"connected for 24 hours")
        event = await soon(anext(books))
        assert isinstance(event, Reconnected)
        assert "24 hours" in event.reason


async def test_public_trades_that_cannot_be_refilled_leave_a_gap(venue: ScriptedExchange) -> None:
    async with stream(venue) as live:
        trades = live.spot.trade("BTCUSDT")
        await soon(trades.ready())
        await venue.last.push(TRADES, [trade(2), trade(1)], "snapshot", 7)
        first, second = [await soon(anext(trades)) for _ in range(2)]
        assert (first.trade_id, second.trade_id) == ("1", "2")
        venue.last.drop()
        gap, back = [await soon(anext(trades)) for _ in range(2)]
        assert gap == Gap(lost=None, reason="disconnected", since=7)
        assert isinstance(back, Reconnected)
        assert (back.recovered, back.since) == (0, 7)


async def test_an_exchange_that_is_away_for_a_while_is_found_again(venue: ScriptedExchange) -> None:
    async with stream(venue, timeout=0.5) as live:
        ticker = live.spot.books("BTCUSDT")
        await soon(ticker.ready())
        venue.refusing = True
        venue.last.drop()
        await asyncio.sleep(0.3)
        venue.refusing = False
        assert isinstance(await soon(anext(ticker)), Reconnected)


async def test_an_exchange_that_was_never_there_is_an_error(venue: ScriptedExchange) -> None:
    venue.refusing = True
    async with stream(venue, timeout=0.3) as live:
        with pytest.raises(NetworkError, match="cannot reach"):
            await soon(anext(live.spot.ticker("BTCUSDT")))


async def test_a_slow_consumer_loses_no_tick_silently_and_slows_nobody(venue: ScriptedExchange) -> None:
    async with stream(venue, queue=10) as live:
        slow, quick = live.spot.trade("BTCUSDT"), live.spot.trade("BTCUSDT")
        await soon(slow.ready())
        for number in range(100):
            await venue.last.push(TRADES, [trade(number)])
            assert getattr(await soon(anext(quick)), "trade_id", "") == str(number)
        items = [await soon(anext(slow)) for _ in range(11)]
        assert items[0] == Gap(lost=90, reason="slow consumer")
        assert [getattr(item, "trade_id", "") for item in items[1:]] == [str(number) for number in range(90, 100)]


async def test_a_handshake_that_breaks_off_is_tried_again(venue: ScriptedExchange) -> None:
    greeted = 0

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal greeted
        greeted += 1
        await reader.read(100)
        writer.close()

    rude = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    place = Environment(rest="http://127.0.0.1:9", ws=f"ws://127.0.0.1:{rude.sockets[0].getsockname()[1]}")
    async with Stream(place, timeout=0.3) as live:
        with pytest.raises(NetworkError, match="hung up during the handshake"):
            await soon(anext(live.spot.ticker("BTCUSDT")))
    rude.close()
    assert greeted >= 2


async def test_a_stream_belongs_to_one_event_loop(venue: ScriptedExchange) -> None:
    async with stream(venue) as live:
        await soon(live.spot.ticker("BTCUSDT").ready())

        async def elsewhere() -> None:
            live.spot.ticker("ETHUSDT")

        with pytest.raises(RuntimeError, match="event loop"):
            await asyncio.to_thread(asyncio.run, elsewhere())


async def test_two_subscriptions_of_a_topic_share_it_on_the_wire(venue: ScriptedExchange) -> None:
    async with stream(venue) as live:
        one, two = live.spot.trade("BTCUSDT"), live.spot.trade("btcusdt")
        await soon(one.ready())
        await venue.last.push(TRADES, [trade(1)])
        assert (await soon(anext(one))).trade_id == (await soon(anext(two))).trade_id == "1"
        await one.close()
        await venue.last.push(TRADES, [trade(2)])
        assert (await soon(anext(two))).trade_id == "2"
        assert venue.last.ops == ["subscribe"]
        await two.close()
        await eventually(lambda: venue.last.ops == ["subscribe", "unsubscribe"])
    assert venue.subscribed() == [TRADES]


async def test_a_subscription_that_nobody_holds_any_more_is_unsubscribed(venue: ScriptedExchange) -> None:
    async with stream(venue) as live:
        await soon(live.spot.trade("BTCUSDT").ready())
        await eventually(lambda: venue.last.ops == ["subscribe", "unsubscribe"])
    assert venue.last.asked[1]["args"] == [TRADES]


async def test_what_is_pushed_before_an_old_subscription_has_ended_is_not_taken_for_the_new(
    venue: ScriptedExchange,
) -> None:
    async def late(caller: Caller, asked: Asked) -> None:
        await caller.push(TRADES, [trade(1)])
        await caller.say(event="unsubscribe", arg=asked["args"][0])

    async with stream(venue) as live:
        first = live.spot.trade("BTCUSDT")
        await soon(first.ready())
        venue.on["unsubscribe"] = late
        await first.close()
        second = live.spot.trade("BTCUSDT")
        await soon(second.ready())
        await venue.last.push(TRADES, [trade(2)])
        assert (await soon(anext(second))).trade_id == "2"


async def test_fields_that_nobody_knows_are_ignored_and_rows_that_nobody_can_read_are_admitted(
    venue: ScriptedExchange,
) -> None:
    async with stream(venue) as live:
        trades = live.subscribe(channels.trade, "BTCUSDT")
        await soon(trades.ready())
        await venue.last.push(TRADES, [trade(1) | {"mood": "good"}])
        await venue.last.push(TRADES, [{"price": "dear"}])
        await venue.last.push(TRADES, [trade(2)])
        items = [await soon(anext(trades)) for _ in range(3)]
        assert [getattr(item, "trade_id", item) for item in items] == [
            "1", Gap(lost=None, reason="unreadable", since=1), "2",
        ]  # fmt: skip
        assert trades.topic == (SPOT, "trade", "BTCUSDT")
