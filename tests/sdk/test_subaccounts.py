"""A desk with sub-accounts on a running exchange: made, keyed, funded, trading, frozen, and there after a restart."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import papertape
from papertape import Client
from papertape.contract.subaccounts import CreatedSubaccountKey, SubaccountWithKey
from papertape.sdk.environment import at
from tests.cli.serving import serving

DEVELOPER = "1000000001"
PASSPHRASE = "openSesame1"
QUIET = ("--market", "still", "--limits", "off")


def give(client: Client, uid: str, usdt: int) -> None:
    client.spot.wallet.subaccount_transfer(
        from_type="spot", to_type="spot", amount=Decimal(usdt), coin="USDT", from_user_id=DEVELOPER, to_user_id=uid
    )


def buy(client: Client) -> str:
    return client.spot.trade.place_order(
        symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=Decimal(50000), size=Decimal("0.01")
    ).order_id


def test_a_sub_account_trades_with_its_own_key_until_it_is_frozen(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with serving(*QUIET, data=data) as served, Client(at(served.rest)) as main:
        [made] = main.subaccounts.create(aliases=["arbitrag"]).successes
        key = main.subaccounts.create_key(
            uid=made.uid, passphrase=PASSPHRASE, label="bot", permissions=["spot_trade"], ips=["127.0.0.1"]
        )
        give(main, made.uid, 1000)
        with holder(served.rest, key) as trader:
            order = buy(trader)
            assert [each.order_id for each in trader.spot.trade.unfilled_orders()] == [order]
            assert trader.spot.account.assets()[0].frozen == 500
            with pytest.raises(papertape.PermissionDenied, match="40014"):
                trader.spot.wallet.transfer(from_type="spot", to_type="p2p", amount=Decimal(1), coin="USDT")
            with pytest.raises(papertape.PermissionDenied, match="40048"):
                trader.subaccounts.subaccounts()
            main.subaccounts.modify(uid=made.uid, permissions=["spot_trade"], status="freeze")
            with pytest.raises(papertape.PermissionDenied, match="40024"):
                trader.spot.account.assets()

    secrets = (key.secret.encode(), PASSPHRASE.encode())
    written = b"".join(path.read_bytes() for path in sorted(Path(data).rglob("*")) if path.is_file())
    assert key.key.encode() in written
    assert not any(secret in written for secret in secrets)

    with serving(*QUIET, data=data) as served, Client(at(served.rest)) as main:
        [listed] = main.subaccounts.subaccounts().subaccounts
        assert (listed.uid, listed.alias, listed.status) == (made.uid, "arbitrag", "freeze")
        main.subaccounts.modify(uid=made.uid, permissions=["spot_trade"], status="normal")
        with holder(served.rest, key) as trader:
            trader.spot.trade.cancel_order(symbol="BTCUSDT", order_id=order)
            assert trader.spot.account.assets()[0].available == 1000


def test_a_batch_of_keys_signs_and_a_read_only_one_cannot_trade() -> None:
    with serving(*QUIET) as served, Client(at(served.rest)) as main:
        rows = [
            SubaccountWithKey(alias=alias, passphrase=PASSPHRASE, label=alias) for alias in ("abcdefgh", "ijklmnop")
        ]
        first, second = main.subaccounts.create_with_keys(subaccounts=rows)
        [listed] = main.subaccounts.keys(uid=first.uid)
        assert (listed.key, listed.label, listed.permissions) == (first.key, "abcdefgh", ["read"])
        with Client(at(served.rest), key=second.key, secret=second.secret, passphrase=PASSPHRASE) as reader:
            assert reader.spot.account.info().parent_id == int(DEVELOPER)
            with pytest.raises(papertape.PermissionDenied, match="40014"):
                buy(reader)
            changed = main.subaccounts.modify_key(
                uid=second.uid, key=second.key, passphrase=PASSPHRASE, label="trader", permissions=["spot_trade"]
            )
            assert (changed.permissions, changed.secret) == (["spot_trade"], "")
            with pytest.raises(papertape.InsufficientBalance):
                buy(reader)


def holder(rest: str, key: CreatedSubaccountKey) -> Client:
    """Whoever was given the key."""
    return Client(at(rest), key=key.key, secret=key.secret, passphrase=PASSPHRASE)
