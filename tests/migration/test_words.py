"""Symbols lose their suffix, words become V2's, and pages by number are told with the endpoint that they belong to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.migration.programs import findings, rewritten

LINES = {
    "UMCBL": "USDT-FUTURES",
    "DMCBL": "COIN-FUTURES",
    "CMCBL": "USDC-FUTURES",
    "SUMCBL": "SUSDT-FUTURES",
    "SDMCBL": "SCOIN-FUTURES",
    "SCMCBL": "SUSDC-FUTURES",
}


@pytest.mark.parametrize("line", LINES)
def test_a_symbol_of_futures_loses_its_line_and_the_parameter_is_told(tmp_path: Path, line: str) -> None:
    (found,) = findings(tmp_path, f"SYMBOL = 'BTCUSD_{line}'")
    assert (found.kind, found.found, found.replacements) == ("symbol", f"BTCUSD_{line}", ("BTCUSD",))
    assert LINES[line] in found.changes[0]
    assert rewritten(tmp_path, f"s = f'{{coin}}USDT_{line}'") == "s = f'{coin}USDT'"
    assert rewritten(tmp_path, f"t = '{line.lower()}'") == f"t = '{LINES[line]}'"


def test_a_symbol_of_spot_has_no_product_type(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "SYMBOL = 'BTCUSDT_SPBL'")
    assert (found.replacements, found.changes) == (("BTCUSDT",), ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("BTCUSD_DMCBL_210924", "BTCUSDU21"),
        ("ETHUSD_DMCBL_230331", "ETHUSDH23"),
        ("BTCUSD_DMCBL_221230", "BTCUSDZ22"),
        ("BTCUSD_DMCBL_240128", "BTCUSDF24"),
        ("{coin}_DMCBL_230630", "{coin}M23"),
    ],
)
def test_a_delivery_symbol_gets_month_code_and_year(tmp_path: Path, old: str, new: str) -> None:
    assert rewritten(tmp_path, f"s = f'{old}'") == f"s = f'{new}'"


@pytest.mark.parametrize(
    "line",
    [
        "s = 'BTCUSD_DMCBL_211324'",
        "s = f'BTCUSD_DMCBL_{day}'",
        "s = symbol.replace('_UMCBL', '')",
        "if '_UMCBL' in symbol: pass",
        "s = make('_SPBL', symbol)",
    ],
)
def test_a_suffix_without_symbol_and_a_date_that_is_none_are_told_and_left(tmp_path: Path, line: str) -> None:
    (found,) = findings(tmp_path, line)
    assert found.kind == "symbol"
    assert rewritten(tmp_path, line) == line


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.py", "s = coin + 'USDT' + '_UMCBL'", "s = coin + 'USDT'"),
        ("a.go", 's := coin + "_UMCBL"', "s := coin"),
        ("a.py", "p = {'symbol': 'XUSDT_UMCBL'}", "p = {'symbol': 'XUSDT', 'productType': 'USDT-FUTURES'}"),
        ("a.ts", "p = { symbol: `XUSD_DMCBL`, a }", "p = { symbol: `XUSD`, productType: `COIN-FUTURES`, a }"),
        ("a.go", '{"symbol": "XUSDT_UMCBL"}', '{"symbol": "XUSDT", "productType": "USDT-FUTURES"}'),
        ("a.py", "p = {'symbol': 'X_UMCBL', 'productType': t}", "p = {'symbol': 'X', 'productType': t}"),
        ("a.py", "p = {'symbol': 'BTCUSDT_SPBL'}", "p = {'symbol': 'BTCUSDT'}"),
        ("a.py", "call(symbol='XUSDT_UMCBL')", "call(symbol='XUSDT')"),
        ("a.java", 'url + "?symbol=X_UMCBL&a=1"', 'url + "?symbol=X&productType=USDT-FUTURES&a=1"'),
        ("a.env", "SYMBOL=BTCUSDT_UMCBL\n", "SYMBOL=BTCUSDT\n"),
        ("a.yaml", "symbols: [BTCUSDT_UMCBL]\nproductType: umcbl\n", "symbols: [BTCUSDT]\nproductType: USDT-FUTURES\n"),
    ],
)
def test_a_suffix_goes_and_the_product_type_is_written_where_parameters_are_named(
    tmp_path: Path, name: str, before: str, after: str
) -> None:
    assert rewritten(tmp_path, before, name) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = dict(productType='UMCBL')", "a = dict(productType='USDT-FUTURES')"),
        ("a = {'instType': 'SPBL'}", "a = {'instType': 'SPOT'}"),
        ("a['productType'] = 'SUMCBL'", "a['productType'] = 'SUSDT-FUTURES'"),
        ("END = 'UMCBL'", "END = 'UMCBL'"),
        ("s = symbol + '_' + 'umcbl'", "s = symbol + '_' + 'umcbl'"),
    ],
)
def test_a_line_alone_is_rewritten_where_it_can_only_be_a_product_type(tmp_path: Path, before: str, after: str) -> None:
    assert findings(tmp_path, before)
    assert rewritten(tmp_path, before) == after


def test_another_exchange_with_the_same_suffix_is_left_alone(tmp_path: Path) -> None:
    assert findings(tmp_path, "# symbols of weex\ns = 'BTCUSDT_SPBL'\n", "other.py") == []


def test_words_are_rewritten_and_sides_are_told(tmp_path: Path) -> None:
    text = "a = ['mix_usdt', 'mix_usd', 'mix_usdc', 'double_hold', 'single_hold', 'ordersAlgo']\n"
    after = "a = ['usdt_futures', 'coin_futures', 'usdc_futures', 'hedge_mode', 'one_way_mode', 'orders-algo']\n"
    assert rewritten(tmp_path, text) == after
    found = findings(tmp_path, "a = ['open_long', 'close_short', 'buy_single']\n")
    assert [each.replacements[0] for each in found] == [
        "side buy, tradeSide open",
        "side sell, tradeSide close",
        "side buy, no tradeSide (one-way mode)",
    ]


def test_sockets_of_v1_are_told_with_both_of_v2(tmp_path: Path) -> None:
    text = "URL = 'wss://ws.bitget.com/mix/v1/stream'\nsub = {'instType': 'mc'}\nspot = {'instType': 'SP'}\n"
    url, futures, spot = findings(tmp_path, text)
    assert url.replacements == ("wss://ws.bitget.com/v2/ws/public", "wss://ws.bitget.com/v2/ws/private")
    assert "USDT-FUTURES" in futures.replacements
    assert (spot.replacements, spot.mechanical) == (("SPOT",), True)


def test_page_numbers_are_told_with_the_endpoint_of_their_function(tmp_path: Path) -> None:
    text = """def deposits(pageNo, pageSize):
    params = {"pageNo": pageNo, "pageSize": pageSize}
    return get("/api/spot/v1/wallet/deposit-list", params)

