"""Every example runs as it stands, against an exchange with a moving market."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.serving import Served

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.py"))
SAYS = {
    "any_path": "OrderNotFound 43001",
    "async_client": "BTCUSDT  bid",
    "ccxt_example": "closed",
    "faults": "the answer was lost, and there is 1 order all the same\nHTTP 429: Too Many Requests",
    "own_signer": "signed by the vault for 1000000001",
    "p2p_desk": "the order is completed",
    "place_an_order_safely": "1 order pt-",
    "page_through_history": "4 fills, then",
    "place_order": "refused with code 43012",
    "quickstart": "BTC",
    "raw_stream": "pushed: live",
    "rsa_key": "signed with RSA as 1000000001",
    "follow_your_orders": "the order is cancelled",
    "stream_a_book": "verified by checksum",
    "stream_without_async": "BTC at",
    "set_the_scene": "alice holds 15.00 SOL",
    "test_with_papertape": "3 passed",
    "watch_with_ccxt_pro": "pushed: buy 0.001",
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_the_example_runs(exchange: Served, example: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PAPERTAPE_")}
    done = subprocess.run(
        [sys.executable, str(example)],
        env={**environment, "PAPERTAPE_URL": exchange.rest, "PAPERTAPE_WS_URL": exchange.ws},
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert SAYS[example.stem] in done.stdout
