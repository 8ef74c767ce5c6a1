"""What an account has chosen, in each environment for itself."""

from __future__ import annotations

import msgspec


class AccountSettings(msgspec.Struct):
    """One account's choices. ``upgraded`` is when the unified account was asked for (ms), 0 if never;
    ``deposit_wallets`` says per coin where deposits land when not in spot.
    """

    deducts_bgb: bool = False
    deposit_wallets: dict[str, str] = msgspec.field(default_factory=dict)
    upgraded: int = 0


class Settings(msgspec.Struct):
    """The choices of all accounts that have made any."""

    by_account: dict[int, AccountSettings] = msgspec.field(default_factory=dict)

    def of(self, uid: int) -> AccountSettings:
        """What the account has chosen; to read only: accounts that have chosen nothing share one."""
        return self.by_account.get(uid, _NOTHING)

    def change(self, uid: int) -> AccountSettings:
        """What the account has chosen, to be changed."""
        return self.by_account.setdefault(uid, AccountSettings())


_NOTHING = AccountSettings()
