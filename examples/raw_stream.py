"""Without any client: log in, subscribe, place an order over the socket and read what is pushed."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import time

import aiohttp

URL = os.environ.get("PAPERTAPE_WS_URL", "ws://127.0.0.1:7071") + "/v2/ws/private"


def login(key: str, secret: str, passphrase: str) -> dict[str, str]:
    """The argument of a login."""
    timestamp = str(int(time.time()))
    digest = hmac.digest(secret.encode(), f"{timestamp}GET/user/verify".encode(), hashlib.sha256)
    return {
        "apiKey": key, "passphrase": passphrase, "timestamp": timestamp, "sign": base64.b64encode(digest).decode(),
    }  # fmt: skip


async def main() -> None:
    """Asks one thing after the other; a push may come before its answer."""
    order = {"orderType": "limit", "side": "buy", "price": "50000", "size": "0.001", "force": "gtc"}
    requests = [
        {"op": "login", "args": [login("papertape-key", "papertape-secret", "papertape")]},
        {"op": "subscribe", "args": [{"instType": "SPOT", "channel": "orders", "instId": "default"}]},
        {"op": "trade", "args": [{"id": "1", "instType": "SPOT", "instId": "BTCUSDT", "channel": "place-order",
                                  "params": order}]},
    ]  # fmt: skip
    async with aiohttp.ClientSession() as session, session.ws_connect(URL) as socket:
        for request in requests:
            await socket.send_json(request)
            answer = await socket.receive_json()
            if "data" in answer:
                print("pushed:", answer["data"][0]["status"])
                answer = await socket.receive_json()
            print("answer:", answer["event"], answer.get("code", ""))
        await socket.send_str("ping")
        print("ping:", json.dumps(await socket.receive_str()))


asyncio.run(main())
