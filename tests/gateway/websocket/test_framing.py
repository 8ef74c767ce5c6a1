"""The protocol under the messages: frames, closing, clients that break the rules or the connection."""

from __future__ import annotations

import asyncio

import pytest

from papertape.gateway.websocket import server as server_module
from papertape.gateway.websocket.framing import LARGEST_MESSAGE
from papertape.runtime.local_exchange import LocalExchange
from tests.gateway.websocket.raw import BINARY, CLOSE, CONTINUED, PING, PONG, TEXT, Frame, frame, raw
from tests.gateway.websocket.sockets import Streams, eventually

START = frame(TEXT, b"pi", fin=False)
HALF = LARGEST_MESSAGE // 2 + 1


async def test_a_message_may_come_in_pieces_with_control_frames_between_them(streams: Streams) -> None:
    async with raw(streams.server.port) as client:
        client.send(START, frame(PING, b"still there?"), frame(CONTINUED, b"n", fin=False), frame(CONTINUED, b"g"))
        assert await client.next() == Frame(PONG, b"still there?")
        assert await client.next() == Frame(TEXT, b"pong")


async def test_a_character_may_be_cut_in_two(streams: Streams) -> None:
    async with raw(streams.server.port) as client:
        text = '{"op":"ü"}'.encode()
        client.send(frame(TEXT, text[:8], fin=False), frame(CONTINUED, text[8:]))
        assert b'"code":30003' in (await client.next()).payload


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ([frame(CONTINUED, b"ping")], 1002),
        ([START, frame(TEXT, b"ping")], 1002),
        ([frame(TEXT, b"ping", bits=0x40)], 1002),
        ([frame(TEXT, b"ping", bits=0x10)], 1002),
        ([frame(TEXT, b"ping", masked=False)], 1002),
        ([frame(3, b"ping")], 1002),
        ([frame(PING, b"x" * 126)], 1002),
        ([frame(PING, b"x", fin=False)], 1002),
        ([frame(BINARY, b"ping")], 1003),
        ([frame(BINARY, b"pi", fin=False), frame(CONTINUED, b"ng")], 1003),
        ([frame(TEXT, b"\xff")], 1007),
        ([frame(TEXT, b"\xed\xa0\x80")], 1007),
        ([frame(TEXT, b"\xff", fin=False)], 1007),
        ([frame(TEXT, b"\xc3", fin=False), frame(CONTINUED, b"")], 1007),
        ([frame(TEXT, b"x" * (LARGEST_MESSAGE + 1))], 1009),
        ([frame(TEXT, b"x" * HALF, fin=False), frame(CONTINUED, b"x" * HALF)], 1009),
    ],
)
async def test_what_breaks_the_protocol_closes_with_the_code_for_it(
    streams: Streams, sent: list[bytes], code: int
) -> None:
    async with raw(streams.server.port) as client:
        client.send(*sent)
        assert await client.close_code() == code
    await eventually(lambda: streams.server.open_connections == 0)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", 1000),
        (b"\x03\xe8", 1000),
        (b"\x03\xe9bye", 1000),
        (b"\x0f\xa0", 1000),
        (b"\x00\x00", 1002),
        (b"\x03\xed", 1002),
        (b"\x03\xee", 1002),
        (b"\x13\x88", 1002),
        (b"\x03", 1002),
        (b"\x03\xe8\xff", 1007),
    ],
)
async def test_a_close_is_answered_and_then_the_socket_ends(streams: Streams, payload: bytes, code: int) -> None:
    async with raw(streams.server.port) as client:
        client.send(frame(CLOSE, payload))
        kind, answer = await client.next()
        assert (kind, int.from_bytes(answer[:2], "big")) == (CLOSE, code)
        assert await client.ended()
    await eventually(lambda: streams.server.open_connections == 0)


async def test_who_does_not_answer_a_close_is_cut_off(streams: Streams) -> None:
    async with raw(streams.server.port) as client:
        client.send(frame(BINARY))
        assert (await client.next()).kind == CLOSE
        client.say("ping")
        assert await client.ended()
    assert streams.server.open_connections == 0


