"""The unified account, which no account here is."""

from __future__ import annotations

import pytest

from papertape.contract.protocol.errors import Rejected
from papertape.contract.unified import Unified
from tests.chronicle import Chronicle


async def test_a_classic_account_says_so() -> None:
    async with Chronicle() as market:
        with pytest.raises(Rejected) as refused:
            await market.ask(Unified.settings)

        assert refused.value.error.code == "40084"
