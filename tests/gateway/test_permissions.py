"""Every signed endpoint of the exchange wants its permission, and a sub-account's permissions bound its keys'."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from papertape.contract.catalog import ENDPOINTS
from papertape.contract.protocol.endpoint import PERMISSIONS
from papertape.operations.registry import OPERATIONS
from papertape.runtime.local_exchange import LocalExchange
from tests.gateway.desk import Answered, Desk

SIGNED = [endpoint for endpoint in ENDPOINTS if endpoint.access == "signed" and endpoint.path in OPERATIONS]
CREATE, CREATE_KEY = "/api/v2/user/create-virtual-subaccount", "/api/v2/user/create-virtual-subaccount-apikey"
MODIFY, MODIFY_KEY = "/api/v2/user/modify-virtual-subaccount", "/api/v2/user/modify-virtual-subaccount-apikey"
SECRET, PASSPHRASE = "a-secret-of-enough-letters", "openSesame1"


@pytest.fixture
def desk(exchange: LocalExchange) -> Desk:
    """A desk at which nobody counts requests."""
    return Desk(exchange, limits=False)


class Holder:
    """Whoever holds a key."""

    def __init__(self, desk: Desk, key: str, secret: str = SECRET) -> None:
        self.desk, self.key, self.secret = desk, key, secret

    async def send(self, method: str, path: str, body: bytes = b"") -> Answered:
        signed = {"access_key": self.key, "secret": self.secret, "access_passphrase": PASSPHRASE}
        return await self.desk.signed(method, path, body, **signed)

    async def refused(self) -> list[str]:
        """The endpoints that the key has no permission for."""
        return [
            endpoint.path for endpoint in SIGNED if (await self.send(endpoint.method, endpoint.path)).code == "40014"
        ]


async def key_with(desk: Desk, permissions: Sequence[str]) -> Holder:
    """A new user's key, bound to this machine, that may do this and nothing else."""
    user = await desk.control("POST", "users/create")
    key = f"holder-{user.json['uid']}"
    made = await desk.control(
        "POST", "keys/create", uid=user.json["uid"], key=key, secret=SECRET, passphrase=PASSPHRASE,
        permissions=list(permissions), ips=["127.0.0.1"],
    )  # fmt: skip
    assert made.status == 200, made.body
    return Holder(desk, key)


async def post(desk: Desk, path: str, body: object) -> Answered:
    """The developer's request."""
    return await desk.signed("POST", path, msgspec.json.encode(body))


async def sub_account_with_key(desk: Desk, permissions: Sequence[str]) -> tuple[str, Holder]:
    """The UID of a sub-account of the developer's, and a key to it."""
    [made] = (await post(desk, CREATE, {"subAccountList": ["arbitrag"]})).data["successList"]
    uid = made["subaAccountUid"]
    asked = {"subAccountUid": uid, "passphrase": PASSPHRASE, "label": "bot", "permList": list(permissions)}
    key = (await post(desk, CREATE_KEY, asked)).data
    return uid, Holder(desk, key["subAccountApiKey"], key["secretKey"])


def needing(*permissions: str) -> list[str]:
    return [endpoint.path for endpoint in SIGNED if endpoint.permission in permissions]


@pytest.mark.parametrize("permission", [permission for permission in PERMISSIONS if permission != "read"])
async def test_a_key_without_the_permission_is_refused_on_every_endpoint_that_needs_it(
    desk: Desk, permission: str
) -> None:
    holder = await key_with(desk, [word for word in PERMISSIONS if word != permission])
    assert await holder.refused() == needing(permission)


@pytest.mark.parametrize("permission", PERMISSIONS)
async def test_a_permission_opens_what_needs_it_and_reading(desk: Desk, permission: str) -> None:
    holder = await key_with(desk, [permission])
    assert await holder.refused() == needing(*(word for word in PERMISSIONS if word not in (permission, "read")))


async def test_a_key_without_permissions_is_refused_everywhere(desk: Desk) -> None:
    holder = await key_with(desk, [])
    answer = await holder.send("GET", "/api/v2/spot/account/assets")
    assert answer.json["msg"] == "Incorrect permissions, need read permissions"
    assert await holder.refused() == [endpoint.path for endpoint in SIGNED]


