"""Sub-accounts and convert through a client of another make: npm's ``bitget-api``, unmodified, in Node.

Skipped, with the reason, where there is no Node or the package cannot be had quickly. It is installed once,
into pytest's cache.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.serving import Served
from tests.compatibility.clients import DEVELOPER, DEVELOPER_UID, PASSPHRASE, SECRET, control

PACKAGE, VERSION = "bitget-api", "3.2.3"
SECONDS_TO_INSTALL = 25
BRIDGE = Path(__file__).with_name("bitget_api.mjs")
KEY_PASSPHRASE = "openSesame1"
DAY = 86_400_000


class Refused(Exception):
    """The exchange's refusal, as the client hands it on."""


class BitgetApi:
    """Node with the package loaded; each call is a line to it and a line back."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def call(self, client: dict[str, Any], method: str, params: Any = None) -> Any:
        """The reply's data; raises ``Refused`` with the code."""
        assert self.process.stdin is not None and self.process.stdout is not None
        message = {"client": client, "method": method, "params": params}
        self.process.stdin.write(
            json.dumps({name: value for name, value in message.items() if value is not None}) + "\n"
        )
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "Node ended"
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"]["code"])
        assert (answer["reply"]["code"], answer["reply"]["msg"]) == ("00000", "success")
        return answer["reply"]["data"]


class Trader:
    """A user of the package at one exchange with one key."""

    def __init__(self, node: BitgetApi, served: Served, key: str, secret: str, passphrase: str) -> None:
        self._node = node
        self._client = {"baseUrl": served.rest, "apiKey": key, "apiSecret": secret, "apiPass": passphrase}

    def call(self, method: str, params: Any = None) -> Any:
        return self._node.call(self._client, method, params)


