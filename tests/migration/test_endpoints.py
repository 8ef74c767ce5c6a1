"""Every V1 path of the documentation's tables is found, with its place in V2, however it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from papertape.contract.catalog import replaced_paths
from papertape.migration.places import replaced, unrivalled
from papertape.migration.scan import Codebase
from tests.migration.programs import PATHS, ROWS, STYLES, SUFFIX, Style, findings, program, rewritten


@pytest.mark.parametrize("language", SUFFIX)
@pytest.mark.parametrize("style", STYLES)
def test_each_row_is_found_with_line_and_replacement(tmp_path: Path, language: str, style: Style) -> None:
    text = program(language, style)
    found = {each.found: each for each in findings(tmp_path, text, f"bitget{SUFFIX[language]}") if each.replacements}
    assert [path for _, path in PATHS if path not in found] == []
    for row in ROWS:
        finding = found[row.v1_path or ""]
        assert any(row.v2_path in place for place in finding.replacements), row
        line = text.count("\n", 0, finding.start)
        number = next(number for number, (_, path) in enumerate(PATHS) if path == row.v1_path)
        assert any(f"a{number} " in near or f"a{number}," in near for near in text.split("\n")[line : line + 2])


def test_all_240_rows_are_accounted_for() -> None:
    new = {place.path for place in unrivalled()}
    for row in replaced_paths():
        if row.v1_path is None:
            assert row.v2_path in new
        else:
            assert any(row.v2_path in str(place) for place in replaced()[row.v1_path.lower()].places)
    assert (len(replaced_paths()), len(PATHS), len(new)) == (240, 232, 7)


@pytest.mark.parametrize("language", SUFFIX)
@pytest.mark.parametrize("style", STYLES[:4])
def test_a_path_with_one_place_is_rewritten_and_nothing_mechanical_remains(
    tmp_path: Path, language: str, style: Style
) -> None:
    name = f"bitget{SUFFIX[language]}"
    done = rewritten(tmp_path, program(language, style), name)
    for row in replaced().values():
        if row.mechanical:
            assert row.places[0].path in done
    assert [each.found for each in findings(tmp_path, done, name) if each.mechanical] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('get("/api/spot/v1/market/ticker")', 'get("/api/v2/spot/market/tickers")'),
        ("get('api/spot/v1/market/fills?symbol=' + s)", "get('api/v2/spot/market/fills?symbol=' + s)"),
        ("get('/spot/v1/market/fills')", "get('/v2/spot/market/fills')"),
        ("url = f'{HOST}/api/mix/v1/market/tickers'", "url = f'{HOST}/api/v2/mix/market/tickers'"),
        ("V = 'v1'\nget(f'/api/mix/{V}/order/detail?a={b}')", "V = 'v1'\nget(f'/api/v2/mix/order/detail?a={b}')"),
        ("P = '/order'\nget('/api/mix/v1' + P + '/detail')", "P = '/order'\nget('/api/v2/mix/order/detail')"),
        ("A = ('POST /api/spot/v1/trade/orderInfo')", "A = ('GET /api/v2/spot/trade/orderInfo')"),
        ("A = 'post /api/spot/v1/trade/fills'", "A = 'get /api/v2/spot/trade/fills'"),
        ("# GET /api/spot/v1/market/tickers\n", "# GET /api/v2/spot/market/tickers\n"),
        ("get('/api/margin/v1/cross/loan/list')", "get('/api/v2/margin/crossed/borrow-history')"),
        ("get('/api/user/v1/fee/query')", "get('/api/v2/common/trade-rate')"),
    ],
)
def test_what_is_mechanical_is_rewritten_in_its_place(tmp_path: Path, before: str, after: str) -> None:
    assert rewritten(tmp_path, before) == after


@pytest.mark.parametrize(
    "line",
    [
        "post('/api/spot/v1/trade/orderInfo', body)",
        "post('/api/mix/v1/order/placeOrder', body)",
        "get('/api/margin/v1/isolated/account/repay')",
        "post('/api/spot/v1/convert/quoted-price')",
        "get('/api/mix/v1/plan/currentPlan')",
        "get(f'/api/{line}/v1/market/ticker')",
        "get(f'/api/mix/v1/order/{action}')",
        "BASE = 'https://api.bitget.com/api/mix/v1'\nget(BASE + '/order/detail')",
        "A = '/api/mix/v1/order'\nA = '/api/mix/v1/plan'\nget(A + '/detail')",
        "post('/api/broker/v1/agent/customerList')",
    ],
)
def test_what_needs_a_decision_is_told_and_left(tmp_path: Path, line: str) -> None:
    assert findings(tmp_path, line)
    assert rewritten(tmp_path, line) == line


@pytest.mark.parametrize(
    "line",
    [
        "get('https://openapi.bitunix.com/api/spot/v1/market/ticker')",
        "import 'github.com/someone/app/api/spot/v1/market/ticker'",
        "get('/api/v2/spot/market/tickers')",
        "get('/myapi/spot/v1/market/ticker')",
        "get('https://example.com/api/user/v1/profile')",
    ],
)
def test_what_is_not_bitgets_v1_is_left_alone(tmp_path: Path, line: str) -> None:
    assert findings(tmp_path, line, "other.py") == []


def test_the_rest_of_a_path_is_found_where_the_base_is_known(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text("class Client:\n    root = 'https://api.bitget.com/api/spot/v1'\n", "utf-8")
    (found,) = findings(tmp_path, "def ticker(self):\n    return self.fetch(self.root, '/market/ticker')\n")
    assert (found.found, found.replacements) == ("/api/spot/v1/market/ticker", ("GET /api/v2/spot/market/tickers",))
    (found,) = findings(
        tmp_path, "class Bitget(Client):\n    def ticker(self):\n        return self.get('/market/ticker')\n"
    )
    assert found.changes[0] == "with a V1 base it is /api/spot/v1/market/ticker"


def test_an_isolated_margin_call_is_not_sent_to_cross_margin(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "post('/api/margin/v1/isolated/account/riskRate')")
    assert found.replacements[0] == "GET /api/v2/margin/isolated/account/risk-rate"
    assert "table" in found.changes[0]


def test_a_path_that_no_row_names_tells_what_is_new_in_v2(tmp_path: Path) -> None:
    (mix,) = findings(tmp_path, "get('/api/mix/v1/plan/somethingElse')")
    (spot,) = findings(tmp_path, "get('/api/spot/v1/trace/order/somethingElse')")
    assert "orders-plan-pending" in mix.changes[1]
    assert "query-trader-symbols" in spot.changes[1]


def test_strings_of_templates_within_templates_are_read(tmp_path: Path) -> None:
    text = (
        "const a = `${on ? `/api/mix/v1/market/ticker` : '`'}` + '/api/mix/v1/market/tickers'; // '\nre = /['\"`]/;\n"
    )
    found = findings(tmp_path, text, "bitget.js")
    assert sorted(each.found for each in found) == ["/api/mix/v1/market/ticker", "/api/mix/v1/market/tickers"]
    done = rewritten(tmp_path, "u = f\"{HOST}{'/api/mix/v1/market/ticker' if a else B}?symbol={s}\"")
    assert done == "u = f\"{HOST}{'/api/v2/mix/market/ticker' if a else B}?symbol={s}\""


ENDLESS = ["'" + "\\\n" * 2000, "/*\n" * 8_000, "'''\n" * 8_000, "`${\n" * 8_000, "a+\n" * 8_000, "f'{\n" * 8_000]


@pytest.mark.parametrize("text", ENDLESS, ids=range(len(ENDLESS)))
@pytest.mark.parametrize("suffix", [".py", ".ts", ".go", ".java"])
def test_text_that_is_no_program_is_read_to_its_end(tmp_path: Path, text: str, suffix: str) -> None:
    (tmp_path / f"bitget{suffix}").write_text(text)
    assert list(Codebase(tmp_path).scan()) == []