async def test_who_vanishes_leaves_nothing_behind(streams: Streams) -> None:
    async with raw(streams.server.port) as client:
        client.say('{"op":"subscribe","args":[{"instType":"SPOT","channel":"books","instId":"BTCUSDT"}]}')
        await client.next()
        await client.next()
        assert streams.server.broadcast.subscriptions == 1
        client.vanish()
    await eventually(lambda: streams.server.open_connections == 0)
    assert streams.server.broadcast.subscriptions == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 30002),
        ("{", 30002),
        ("Ping", 30002),
        ("[]", 30002),
        ("null", 30002),
        ('{"op":7}', 30002),
        ('{"args":[]}', 30002),
        ('{"op":"subscribe","args":{}}', 30002),
        ('{"op":"subscribe","args":' + "[" * 30_000, 30002),
        ('{"op":"subscribe","args":' + "[" * 2000 + "]" * 2000 + "}", 30002),
        ('{"op":"subscribe","args":[' + "1" * 4000 + "]}", 30016),
        ('{"op":"subscribe","args":["\\ud800"]}', 30002),
        ('{"op":"order"}', 30003),
        ('{"op":"ping"}', 30003),
        ('{"op":"trade"}', 30003),
    ],
)
async def test_what_cannot_be_understood_is_refused_and_the_connection_stays(
    streams: Streams, text: str, code: int
) -> None:
    socket = await streams.connect()
    await socket.say(text)
    answer = await socket.next()
    assert (answer["event"], answer["code"]) == ("error", code)
    assert await socket.silence()


@pytest.mark.parametrize("path", ["/", "/v2/ws", "/v2/ws/publicity", "/v2/ws/public/", "/v3/ws/public", "/demo/v2/ws"])
async def test_other_paths_are_refused(streams: Streams, path: str) -> None:
    async with raw(streams.server.port, "") as client:
        assert (await client.handshake(path)).startswith("HTTP/1.1 404")


@pytest.mark.parametrize("path", ["/v2/ws/public", "/v2/ws/private?x=1", "/demo/v2/ws/public", "/demo/v2/ws/private"])
async def test_both_sides_and_their_demo_pair_are_served(streams: Streams, path: str) -> None:
    socket = await streams.connect(path)
    assert await socket.pong()


async def test_browsers_keep_alive_is_taken_and_compression_declined(streams: Streams) -> None:
    async with raw(streams.server.port, "") as client:
        answer = await client.handshake(
            Connection="keep-alive, Upgrade", Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits"
        )
        assert answer.startswith("HTTP/1.1 101")
        assert "extensions" not in answer.lower()
        client.say("ping")
        assert await client.next() == Frame(TEXT, b"pong")


@pytest.mark.parametrize(
    "changes",
    [{"Upgrade": ""}, {"Connection": "close"}, {"Sec_WebSocket_Key": "short"}, {"Sec_WebSocket_Version": "12"}],
)
async def test_what_is_no_handshake_is_refused(streams: Streams, changes: dict[str, str]) -> None:
    async with raw(streams.server.port, "") as client:
        assert (await client.handshake(**changes)).startswith("HTTP/1.1 400")
        assert (await client.reader.read()).strip()


async def test_a_server_that_stops_says_so(streams: Streams) -> None:
    socket = await streams.connect()
    _, end = await asyncio.gather(streams.server.stop(), socket.end())
    assert end == ([], 1001)
    assert streams.server.open_connections == 0


async def test_no_more_connections_than_there_is_room_for(streams: Streams, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MOST_CONNECTIONS", 1)
    first = await streams.connect()
    async with raw(streams.server.port, "") as client:
        assert (await client.handshake()).startswith("HTTP/1.1 503")
    assert await first.pong()


async def test_who_never_says_what_he_wants_is_cut_off(
    exchange: LocalExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "HANDSHAKE_SECONDS", 0.1)
    async with Streams(exchange) as streams, raw(streams.server.port, "") as client:
        client.writer.write(b"GET /v2/ws/public HTTP/1.1\r\n")
        assert await client.ended()
