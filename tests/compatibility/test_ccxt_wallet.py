"""ccxt moves money: transfers, deposits, withdrawals, and the ledger that tells of all of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.cli.serving import Served
from tests.compatibility.clients import BTC, DEVELOPER_UID, available, control, frozen, gained

ELSEWHERE = "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL"


def test_a_transfer_moves_between_wallets_and_is_recorded(developer: Any) -> None:
    before = available(developer)
    moved = developer.transfer("USDT", 12.5, "spot", "swap")
    back = developer.transfer("USDT", 2.5, "p2p", "spot")
    assert gained(before, available(developer)) == {"USDT": Decimal(-10)}
    records = developer.fetch_transfers("USDT", params={"fromType": "spot"})
    assert [(record["id"], record["amount"], record["toAccount"], record["status"]) for record in records] == [
        (moved["id"], 12.5, "swap", "ok")
    ]
    [record] = developer.fetch_transfers("USDT", params={"fromType": "p2p"})
    assert (record["id"], record["fromAccount"], record["toAccount"]) == (back["id"], "p2p", "spot")


@pytest.mark.parametrize(
    ("coin", "network", "tagged"), [("USDT", "TRC20", False), ("BTC", "BTC", False), ("XRP", "XRP", True)]
)
def test_a_deposit_address_stays_the_same(developer: Any, coin: str, network: str, tagged: bool) -> None:
    address = developer.fetch_deposit_address(coin, {"network": network})
    assert (address["currency"], address["network"], bool(address["tag"])) == (coin, network, tagged)
    assert len(address["address"]) > 20
    assert developer.fetch_deposit_address(coin, {"network": network})["address"] == address["address"]


def test_a_deposit_is_pending_until_the_chain_confirms_it(developer: Any, still: Served) -> None:
    address = developer.fetch_deposit_address("USDT", {"network": "TRC20"})["address"]
    before = available(developer)
    sent = control(
        still, "deposits/start", uid=DEVELOPER_UID, coin="USDT", amount="250.5", chain="TRC20", address=address
    )
    [pending] = developer.fetch_deposits("USDT")
    assert (pending["id"], pending["status"], pending["amount"]) == (sent["orderId"], "pending", 250.5)
    assert (pending["network"], pending["address"], pending["txid"]) == ("TRC20", address, sent["transaction"])
    assert gained(before, available(developer)) == {}
    control(still, "deposits/confirm", orderId=sent["orderId"], confirmations=20)
    [done] = developer.fetch_deposits("USDT")
    assert (done["id"], done["status"], done["type"]) == (sent["orderId"], "ok", "deposit")
    assert gained(before, available(developer)) == {"USDT": Decimal("250.5")}


def test_a_coin_can_be_funded_at_once(developer: Any, still: Served) -> None:
    before = available(developer)
    control(still, "fund", uid=DEVELOPER_UID, coin="XRP", amount="1000.123456")
    assert gained(before, available(developer)) == {"XRP": Decimal("1000.123456")}
    [deposit] = developer.fetch_deposits("XRP")
    assert (deposit["amount"], deposit["status"]) == (1000.123456, "ok")


def test_a_withdrawal_is_reviewed_broadcast_and_done(developer: Any, still: Served) -> None:
    before = available(developer)
    asked = developer.withdraw("USDT", 50, ELSEWHERE, params={"network": "TRC20"})
    [record] = developer.fetch_withdrawals("USDT")
    assert (record["id"], record["status"], record["amount"]) == (asked["id"], "pending", 48.5)
    assert (record["network"], record["address"], record["fee"]["cost"]) == ("TRC20", ELSEWHERE, 1.5)
    assert gained(before, available(developer)) == {"USDT": Decimal(-50)}
    approved = control(still, "withdrawals/approve", orderId=asked["id"])
    control(still, "withdrawals/complete", orderId=asked["id"])
    [record] = developer.fetch_withdrawals("USDT")
    assert (record["status"], record["txid"]) == ("ok", approved["transaction"])
    assert (gained(before, available(developer)), frozen(developer)) == ({"USDT": Decimal(-50)}, {})


def test_a_refused_withdrawal_comes_back_whole(developer: Any, still: Served) -> None:
    before = available(developer)
    asked = developer.withdraw("USDT", 50, ELSEWHERE, params={"network": "TRC20"})
    control(still, "withdrawals/fail", orderId=asked["id"], reason="no")
    [record] = developer.fetch_withdrawals("USDT")
    assert record["status"] == "failed"
    assert (available(developer), frozen(developer)) == (before, {})


def in_order(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As they happened: ccxt sorts by time alone, and one millisecond may have several."""
    return sorted(entries, key=lambda entry: int(entry["id"]))


def test_the_ledger_adds_up_to_the_balance(developer: Any, trader: Any, still: Served) -> None:
    before = available(developer)
    developer.create_order(BTC, "limit", "buy", 0.01, 84000)
    trader.create_order(BTC, "limit", "sell", 0.01, 84000)
    developer.transfer("USDT", 12.5, "spot", "p2p")
    control(still, "fund", uid=DEVELOPER_UID, coin="USDT", amount="7")
    after = available(developer)
    for coin in ("USDT", "BTC"):
        bills = [entry["info"] for entry in in_order(developer.fetch_ledger(coin))]
        changes = [Decimal(bill["size"]) + Decimal(bill["fees"]) for bill in bills]
        assert sum(changes) == after[coin]
        assert Decimal(bills[-1]["balance"]) == after[coin]
        assert sum(changes[1:]) == after[coin] - before[coin]
    entries = in_order(developer.fetch_ledger("USDT"))
    assert [entry["info"]["businessType"] for entry in entries[1:]] == ["buy", "transfer_out", "deposit"]
    assert {entry["direction"] for entry in entries[1:3]} == {"out"}


def test_the_ledger_comes_in_pages(developer: Any) -> None:
    for amount in (1, 2, 3, 4):
        developer.transfer("USDT", amount, "spot", "p2p")
    entries = in_order(developer.fetch_ledger("USDT", limit=3))
    assert [entry["amount"] for entry in entries] == [2, 3, 4]
    older = in_order(developer.fetch_ledger("USDT", limit=3, params={"idLessThan": entries[0]["id"]}))
    assert [entry["amount"] for entry in older] == [100_000, 1]
