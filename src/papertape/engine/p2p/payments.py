"""How fiat money can be paid: the methods, and what a payer has to know for each.

The first three, with their ids and fields, are those of the documentation's example; the others are ours.
"""

from __future__ import annotations

from typing import NamedTuple

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected


class Detail(NamedTuple):
    """Something that a payer has to know: its name, the same in Chinese, and whether it is an image."""

    name: str
    chinese: str
    image: bool = False


class PaymentMethod(NamedTuple):
    """A way to pay; ``payment_id`` is a number as text."""

    payment_id: str
    name: str
    chinese: str
    details: tuple[Detail, ...]


_CODE = Detail("Payment code", "收款码", image=True)
METHODS = {
    method.payment_id: method
    for method in (
        PaymentMethod("11", "Bank Card", "银行卡", (Detail("Bank Card", "银行卡号"),)),
        PaymentMethod("12", "WeChat", "微信", (_CODE, Detail("WeChatAccount", "微信账号"))),
        PaymentMethod("13", "Alipay", "支付宝", (Detail("AlipayAccount", "支付宝账号"), _CODE)),
        PaymentMethod("14", "PayPal", "PayPal", (Detail("PayPalAccount", "PayPal账号"),)),
        PaymentMethod("15", "Bank Transfer", "银行转账", (Detail("IBAN", "国际银行账号"), Detail("BIC", "银行识别码"))),
        PaymentMethod("16", "Wise", "Wise", (Detail("WiseAccount", "Wise账号"),)),
        PaymentMethod("17", "Revolut", "Revolut", (Detail("Revtag", "Revolut账号"),)),
        PaymentMethod("18", "Zelle", "Zelle", (Detail("ZelleAccount", "Zelle账号"),)),
    )
}


def find_method(payment_id: str) -> PaymentMethod:
    """The payment method of this id; 60028 if there is none."""
    method = METHODS.get(payment_id)
    if method is None:
        raise Rejected(errors.PAYMENT_METHOD_WRONG)
    return method
