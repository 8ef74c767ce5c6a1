"""Set a scene through the control plane: a new user with coins and a key, who then trades."""

from __future__ import annotations

from decimal import Decimal

from papertape import Client

with Client() as operator:
    control = operator.control
    alice = control.create_user(name="alice")
    control.fund(uid=alice.uid, coin="SOL", amount=Decimal(25))
    key = control.create_key(uid=alice.uid, permissions=["read", "spot_trade"], label="alice")

with Client(key=key.key, secret=key.secret, passphrase=key.passphrase) as client:
    client.spot.trade.place_order(symbol="SOLUSDT", side="sell", order_type="market", force="gtc", size=Decimal(10))
    for asset in client.spot.account.assets():
        print(f"{alice.name} holds {asset.available:.2f} {asset.coin}")
