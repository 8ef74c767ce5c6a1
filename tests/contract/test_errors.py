"""Errors: their places are filled, and Chinese texts have the same places as the English ones."""

from __future__ import annotations

import re

import pytest

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Error
from papertape.contract.protocol.errors_chinese import CHINESE, in_chinese

ERRORS = {name: value for name, value in vars(errors).items() if isinstance(value, Error)}


def test_an_error_fills_its_places():
    assert errors.PARAMETER_EMPTY.of("symbol") == Error("40019", "Parameter symbol cannot be empty", 400, ("symbol",))


def test_what_a_client_sent_is_not_taken_for_a_place():
    error = errors.PARAMETER_DOES_NOT_EXIST.of("{0}{x}")
    assert error.message == "Parameter {0}{x} does not exist"
    assert in_chinese(error).message == "参数{0}{x}不存在"


def test_chinese_where_there_is_one():
    assert in_chinese(errors.INSUFFICIENT_BALANCE) == Error("43012", "余额不足")
    unknown = Error("99999", "no such code")
    assert in_chinese(unknown) is unknown


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS.keys())
def test_each_error(error):
    assert re.fullmatch(r"\d{3}|\d{5}", error.code)
    assert error.status == 200 if error is errors.SUCCESS else 400 <= error.status <= 500
    places = re.findall(r"{\d}", error.message)
    assert sorted(re.findall(r"{\d}", CHINESE.get(error.code, error.message))) == sorted(places)
    filled = error.of(*range(len(places)))
    assert "{" not in filled.message + in_chinese(filled).message