@pytest.fixture(scope="module")
def node(pytestconfig: pytest.Config) -> Iterator[BitgetApi]:
    """Node, ready to call."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        pytest.skip("Node and npm are not here")
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir(f"npm-{PACKAGE}-{VERSION}")
    if not (folder / "node_modules" / PACKAGE / "package.json").exists():
        install(npm, folder)
    command = [program, str(BRIDGE), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield BitgetApi(process)
        process.kill()


def install(npm: str, folder: Path) -> None:
    """Puts the package into the folder; skips the tests where that fails or takes long."""
    (folder / "package.json").write_text('{"private": true}')
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefer-offline", "--loglevel=error")
    try:
        subprocess.run(
            [npm, "install", *quiet, f"{PACKAGE}@{VERSION}"],
            cwd=folder, check=True, capture_output=True, text=True, timeout=SECONDS_TO_INSTALL,
        )  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as problem:
        shutil.rmtree(folder / "node_modules", ignore_errors=True)
        reason = getattr(problem, "stderr", None) or str(problem)
        pytest.skip(f"{PACKAGE} could not be installed: {str(reason).strip().splitlines()[-1]}")


@pytest.fixture
def main(node: BitgetApi, still: Served) -> Trader:
    """The developer, where nobody trades by himself."""
    return Trader(node, still, DEVELOPER, SECRET, PASSPHRASE)


@pytest.fixture
def trader(node: BitgetApi, moving: Served) -> Trader:
    """The developer, where the market moves."""
    return Trader(node, moving, DEVELOPER, SECRET, PASSPHRASE)


def test_sub_accounts_are_made_restricted_frozen_and_listed(main: Trader) -> None:
    made = main.call("createVirtualSubaccount", {"subAccountList": ["arbitrag", "momentum"]})
    again = main.call("createVirtualSubaccount", {"subAccountList": ["momentum"]})
    uids = [each["subaAccountUid"] for each in made["successList"]]
    assert again == {
        "failureList": [
            {"subaAccountName": "momentum", "errorCode": "40060", "errorMsg": "subNames already exists"}
        ],
        "successList": [],
    }  # fmt: skip

    frozen = {"subAccountUid": uids[0], "permList": ["read"], "status": "freeze"}
    assert main.call("modifyVirtualSubaccount", frozen) == {"result": "success"}
    page = main.call("getVirtualSubaccounts", {"limit": "1"})
    rest = main.call("getVirtualSubaccounts", {"limit": "5", "idLessThan": page["endId"]})
    assert [(row["subAccountName"], row["status"]) for row in page["subAccountList"] + rest["subAccountList"]] == [
        ("momentum", "normal"),
        ("arbitrag", "freeze"),
    ]
    assert rest["subAccountList"][0]["permList"] == ["read"]


def test_a_sub_accounts_key_is_made_listed_changed_and_signs(main: Trader, node: BitgetApi, still: Served) -> None:
    [made] = main.call("createVirtualSubaccount", {"subAccountList": ["arbitrag"]})["successList"]
    asked = {
        "subAccountUid": made["subaAccountUid"], "passphrase": KEY_PASSPHRASE, "label": "bot",
        "ipList": ["127.0.0.1"], "permList": ["spot_trade"],
    }  # fmt: skip
    key = main.call("createVirtualSubaccountAPIKey", asked)
    listed = main.call("getVirtualSubaccountAPIKeys", {"subAccountUid": made["subaAccountUid"]})
    assert listed == [{name: value for name, value in key.items() if name != "secretKey"}]

    bot = Trader(node, still, key["subAccountApiKey"], key["secretKey"], KEY_PASSPHRASE)
    assert bot.call("getSpotAccount")["parentId"] == DEVELOPER_UID
    change = {name: value for name, value in asked.items() if name != "permList"}
    changed = main.call("modifyVirtualSubaccountAPIKey", change | {"subAccountApiKey": key["subAccountApiKey"]})
    assert (changed["permList"], changed["secretKey"]) == (["spot_trade"], "")
    main.call(
        "modifyVirtualSubaccountAPIKey",
        change | {"subAccountApiKey": key["subAccountApiKey"], "permList": []},
    )
    with pytest.raises(Refused, match="40014"):
        bot.call("getSpotAccount")


@pytest.mark.parametrize("wrapped", [False, True], ids=["row", "list"])
def test_a_sub_account_comes_with_its_key(main: Trader, node: BitgetApi, still: Served, wrapped: bool) -> None:
    row = {"subAccountName": "arbitrag", "passphrase": KEY_PASSPHRASE, "label": "desk", "permList": ["read"]}
    [made] = main.call("batchCreateVirtualSubaccountAndAPIKey", [row] if wrapped else row)
    bot = Trader(node, still, made["subAccountApiKey"], made["secretKey"], KEY_PASSPHRASE)

    assert (made["subAccountName"], made["label"], made["permList"], made["ipList"]) == (
        "arbitrag",
        "desk",
        ["read"],
        [],
    )
    assert bot.call("getSpotAccountAssets") == []


def test_a_coin_is_converted_at_a_quoted_price(trader: Trader) -> None:
    coins = {row["coin"] for row in trader.call("getConvertCoins")}
    assert {"BTC", "USDT"} <= coins
    quote = trader.call("getConvertQuotedPrice", {"fromCoin": "USDT", "fromCoinSize": "100", "toCoin": "BTC"})
    terms = ("fromCoin", "fromCoinSize", "cnvtPrice", "toCoin", "toCoinSize", "traceId")
    done = trader.call("convert", {name: quote[name] for name in terms})
    assert (done["toCoin"], done["toCoinSize"]) == ("BTC", quote["toCoinSize"])

    now = int(done["ts"])
    page = trader.call("getConvertHistory", {"startTime": str(now - DAY), "endTime": str(now + DAY), "limit": "20"})
    [record] = [row for row in page["dataList"] if row["ts"] == done["ts"]]
    assert (record["fromCoin"], record["toCoinSize"], record["cnvtPrice"]) == (
        "USDT",
        quote["toCoinSize"],
        quote["cnvtPrice"],
    )
    with pytest.raises(Refused):
        trader.call("convert", {name: quote[name] for name in terms})


def test_small_balances_become_bgb(trader: Trader, moving: Served) -> None:
    control(moving, "fund", uid=DEVELOPER_UID, coin="DOGE", amount="20")
    [found] = [row for row in trader.call("getConvertBGBCoins")["coinList"] if row["coin"] == "DOGE"]
    [order] = trader.call("convertBGB", {"coinList": ["DOGE"]})["orderList"]
    [record] = trader.call("getConvertBGBHistory", {"orderId": order["orderId"]})

    assert (found["available"], order["coin"]) == (record["fromAmount"], "DOGE")
    assert (record["fromCoin"], record["toCoin"], record["status"]) == ("DOGE", "BGB", "success")
