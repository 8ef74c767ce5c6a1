"""Each rule finds what it is there to find, and lets good code pass."""

from __future__ import annotations

import pytest

from tests.tidy import rules
from tests.tidy.sources import Source

LONG_FUNCTION = "def settle():\n" + "    pass\n" * 60
GATEWAY = "src/papertape/gateway/app.py"
ENGINE = "src/papertape/engine/fees.py"
TEST = "tests/engine/test_fees.py"

BROKEN = [
    (rules.file_size, ENGINE, "x = 1\n" * 401),
    (rules.function_size, ENGINE, LONG_FUNCTION),
    (rules.function_size, ENGINE, "class Desk:\n    async " + LONG_FUNCTION.replace("\n", "\n    ")),
    (rules.module_names, "src/papertape/engine/utils.py", ""),
    (rules.module_names, "src/papertape/common/fees.py", ""),
    (rules.precise_handlers, ENGINE, "try:\n    pass\nexcept:\n    pass\n"),
    (rules.precise_handlers, ENGINE, "try:\n    pass\nexcept Exception as e:\n    raise ValueError from e\n"),
    (rules.precise_handlers, ENGINE, "try:\n    pass\nexcept (OSError, BaseException):\n    pass\n"),
    (rules.no_marks, ENGINE, '"""TO' + 'DO"""\n'),
    (rules.no_marks, ENGINE, "x = 1  # TO" + "DO later\n"),
    (rules.no_marks, ENGINE, "x = 1  # no" + "qa: E501\n"),
    (rules.no_marks, ENGINE, "x = 1  # type: " + "ignore[misc]\n"),
    (rules.no_licence_headers, ENGINE, "# Copyright 2025 Someone\n"),
    (rules.no_licence_headers, ENGINE, "# SPDX-License-Identifier: MIT\n"),
    (rules.exact_money, ENGINE, "rate = 0.001\n"),
    (rules.exact_money, ENGINE, "rate = float('1')\n"),
    (rules.exact_money, "src/papertape/operations/spot/trade.py", "def fee(rate: float): ...\n"),
    (rules.no_set_order, ENGINE, "for coin in {'BTC', 'ETH'}:\n    pass\n"),
    (rules.no_set_order, ENGINE, "coins = [coin for coin in set(names)]\n"),
    (rules.no_set_order, ENGINE, "coins = list({name for name in names})\n"),
    (rules.no_products_in_gateway, GATEWAY, "path = '/api/v2/spot/trade/place-order'\n"),
    (rules.no_products_in_gateway, GATEWAY, "def spot_orders(): ...\n"),
    (rules.no_products_in_gateway, GATEWAY, "class SpotRouter: ...\n"),
    (rules.no_products_in_gateway, GATEWAY, "from papertape.contract.margin import Margin\n"),
    (rules.no_products_in_gateway, GATEWAY, "app.convert(1)\n"),
    (rules.tests_claim, TEST, "def test_fee():\n    fee()\n"),
    (rules.real_parts, TEST, "from unittest.mock import Mock\n"),
    (rules.real_parts, TEST, "from unittest import mock\n"),
    (rules.short_sleeps, TEST, "time.sleep(5)\n"),
    (rules.short_sleeps, TEST, "async def wait():\n    await asyncio.sleep(0.6)\n"),
]

SOUND = [
    (rules.file_size, ENGINE, "x = 1\n" * 400),
    (rules.function_size, ENGINE, "def settle():\n" + "    pass\n" * 59),
    (rules.module_names, "src/papertape/engine/fees.py", ""),
    (rules.precise_handlers, ENGINE, "try:\n    pass\nexcept (OSError, ValueError):\n    pass\n"),
    (rules.precise_handlers, ENGINE, "try:\n    pass\nexcept BaseException:\n    close()\n    raise\n"),
    (rules.precise_handlers, ENGINE, "try:\n    pass\nexcept Exception:\n    logger.exception('failed')\n"),
    (rules.no_marks, ENGINE, "x = 'TO" + "DO'  # a list of things done\n"),
    (rules.no_licence_headers, ENGINE, "# Fees are rounded up, in the exchange's favour.\n"),
    (rules.exact_money, ENGINE, "rate = Decimal('0.001')\n"),
    (rules.exact_money, GATEWAY, "seconds = 0.5\n"),
    (rules.no_set_order, ENGINE, "for coin in sorted({'BTC', 'ETH'}):\n    pass\n"),
    (rules.no_products_in_gateway, GATEWAY, '"""Routes spot and margin alike."""\n'),
    (rules.no_products_in_gateway, GATEWAY, "marginal, mixed, converted, earned = 1, 2, 3, 4\n"),
    (rules.no_products_in_gateway, ENGINE, "spot = 1\n"),
    (rules.tests_claim, TEST, "def test_fee():\n    assert fee() == 1\n"),
    (rules.tests_claim, TEST, "def test_fee():\n    with pytest.raises(ValueError):\n        fee()\n"),
    (rules.tests_claim, TEST, "def free(fee):\n    assert not fee\ndef test_fee():\n    free(fee())\n"),
    (rules.real_parts, TEST, "from papertape.engine import fees\n"),
    (rules.short_sleeps, TEST, "time.sleep(0.1)\n"),
]


def name_of(value: object) -> str | None:
    return getattr(value, "__name__", None)


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN, ids=name_of)
def test_a_rule_finds_what_breaks_it(rule: rules.Rule, path: str, text: str) -> None:
    assert rule(Source(path, text))


@pytest.mark.parametrize(("rule", "path", "text"), SOUND, ids=name_of)
def test_a_rule_lets_sound_code_pass(rule: rules.Rule, path: str, text: str) -> None:
    assert rule(Source(path, text)) == []


def test_every_rule_is_shown_to_fail_and_to_pass() -> None:
    assert {rule for rule, *_ in BROKEN} == set(rules.RULES) == {rule for rule, *_ in SOUND}


def test_a_module_that_declares_a_group_is_a_product_area() -> None:
    assert rules.declares_endpoints(Source("a.py", "class Market(Group[T]): ...\n"))
    assert rules.declares_endpoints(Source("a.py", "class Market(endpoint.Group[T]): ...\n"))
    assert not rules.declares_endpoints(Source("a.py", "class Market(Grouped): ...\n"))


def test_a_module_that_registers_a_function_answers_endpoints() -> None:
    assert rules.answers_endpoints(Source("a.py", "@command(Market.place)\ndef place(): ...\n"))
    assert rules.answers_endpoints(Source("a.py", "@registry.history(Market.fills)\nasync def fills(): ...\n"))
    assert not rules.answers_endpoints(Source("a.py", "@cache\ndef place(): ...\n"))
