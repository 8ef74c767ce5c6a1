"""Make the data folder of a version, and what that version answered about it, for later versions to open.

``python tests/upgrade/record.py EXECUTABLE NAME`` runs ``EXECUTABLE serve`` (a ``papertape`` of any version), drives it
over REST, kills it, and writes ``NAME.tar.gz`` (the folder) and ``NAME.json`` (the answers) beside this file. It uses
nothing of the package, so that it runs against every version.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SECRET, PASSPHRASE, TOKEN = "papertape-secret", "papertape", "papertape"
DEVELOPER, SECOND = "papertape-key", "papertape-key-2"

_DAY, _NOW = 86_400_000, int(time.time() * 1000)
CONVERSIONS = f"convert/convert-record?startTime={_NOW - _DAY}&endTime={_NOW + _DAY}"
QUESTIONS: tuple[tuple[str, str], ...] = tuple(
    (key, path)
    for key in (DEVELOPER, SECOND)
    for path in (
        "spot/account/info", "spot/account/assets", "account/funding-assets", "account/all-account-balance",
        "spot/account/bills?limit=100", "spot/account/transferRecords?coin=USDT", "spot/account/deduct-info",
        "spot/trade/unfilled-orders", "spot/trade/unfilled-orders?tpslType=tpsl", "spot/trade/history-orders?limit=100",
        "spot/trade/history-orders?tpslType=tpsl", "spot/trade/fills?limit=100",
        "spot/trade/current-plan-order?symbol=BTCUSDT&limit=50", CONVERSIONS,
        "convert/bgb-convert-records", "user/virtual-subaccount-list", "spot/account/subaccount-assets",
    )
) + tuple(
    ("", path)
    for path in (
        "spot/market/tickers", "spot/public/symbols", "spot/public/coins",
        "spot/market/orderbook?symbol=BTCUSDT&limit=10",
        "spot/market/fills?symbol=BTCUSDT&limit=50", "spot/market/fund-net-flow?symbol=BTCUSDT",
        "spot/market/candles?symbol=BTCUSDT&granularity=1min&limit=20",
        "spot/market/candles?symbol=ETHUSDT&granularity=1day&limit=5", "public/annoucements?language=en_US",
    )
)  # fmt: skip


class Server:
    """A running exchange."""

    def __init__(self, executable: str, data: Path) -> None:
        command = [executable, "serve", "--data", str(data), "--port", "0", "--ws-port", "0", "--clock", "manual"]
        self.process = subprocess.Popen([*command, "--seed", "7"], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("ready"):
                self.url = line.split()[1]
                return
        raise SystemExit("the exchange did not start")

    def ask(self, method: str, path: str, key: str = DEVELOPER, **body: Any) -> Any:
        """The answer's data, or its code and message where it is refused."""
        target = path if path.startswith("/") else f"/api/v2/{path}"
        payload = json.dumps(body) if method == "POST" else ""
        headers = {"content-type": "application/json", "authorization": f"Bearer {TOKEN}"}
        if key and target.startswith("/api"):
            now = str(int(time.time() * 1000))
            message = f"{now}{method}{target}{payload}".encode()
            sign = base64.b64encode(hmac.new(SECRET.encode(), message, hashlib.sha256).digest()).decode()
            headers |= {
                "access-key": key,
                "access-sign": sign,
                "access-timestamp": now,
                "access-passphrase": PASSPHRASE,
            }
        request = urllib.request.Request(self.url + target, payload.encode() or None, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                answer = json.load(reply)
        except urllib.error.HTTPError as error:
            answer = json.load(error)
            assert target.startswith("/api"), f"{target}: {answer}"
        if not target.startswith("/api"):
            return answer
        return answer["data"] if answer["code"] == "00000" else [answer["code"], answer["msg"]]

    def done(self, method: str, path: str, key: str = DEVELOPER, **body: Any) -> Any:
        """The answer to a request that must succeed."""
        answer = self.ask(method, path, key, **body)
        assert not (isinstance(answer, list) and len(answer) == 2 and isinstance(answer[0], str)), f"{path}: {answer}"
        return answer

    def order(self, key: str = DEVELOPER, **terms: str) -> str:
        """Places an order on BTCUSDT; its id."""
        return str(
            self.done("POST", "spot/trade/place-order", key, symbol="BTCUSDT", **{"force": "gtc"} | terms)["orderId"]
        )


def play(server: Server) -> None:
    """Leaves something of everything: open, filled, cancelled and waiting, in several wallets and accounts."""
    best = server.done("GET", "spot/market/orderbook?symbol=BTCUSDT&limit=1", "")
    price = float(best["bids"][0][0])
    near, far = f"{price * 0.97:.2f}", f"{price * 0.96:.2f}"
    server.order(side="buy", orderType="market", size="900")
    server.order(side="buy", orderType="limit", price=near, size="0.01", clientOid="resting")
    cancelled = server.order(side="buy", orderType="limit", price=far, size="0.02", clientOid="cancelled")
    server.done("POST", "spot/trade/cancel-order", symbol="BTCUSDT", orderId=cancelled)
    server.order(SECOND, side="sell", orderType="market", size="0.05")
    server.order(side="sell", orderType="limit", price=f"{price * 1.02:.2f}", size="0.01", tpslType="tpsl",
                 triggerPrice=f"{price * 1.02:.2f}")  # fmt: skip
    server.order(side="buy", orderType="market", size="500", presetTakeProfitPrice=f"{price * 1.05:.2f}",
                 presetStopLossPrice=f"{price * 0.95:.2f}")  # fmt: skip
    for kind, factor, size in (("fill_price", 0.9, "0.01"), ("mark_price", 0.91, "0.02")):
        server.done("POST", "spot/trade/place-plan-order", symbol="BTCUSDT", side="buy", orderType="market", size=size,
                    triggerPrice=f"{price * factor:.2f}", triggerType=kind, planType="amount")  # fmt: skip
    server.done("POST", "spot/account/switch-deduct", SECOND, deduct="on")
    server.order(SECOND, side="buy", orderType="market", size="700")
    server.done(
        "POST", "spot/wallet/transfer", fromType="spot", toType="p2p", amount="250", coin="USDT", clientOid="moved"
    )
    quote = server.done("GET", "convert/quoted-price?fromCoin=USDT&fromCoinSize=100&toCoin=BTC")
    server.done("POST", "convert/trade", traceId=quote["traceId"], cnvtPrice=quote["cnvtPrice"], fromCoin="USDT",
                fromCoinSize=quote["fromCoinSize"], toCoin="BTC", toCoinSize=quote["toCoinSize"])  # fmt: skip
    server.done("POST", "spot/wallet/withdrawal", coin="USDT", transferType="on_chain", chain="TRC20", size="20",
                address="TVN42pDiMxhwsvD7v17TyowihUWQWz3WEk")  # fmt: skip
    server.done("POST", "user/create-virtual-subaccount", subAccountList=["savingsa", "tradingb"])
    server.done("POST", "/papertape/v1/clock/advance", milliseconds=62_000)
    server.done("POST", "/papertape/v1/checkpoint", name="halfway")
    server.order(SECOND, side="sell", orderType="limit", price=f"{price * 1.03:.2f}", size="0.5", clientOid="after")


def main(executable: str, name: str) -> None:
    """Record a version."""
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / name
        server = Server(executable, data)
        try:
            play(server)
            answers = [[key, path, server.ask("GET", path, key)] for key, path in QUESTIONS]
        finally:
            server.process.kill()
            server.process.wait()
        (HERE / f"{name}.json").write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")
        with tarfile.open(HERE / f"{name}.tar.gz", "w:gz", compresslevel=9) as archive:
            archive.add(data, name)


if __name__ == "__main__":
    main(*sys.argv[1:])
