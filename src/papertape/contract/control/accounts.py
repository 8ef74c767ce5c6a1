"""The control plane's accounts and API keys."""

from __future__ import annotations

from typing import Literal

from papertape.contract.protocol.wire import Reply, Request, Sealed

KeyKind = Literal["hmac", "rsa"]
PermissionName = Literal["read", "spot_trade", "margin_trade", "contract_trade", "transfer", "withdraw"]


class Done(Reply):
    """That it is done."""

    done: bool = True


class CreateUser(Request):
    """A new account; with ``parent_uid`` a sub-account. ``uid`` is the next free one unless given."""

    uid: int | None = None
    name: str = ""
    parent_uid: int | None = None
    vip_level: int = 0


class ModifyUser(Request):
    """Changes what is given: name, fee tier, freezing (a frozen account's keys stop working at once)."""

    uid: int
    name: str | None = None
    vip_level: int | None = None
    frozen: bool | None = None


class ListUsers(Request):
    """Accounts in order of UID, from after ``after_uid``; 100 unless told, at most 500."""

    parent_uid: int | None = None
    after_uid: int | None = None
    limit: int | None = None


class User(Reply):
    """An account; ``parent_uid`` is 0 for main accounts."""

    uid: int
    name: str
    parent_uid: int
    vip_level: int
    frozen: bool
    registered: int


class CreateKey(Request):
    """A new API key. What is not given is made: ``key``, ``secret``, ``passphrase``.

    For kind ``rsa`` give ``public_key`` (PEM). ``demo`` keys are for the demo environment.
    """

    uid: int
    permissions: list[PermissionName] | None = None
    ips: list[str] | None = None
    label: str = ""
    kind: KeyKind = "hmac"
    public_key: str | None = None
    key: str | None = None
    secret: str | None = None
    passphrase: str | None = None
    demo: bool = False


class CreatedKey(Reply):
    """A new API key with its secrets, shown this once; ``secret`` is empty for kind ``rsa``."""

    key: str
    uid: int
    secret: Sealed
    passphrase: Sealed
    kind: str
    permissions: list[str]
    ips: list[str]
    label: str
    demo: bool
    created: int


class ListKeys(Request):
    """The API keys of one account, or of all; 100 unless told, at most 500."""

    uid: int | None = None
    limit: int | None = None


class Key(Reply):
    """An API key without its secrets."""

    key: str
    uid: int
    kind: str
    permissions: list[str]
    ips: list[str]
    label: str
    demo: bool
    created: int


class DeleteKey(Request):
    """An API key to delete."""

    key: str
