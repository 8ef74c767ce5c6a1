"""Money: exact decimals under the engine's own context; every rounding is a named call.

Inexact and Rounded results are trapped, so that an amount can only lose digits through ``down`` or ``up``.
"""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_HALF_UP,
    Clamped,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    setcontext,
)
from functools import lru_cache

ZERO = Decimal(0)
CONTEXT = Context(prec=60, Emax=80, Emin=-80, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow, Clamped])
_ROUNDING = Context(prec=80, Emax=120, Emin=-120, traps=[InvalidOperation, DivisionByZero, Overflow])


def use_money_context() -> None:
    """Makes the engine's decimal context the current thread's; called once where the engine runs."""
    setcontext(CONTEXT.copy())


@lru_cache(maxsize=64)
def step(places: int) -> Decimal:
    """The smallest amount with ``places`` decimals: ``step(2)`` is 0.01."""
    return Decimal(1).scaleb(-places)


def down(value: Decimal, places: int) -> Decimal:
    """Rounded towards zero to ``places`` decimals."""
    return value.quantize(step(places), ROUND_DOWN, _ROUNDING)


def up(value: Decimal, places: int) -> Decimal:
    """Rounded up (towards positive infinity) to ``places`` decimals."""
    return value.quantize(step(places), ROUND_CEILING, _ROUNDING)


def nearest(value: Decimal, places: int) -> Decimal:
    """Rounded half up to ``places`` decimals; for prices and ratios shown, never for balances."""
    return value.quantize(step(places), ROUND_HALF_UP, _ROUNDING)


def ratio(numerator: Decimal, denominator: Decimal, places: int) -> Decimal:
    """``numerator / denominator`` rounded half up to ``places`` decimals."""
    return nearest(_ROUNDING.divide(numerator, denominator), places)


def is_multiple(value: Decimal, places: int) -> bool:
    """Whether the value has no more than ``places`` decimals (trailing zeros aside)."""
    return value == down(value, places)


def divide_down(numerator: Decimal, denominator: Decimal, places: int) -> Decimal:
    """``numerator / denominator`` rounded towards zero to ``places`` decimals."""
    return down(_ROUNDING.divide(numerator, denominator), places)


def divide_up(numerator: Decimal, denominator: Decimal, places: int) -> Decimal:
    """``numerator / denominator`` rounded up to ``places`` decimals."""
    return up(_ROUNDING.divide(numerator, denominator), places)


def trimmed(value: Decimal) -> Decimal:
    """The same amount without trailing zeros behind the point, and without an exponent."""
    shorter = value.normalize()
    return shorter if shorter == 0 or shorter != shorter.to_integral_value() else shorter.quantize(Decimal(1))


def padded(value: Decimal, places: int) -> Decimal:
    """The same amount with at least ``places`` decimals."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "an amount is a number"
    return value if -exponent >= places else value.quantize(step(places))


def whole(numerator: Decimal, denominator: Decimal) -> int:
    """How many whole times ``denominator`` goes into ``numerator``; both positive."""
    return int(numerator // denominator)
