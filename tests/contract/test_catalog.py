"""The list of endpoints, the catalogue of documented ones, and the way from V1."""

from __future__ import annotations

from papertape.contract.catalog import BY_PATH, CATALOGUE, ENDPOINTS, replaced_paths, v1_paths
from papertape.contract.protocol.endpoint import Synchronous
from papertape.contract.protocol.wire import Nothing, Timestamp
from papertape.contract.public import Public, ServerTime
from papertape.contract.spot import Spot


def test_aliases_lead_to_the_same_endpoint():
    assert BY_PATH["/api/v2/public/trade-rate"] is BY_PATH["/api/v2/common/trade-rate"]


def test_the_catalogue_has_every_documented_endpoint_once():
    assert len(CATALOGUE) == 336
    assert len({(row.method, row.path, row.title) for row in CATALOGUE}) == 336


def test_no_endpoint_is_on_two_paths():
    paths = [path for endpoint in ENDPOINTS for path in (endpoint.path, *endpoint.aliases)]
    assert len(paths) == len(set(paths)) == len(BY_PATH)


def test_internal_commands_are_no_urls():
    for endpoint in ENDPOINTS:
        assert (endpoint.access == "internal") is endpoint.path.startswith("internal/")
        assert (endpoint.access == "control") is endpoint.path.startswith("/papertape/v1/")


def test_a_v1_path_names_its_successor():
    assert len(replaced_paths()) == 240
    assert v1_paths()["/api/spot/v1/public/time"] == "GET /api/v2/public/time"
    documented = {f"{row.method} {row.path}" for row in CATALOGUE}
    served = {f"{endpoint.method} {path}" for path, endpoint in BY_PATH.items()}
    spot = [places for path, places in v1_paths().items() if path.startswith("/api/spot/v1/public/")]
    assert all(places in documented | served for places in spot)


class Echo:
    """A transport that answers every call with the server's time."""

    def call(self, endpoint, request):
        assert isinstance(request, Nothing)
        return ServerTime(server_time=Timestamp(1))


def test_a_group_bound_to_a_transport_calls_through_it():
    transport: Synchronous = Echo()
    assert Public(transport).time().server_time == 1
    assert Spot(transport).market.vip_fee_rates().server_time == 1
