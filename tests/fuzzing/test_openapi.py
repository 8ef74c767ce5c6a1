"""What the OpenAPI documents promise holds for every request that they allow, and for those that they do not."""

from __future__ import annotations

import schemathesis
from requests.auth import AuthBase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from papertape.contract import openapi
from papertape.contract.catalog import ENDPOINTS
from papertape.runtime.local_exchange import served as is_served
from tests.fuzzing.doorstep import Bearer, Signed, Stranger
from tests.fuzzing.effort import LONGER, effort

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
SERVED = [endpoint for endpoint in ENDPOINTS if is_served(endpoint)]
EXAMPLES = max(2, 250 // len(SERVED))
"""For each endpoint. Making them up is what takes the time, so that more endpoints get fewer each."""
PRODUCTS = schemathesis.openapi.from_dict(openapi.document(endpoints=SERVED))
CONTROL = schemathesis.openapi.from_dict(openapi.document(endpoints=SERVED, control=True))


for each in (PRODUCTS, CONTROL):
    # The systematic walk over every bound of every field takes minutes, so only a long run has it.
    each.config.phases.update(phases=["fuzzing", "coverage"] if LONGER > 1 else ["fuzzing"])


@PRODUCTS.parametrize()
@effort(EXAMPLES)
def test_the_exchange_keeps_its_promises(case: schemathesis.Case, stranger: Stranger) -> None:
    check(case, stranger, Signed(), bare=False)


@CONTROL.parametrize()
@effort(EXAMPLES)
def test_the_control_plane_keeps_its_promises(case: schemathesis.Case, stranger: Stranger) -> None:
    check(case, stranger, Bearer(), bare=True)
    if "/faults/" in case.path:
        # Others are not to be struck.
        stranger.session.post(f"{stranger.url}/papertape/v1/faults/remove", auth=Bearer()).raise_for_status()


def check(case: schemathesis.Case, stranger: Stranger, auth: AuthBase, *, bare: bool) -> None:
    case.query, case.body = stranger.informed(case.query), stranger.informed(case.body)
    answer = case.call(stranger.url, stranger.session, auth=auth)
    assert answer.status_code < 500
    stranger.judge(case.method, answer.status_code, answer.content, bare=bare)
    case.validate_response(answer, CHECKS)
