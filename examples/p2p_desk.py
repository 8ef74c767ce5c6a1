"""Sell 100 USDT to the second trader for euros on the P2P desk, each step as the one whose turn it is."""

from decimal import Decimal

from papertape import Client

client = Client()
desk = client.control.p2p
seller = client.control.create_user(name="dora").uid
client.control.fund(uid=seller, coin="USDT", amount=Decimal(500), wallet="p2p")
desk.identify(uid=seller, real_name="Dora Diaz", country="ES", email="dora@example.com")
desk.set_payment_account(uid=seller, payment_id="15", details=["ES9121000418450200051332", "CAIXESBB"])
desk.register_merchant(uid=seller, nick_name=f"dora-{seller}")
advertisement = desk.post_advertisement(
    uid=seller,
    side="sell",
    coin="USDT",
    fiat="EUR",
    price=Decimal("0.93"),
    size=Decimal(300),
    min_trade_amount=Decimal(10),
    payment_ids=["15"],
)
order = desk.place_order(uid=1_000_000_002, adv_no=advertisement.adv_no, amount=Decimal(93))
print(f"{order.count} {order.coin} in escrow, {order.amount} {order.fiat} to pay")
desk.pay(order_no=order.order_no)
print(f"the order is {desk.release(order_no=order.order_no).status}")

now = client.public.time().server_time
offers = client.p2p.advertisements(
    start_time=now - 86_400_000, status="online", side="sell", coin="USDT", fiat="EUR", source_type="competitior"
)
for offer in offers.advertisements:
    print(f"{offer.advertised_size - offer.filled_size} USDT at {offer.price} {offer.fiat_symbol}")
