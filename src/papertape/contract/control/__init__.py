"""The control plane: what the exchange's operator does, and what tests need to set a scene.

Bearer token instead of signature, no envelope; paths under ``/papertape/v1``. Times are Unix milliseconds,
amounts exact decimals. Wallet words are Bitget's (``p2p`` is the funding wallet), besides ``earn`` and ``bots``.
"""

from __future__ import annotations

from papertape.contract.control.accounts import (
    CreatedKey,
    CreateKey,
    CreateUser,
    DeleteKey,
    Done,
    Key,
    KeyKind,
    ListKeys,
    ListUsers,
    ModifyUser,
    PermissionName,
    User,
)
from papertape.contract.control.announcements import (
    AnnouncementTranslation,
    ControlAnnouncement,
    CreateAnnouncement,
    ListAllAnnouncements,
    RemoveAnnouncement,
    Translation,
)
from papertape.contract.control.faults import AddFault, Fault, FaultKind, Faults, RemoveFault
from papertape.contract.control.funds import (
    AddAddress,
    Address,
    ApproveWithdrawal,
    CompleteWithdrawal,
    ConfirmDeposit,
    ControlDeposit,
    ControlWallet,
    ControlWithdrawal,
    DeleteAddress,
    FailDeposit,
    FailWithdrawal,
    Fund,
    ListAddresses,
    ListPending,
    StartDeposit,
)
from papertape.contract.control.grants import Bonus, ClaimDemoCoins, DemoClaim, GrantBonus, MovedFunds, MoveFunds
from papertape.contract.control.system import (
    AdvanceClock,
    Audit,
    Checkpoint,
    ClockState,
    ExchangeState,
    Health,
    ListRequests,
    LoggedRequest,
    MakeCheckpoint,
    Restore,
    SetClock,
)
from papertape.contract.protocol.endpoint import UNLIMITED, Endpoint, Group, T
from papertape.contract.protocol.listing import ListEndpoint
from papertape.contract.protocol.paging import Paging
from papertape.contract.protocol.wire import Nothing

__all__ = [
    "AddAddress",
    "AddFault",
    "Address",
    "AdvanceClock",
    "AnnouncementTranslation",
    "ApproveWithdrawal",
    "Audit",
    "Bonus",
    "Checkpoint",
    "ClaimDemoCoins",
    "ClockState",
    "CompleteWithdrawal",
    "ConfirmDeposit",
    "Control",
    "ControlAnnouncement",
    "ControlDeposit",
    "ControlWallet",
    "ControlWithdrawal",
    "CreateAnnouncement",
    "CreateKey",
    "CreateUser",
    "CreatedKey",
    "DeleteAddress",
    "DeleteKey",
    "DemoClaim",
    "Done",
    "ExchangeState",
    "FailDeposit",
    "FailWithdrawal",
    "Fault",
    "FaultControl",
    "FaultKind",
    "Faults",
    "Fund",
    "GrantBonus",
    "Health",
    "Key",
    "KeyKind",
    "ListAddresses",
    "ListAllAnnouncements",
    "ListKeys",
    "ListPending",
    "ListRequests",
    "ListUsers",
    "LoggedRequest",
    "MakeCheckpoint",
    "ModifyUser",
    "MoveFunds",
    "MovedFunds",
    "PermissionName",
    "RemoveAnnouncement",
    "RemoveFault",
    "Restore",
    "SetClock",
    "StartDeposit",
    "Translation",
    "User",
]