async def test_a_sub_accounts_permissions_bound_those_of_its_keys(desk: Desk) -> None:
    everything = ["spot_trade", "margin_trade", "contract_trade", "transfer", "read"]
    uid, holder = await sub_account_with_key(desk, everything)
    assert await holder.refused() == needing("withdraw")

    for granted, lost in (
        (["read", "spot_trade"], ["contract_trade", "withdraw"]),
        (["read", "contract_trade"], ["spot_trade", "margin_trade", "withdraw"]),
        (["read"], ["spot_trade", "margin_trade", "contract_trade", "transfer", "withdraw"]),
    ):
        await post(desk, MODIFY, {"subAccountUid": uid, "permList": granted, "status": "normal"})
        assert await holder.refused() == needing(*lost)

    await post(desk, MODIFY, {"subAccountUid": uid, "permList": ["spot_trade", "contract_trade"], "status": "normal"})
    assert await holder.refused() == needing("withdraw")


async def test_a_read_only_key_cannot_trade(desk: Desk) -> None:
    _, holder = await sub_account_with_key(desk, ["read"])
    order = b'{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","price":"50000","size":"0.01"}'

    assert (await holder.send("GET", "/api/v2/spot/account/assets")).code == "00000"
    assert (await holder.send("POST", "/api/v2/spot/trade/place-order", order)).code == "40014"
    assert (await holder.send("GET", "/api/v2/spot/account/info")).data["authorities"][0] == "coor"


async def test_freezing_stops_keys_at_once_and_unfreezing_lets_them_on(desk: Desk) -> None:
    uid, holder = await sub_account_with_key(desk, ["spot_trade"])
    codes = []
    for status in ("normal", "freeze", "normal"):
        await post(desk, MODIFY, {"subAccountUid": uid, "permList": ["spot_trade"], "status": status})
        codes.append((await holder.send("GET", "/api/v2/spot/account/assets")).code)
    assert codes == ["00000", "40024", "00000"]


async def test_a_permission_taken_from_a_key_is_gone_at_once(desk: Desk) -> None:
    uid, holder = await sub_account_with_key(desk, ["transfer"])
    change = {"subAccountUid": uid, "subAccountApiKey": holder.key, "passphrase": PASSPHRASE, "label": "bot"}

    for more, refused in (({}, False), ({"permList": None}, False), ({"permList": ""}, True)):
        answer = await post(desk, MODIFY_KEY, change | more)
        assert answer.data["permList"] == ([] if refused else ["transfer"])
        assert ((await holder.send("GET", "/api/v2/spot/account/assets")).code == "40014") is refused


async def test_a_key_bound_to_another_address_does_not_work_from_here(desk: Desk) -> None:
    uid, holder = await sub_account_with_key(desk, ["read"])
    change = {"subAccountUid": uid, "subAccountApiKey": holder.key, "passphrase": PASSPHRASE, "label": "bot"}
    await post(desk, MODIFY_KEY, change | {"ipList": ["10.1.2.3"]})
    assert (await holder.send("GET", "/api/v2/spot/account/assets")).code == "40038"


async def test_a_sub_accounts_key_manages_no_sub_accounts(desk: Desk) -> None:
    _, holder = await sub_account_with_key(desk, ["transfer", "read"])
    managing = [endpoint for endpoint in SIGNED if endpoint.path.startswith("/api/v2/user/")]
    bodies = {
        MODIFY: b'{"subAccountUid":"1000000003","permList":["read"],"status":"normal"}',
    }
    codes = [(await holder.send(each.method, each.path, bodies.get(each.path, b""))).code for each in managing]
    assert (len(managing), set(codes)) == (7, {"40048"})


