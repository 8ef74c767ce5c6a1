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
from papertape.contract.protocol.declaring import control_get, control_list, control_post
from papertape.contract.protocol.endpoint import Group, T
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

    create_user = control_post("/papertape/v1/users/create", CreateUser, User, "Open an account or sub-account.")
    modify_user = control_post(
        "/papertape/v1/users/modify", ModifyUser, User, "Change an account's name or fee tier, or freeze it."
    )
    users = control_list(
        "/papertape/v1/users",
        ListUsers,
        list[User],
        "List accounts.",
        item=User,
        pages=Paging(by="after", field="after_uid", key="uid", largest=500),
    )
    create_key = control_post("/papertape/v1/keys/create", CreateKey, CreatedKey, "Create an API key.")
    keys = control_get("/papertape/v1/keys", ListKeys, list[Key], "List API keys.")
    delete_key = control_post("/papertape/v1/keys/delete", DeleteKey, Done, "Delete an API key.")
    fund = control_post("/papertape/v1/fund", Fund, ControlDeposit, "Credit a coin to any wallet.")
    move_funds = control_post("/papertape/v1/transfers", MoveFunds, MovedFunds, "Move a coin between a user's wallets.")
    grant_bonus = control_post("/papertape/v1/bonuses", GrantBonus, Bonus, "Give a user's bots a trading bonus.")
    claim_demo_coins = control_post(
        "/papertape/v1/demo-coins", ClaimDemoCoins, DemoClaim, "Claim demo coins for a user."
    )
    start_deposit = control_post(
        "/papertape/v1/deposits/start", StartDeposit, ControlDeposit, "Start a deposit on a chain."
    )
    confirm_deposit = control_post(
        "/papertape/v1/deposits/confirm", ConfirmDeposit, ControlDeposit, "Add confirmations to a deposit."
    )
    fail_deposit = control_post(
        "/papertape/v1/deposits/fail", FailDeposit, ControlDeposit, "End a deposit without credit."
    )
    deposits = control_get("/papertape/v1/deposits", ListPending, list[ControlDeposit], "List pending deposits.")
    withdrawals = control_get(
        "/papertape/v1/withdrawals", ListPending, list[ControlWithdrawal], "List pending withdrawals."
    )
    approve_withdrawal = control_post(
        "/papertape/v1/withdrawals/approve", ApproveWithdrawal, ControlWithdrawal, "Approve a withdrawal in review."
    )
    complete_withdrawal = control_post(
        "/papertape/v1/withdrawals/complete",
        CompleteWithdrawal,
        ControlWithdrawal,
        "Complete a withdrawal in processing.",
    )
    fail_withdrawal = control_post(
        "/papertape/v1/withdrawals/fail", FailWithdrawal, ControlWithdrawal, "Refuse a withdrawal."
    )
    add_address = control_post("/papertape/v1/addresses/add", AddAddress, Address, "Add an address to an address book.")
    addresses = control_get("/papertape/v1/addresses", ListAddresses, list[Address], "List an address book.")
    delete_address = control_post(
        "/papertape/v1/addresses/delete", DeleteAddress, Done, "Delete an address from an address book."
    )
    create_announcement = control_post(
        "/papertape/v1/announcements/create", CreateAnnouncement, ControlAnnouncement, "Announce something."
    )
    announcements = control_get(
        "/papertape/v1/announcements", ListAllAnnouncements, list[ControlAnnouncement], "List announcements."
    )
    remove_announcement = control_post(
        "/papertape/v1/announcements/remove", RemoveAnnouncement, Done, "Take an announcement back."
    )
    clock = control_get("/papertape/v1/clock", Nothing, ClockState, "Read both clocks.")
    advance_clock = control_post("/papertape/v1/clock/advance", AdvanceClock, ClockState, "Move a clock forward.")
    set_clock = control_post("/papertape/v1/clock/set", SetClock, ClockState, "Set a clock.")
    make_checkpoint = control_post(
        "/papertape/v1/checkpoint", MakeCheckpoint, Checkpoint, "Keep the exchange as it stands."
    )
    checkpoints = control_get("/papertape/v1/checkpoints", Nothing, list[Checkpoint], "List checkpoints.")
    restore = control_post("/papertape/v1/restore", Restore, ExchangeState, "Go back to a checkpoint.")
    reset = control_post("/papertape/v1/reset", Nothing, ExchangeState, "Start over as on the first day.")
    state_hash = control_get("/papertape/v1/state-hash", Nothing, ExchangeState, "Get sequence and state hash.")
    audit = control_get("/papertape/v1/audit", Nothing, Audit, "Check that balances, books and indexes agree.")
    requests = control_get("/papertape/v1/requests", ListRequests, list[LoggedRequest], "List the last requests.")
    health = control_get("/papertape/v1/health", Nothing, Health, "Get whether the exchange answers.")


class FaultControl(Group[T]):
    """The control plane's fault switches."""

    add = control_post("/papertape/v1/faults/add", AddFault, Fault, "Make something go wrong.")
    list = control_get("/papertape/v1/faults", Nothing, Faults, "List faults and how often each has struck.")
    remove = control_post("/papertape/v1/faults/remove", RemoveFault, Done, "Remove one fault, or all.")