def bills():
    return post("/api/mix/v1/account/accountBill", {
        "lastEndId": last,
    })
"""
    pages = [each for each in findings(tmp_path, text) if each.kind == "pagination"]
    assert [(text.count("\n", 0, each.start) + 1, each.found) for each in pages] == [
        (1, "pageNo, pageSize"),
        (2, "pageNo, pageSize"),
        (7, "lastEndId"),
    ]
    assert "deposit-records" in pages[1].changes[0]
    assert "mix/account/bill" in pages[2].changes[0]
    assert all(each.replacements == ("idLessThan and limit",) for each in pages)


def test_page_numbers_that_v2_has_kept_are_no_finding(tmp_path: Path) -> None:
    text = "def rates():\n    return get('/api/{}/mix/{}', {{'pageSize': 20, 'pageNo': 2}})\n"
    old = findings(tmp_path, text.replace("{}/mix", "mix", 1).format("v1/market/history-fundRate"))
    assert [each.kind for each in old] == ["endpoint"]
    assert findings(tmp_path, text.format("v2", "market/history-fund-rate")) == []
    (left,) = findings(tmp_path, text.format("v2", "order/orders-history"))
    assert left.kind == "pagination"


def test_page_numbers_of_others_are_none_of_our_business(tmp_path: Path) -> None:
    text = "s = {'pageSize': 20}\n# pageNo of Bitget\n"
    assert findings(tmp_path, text.replace("Bitget", "ours"), "shop.py") == []
    assert [each.found for each in findings(tmp_path, text, "shop.py")] == ["pageSize"]