async def test_a_key_bound_to_no_address_makes_no_keys(desk: Desk) -> None:
    user = (await desk.control("POST", "users/create")).json["uid"]
    await desk.control("POST", "keys/create", uid=user, key="unbound-key", secret=SECRET, passphrase=PASSPHRASE)
    holder = Holder(desk, "unbound-key")

    bound = [endpoint for endpoint in SIGNED if endpoint.main_account and endpoint.path.startswith("/api/v2/user/")]
    assert len(bound) == 5
    assert {(await holder.send(each.method, each.path)).code for each in bound} == {"22010"}
    assert (await holder.send("GET", "/api/v2/user/virtual-subaccount-list")).data["subAccountList"] == []


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (CREATE, b"{}", "40019"),
        (CREATE, b'{"subAccountList":[]}', "40019"),
        (CREATE, b'{"subAccountList":""}', "40019"),
        (CREATE, b'{"subAccountList":{"a":1}}', "40020"),
        (CREATE, b'{"subAccountList":[null]}', "40020"),
        (CREATE, b'["abcdefgh"]', "400"),
        (MODIFY, b'{"subAccountUid":"1000000003","permList":["read"]}', "40019"),
        (MODIFY, b'{"subAccountUid":"1000000003","permList":[],"status":"normal"}', "40019"),
        (MODIFY, b'{"subAccountUid":"1000000003","permList":["withdraw"],"status":"normal"}', "40020"),
        (MODIFY, b'{"subAccountUid":"1000000003","permList":["read"],"status":"del"}', "40020"),
        (CREATE_KEY, b'{"subAccountUid":"1000000003","label":"x"}', "40019"),
        (CREATE_KEY, b'{"subAccountUid":"1000000003","passphrase":"openSesame1","label":""}', "40019"),
        (
            CREATE_KEY,
            b'{"subAccountUid":"1000000003","passphrase":"openSesame1","label":"x","permList":["withdraw"]}',
            "40020",
        ),
        (CREATE_KEY, b'{"subAccountUid":"1000000003","passphrase":"short","label":"x"}', "40070"),
        (CREATE_KEY, b'{"subAccountUid":"1000000001","passphrase":"openSesame1","label":"x"}', "40028"),
        (MODIFY_KEY, b'{"subAccountUid":"1","passphrase":"openSesame1","label":"x"}', "40019"),
    ],
)
async def test_bad_input_has_its_code_and_changes_nothing(desk: Desk, path: str, body: bytes, code: str) -> None:
    before = await desk.exchange.administration.state_hash()
    answer = await desk.signed("POST", path, body)
    assert (answer.status, answer.code) == (400, code)
    assert await desk.exchange.administration.state_hash() == before


async def test_of_all_who_want_an_alias_at_once_one_gets_it(desk: Desk) -> None:
    body = b'{"subAccountList":["arbitrag"]}'
    keys = ["papertape-key", "papertape-key-2"] * 20
    answers = await asyncio.gather(*(desk.signed("POST", CREATE, body, access_key=key) for key in keys))
    assert sum(len(answer.data["successList"]) for answer in answers) == 1
    assert sum(len(answer.data["failureList"]) for answer in answers) == len(keys) - 1


BATCH = "/api/v2/user/batch-create-subaccount-and-apikey"
ROW = {"subAccountName": "abcdefgh", "passphrase": PASSPHRASE, "label": "bot"}


@pytest.mark.parametrize("body", [[ROW], ROW, {"subAccountList": [ROW]}], ids=["list", "row", "object"])
async def test_a_batch_is_a_bare_list_or_what_the_parameter_table_shows(desk: Desk, body: object) -> None:
    [made] = (await post(desk, BATCH, body)).data
    assert (made["subAccountName"], made["permList"], made["ipList"]) == ("abcdefgh", ["read"], [])
    answer = await Holder(desk, made["subAccountApiKey"], made["secretKey"]).send("GET", "/api/v2/spot/account/assets")
    assert answer.data == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "40019"),
        (b"[]", "40019"),
        (b"{}", "40019"),
        (b"[1]", "40020"),
        (b"7", "40020"),
        (b"null", "40019"),
        (b'[{"subAccountName":"abcdefgh","label":"x"}]', "40019"),
        (b"[", "400"),
    ],
)
async def test_a_batch_that_is_none_is_refused(desk: Desk, body: bytes, code: str) -> None:
    assert (await desk.signed("POST", BATCH, body)).code == code