class Control(Group[T]):
    """The control plane."""

    create_user = Endpoint(
        "POST", "/papertape/v1/users/create", CreateUser, User, "Open an account or sub-account.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    modify_user = Endpoint(
        "POST", "/papertape/v1/users/modify", ModifyUser, User, "Change an account's name or fee tier, or freeze it.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    users = ListEndpoint(
        "GET", "/papertape/v1/users", ListUsers, list[User], "List accounts.",
        item=User, pages=Paging(by="after", field="after_uid", key="uid", largest=500),
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    create_key = Endpoint(
        "POST", "/papertape/v1/keys/create", CreateKey, CreatedKey, "Create an API key.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    keys = Endpoint(
        "GET", "/papertape/v1/keys", ListKeys, list[Key], "List API keys.", limit=UNLIMITED, access="control"
    )  # fmt: skip
    delete_key = Endpoint(
        "POST", "/papertape/v1/keys/delete", DeleteKey, Done, "Delete an API key.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    fund = Endpoint(
        "POST", "/papertape/v1/fund", Fund, ControlDeposit, "Credit a coin to any wallet.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    move_funds = Endpoint(
        "POST", "/papertape/v1/transfers", MoveFunds, MovedFunds, "Move a coin between a user's wallets.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    grant_bonus = Endpoint(
        "POST", "/papertape/v1/bonuses", GrantBonus, Bonus, "Give a user's bots a trading bonus.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    claim_demo_coins = Endpoint(
        "POST", "/papertape/v1/demo-coins", ClaimDemoCoins, DemoClaim, "Claim demo coins for a user.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    start_deposit = Endpoint(
        "POST", "/papertape/v1/deposits/start", StartDeposit, ControlDeposit, "Start a deposit on a chain.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    confirm_deposit = Endpoint(
        "POST", "/papertape/v1/deposits/confirm", ConfirmDeposit, ControlDeposit, "Add confirmations to a deposit.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    fail_deposit = Endpoint(
        "POST", "/papertape/v1/deposits/fail", FailDeposit, ControlDeposit, "End a deposit without credit.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    deposits = Endpoint(
        "GET", "/papertape/v1/deposits", ListPending, list[ControlDeposit], "List pending deposits.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    withdrawals = Endpoint(
        "GET", "/papertape/v1/withdrawals", ListPending, list[ControlWithdrawal], "List pending withdrawals.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    approve_withdrawal = Endpoint(
        "POST", "/papertape/v1/withdrawals/approve", ApproveWithdrawal, ControlWithdrawal,
        "Approve a withdrawal in review.", limit=UNLIMITED, access="control",
    )  # fmt: skip
    complete_withdrawal = Endpoint(
        "POST", "/papertape/v1/withdrawals/complete", CompleteWithdrawal, ControlWithdrawal,
        "Complete a withdrawal in processing.", limit=UNLIMITED, access="control",
    )  # fmt: skip
    fail_withdrawal = Endpoint(
        "POST", "/papertape/v1/withdrawals/fail", FailWithdrawal, ControlWithdrawal, "Refuse a withdrawal.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    add_address = Endpoint(
        "POST", "/papertape/v1/addresses/add", AddAddress, Address, "Add an address to an address book.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    addresses = Endpoint(
        "GET", "/papertape/v1/addresses", ListAddresses, list[Address], "List an address book.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    delete_address = Endpoint(
        "POST", "/papertape/v1/addresses/delete", DeleteAddress, Done, "Delete an address from an address book.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    create_announcement = Endpoint(
        "POST", "/papertape/v1/announcements/create", CreateAnnouncement, ControlAnnouncement, "Announce something.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    announcements = Endpoint(
        "GET", "/papertape/v1/announcements", ListAllAnnouncements, list[ControlAnnouncement], "List announcements.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    remove_announcement = Endpoint(
        "POST", "/papertape/v1/announcements/remove", RemoveAnnouncement, Done, "Take an announcement back.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    clock = Endpoint(
        "GET", "/papertape/v1/clock", Nothing, ClockState, "Read both clocks.", limit=UNLIMITED, access="control"
    )  # fmt: skip
    advance_clock = Endpoint(
        "POST", "/papertape/v1/clock/advance", AdvanceClock, ClockState, "Move a clock forward.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    set_clock = Endpoint(
        "POST", "/papertape/v1/clock/set", SetClock, ClockState, "Set a clock.", limit=UNLIMITED, access="control"
    )  # fmt: skip
    make_checkpoint = Endpoint(
        "POST", "/papertape/v1/checkpoint", MakeCheckpoint, Checkpoint, "Keep the exchange as it stands.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    checkpoints = Endpoint(
        "GET", "/papertape/v1/checkpoints", Nothing, list[Checkpoint], "List checkpoints.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    restore = Endpoint(
        "POST", "/papertape/v1/restore", Restore, ExchangeState, "Go back to a checkpoint.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    reset = Endpoint(
        "POST", "/papertape/v1/reset", Nothing, ExchangeState, "Start over as on the first day.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    state_hash = Endpoint(
        "GET", "/papertape/v1/state-hash", Nothing, ExchangeState, "Get sequence and state hash.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    audit = Endpoint(
        "GET", "/papertape/v1/audit", Nothing, Audit, "Check that balances, books and indexes agree.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    requests = Endpoint(
        "GET", "/papertape/v1/requests", ListRequests, list[LoggedRequest], "List the last requests.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    health = Endpoint(
        "GET", "/papertape/v1/health", Nothing, Health, "Get whether the exchange answers.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip


class FaultControl(Group[T]):
    """The control plane's fault switches."""

    add = Endpoint(
        "POST", "/papertape/v1/faults/add", AddFault, Fault, "Make something go wrong.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    list = Endpoint(
        "GET", "/papertape/v1/faults", Nothing, Faults, "List faults and how often each has struck.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
    remove = Endpoint(
        "POST", "/papertape/v1/faults/remove", RemoveFault, Done, "Remove one fault, or all.",
        limit=UNLIMITED, access="control",
    )  # fmt: skip
