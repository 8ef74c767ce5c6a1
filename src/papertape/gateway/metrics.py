"""Counts and latencies for Prometheus, in its text format.

Written out here rather than through prometheus-client, which costs 45 ms and 80 modules at import and 2 us a
request; these are two dictionary entries a request. Labels are bounded: declared paths and known codes only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_US = (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000)
"""Upper bounds of the latency histogram, in microseconds."""

Gauge = Callable[[], float]


class Series:
    """One endpoint's latencies: how many fell into each bucket, and their sum in microseconds."""

    __slots__ = ("buckets", "total")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BUCKETS_US) + 1)
        self.total = 0

    def observe(self, microseconds: int) -> None:
        """Counts one request."""
        self.buckets[bisect_left(BUCKETS_US, microseconds)] += 1
        self.total += microseconds


class Metrics:
    """What has been served, and gauges read when asked."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str], int] = {}
        self._latencies: dict[str, Series] = {}
        self._gauges: dict[str, tuple[str, Gauge]] = {}
        self._strikes: dict[str, int] = {}

    def add_gauge(self, name: str, explanation: str, read: Gauge) -> None:
        """Adds a value that is read at each scrape."""
        self._gauges[name] = (explanation, read)

    def count(self, path: str, code: str, microseconds: int) -> None:
        """Counts one answered request of a declared path ("" for any other) and its reply code."""
        key = (path, code)
        self._requests[key] = self._requests.get(key, 0) + 1
        series = self._latencies.get(path)
        if series is None:
            series = self._latencies[path] = Series()
        series.observe(microseconds)

    def struck(self, kind: str) -> None:
        """Counts one strike of a fault that was set on purpose."""
        self._strikes[kind] = self._strikes.get(kind, 0) + 1

    def text(self) -> str:
        """Everything in Prometheus' text exposition format 0.0.4."""
        return "\n".join(
            [*self._request_lines(), *self._latency_lines(), *self._fault_lines(), *self._gauge_lines(), ""]
        )

    def _request_lines(self) -> Iterator[str]:
        yield "# HELP papertape_requests_total Requests answered, by endpoint and reply code."
        yield "# TYPE papertape_requests_total counter"
        for (path, code), number in self._requests.items():
            yield f'papertape_requests_total{{endpoint="{path}",code="{code}"}} {number}'

    def _latency_lines(self) -> Iterator[str]:
        name = "papertape_request_seconds"
        yield f"# HELP {name} Time from request to reply."
        yield f"# TYPE {name} histogram"
        for path, series in self._latencies.items():
            running = 0
            for bound, number in zip(BUCKETS_US, series.buckets, strict=False):
                running += number
                yield f'{name}_bucket{{endpoint="{path}",le="{bound / 1_000_000}"}} {running}'
            running += series.buckets[-1]
            yield f'{name}_bucket{{endpoint="{path}",le="+Inf"}} {running}'
            yield f'{name}_sum{{endpoint="{path}"}} {series.total / 1_000_000}'
            yield f'{name}_count{{endpoint="{path}"}} {running}'

    def _fault_lines(self) -> Iterator[str]:
        yield "# HELP papertape_fault_strikes_total Strikes of faults set through the control plane, by kind."
        yield "# TYPE papertape_fault_strikes_total counter"
        for kind, number in self._strikes.items():
            yield f'papertape_fault_strikes_total{{kind="{kind}"}} {number}'

    def _gauge_lines(self) -> Iterator[str]:
        for name, (explanation, read) in self._gauges.items():
            yield f"# HELP {name} {explanation}"
            yield f"# TYPE {name} gauge"
            yield f"{name} {read()}"
