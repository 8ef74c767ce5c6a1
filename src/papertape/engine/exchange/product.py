"""What a product brings to the engine: instruments, state of its own, and what must hold of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.timers import Subject
from papertape.engine.funds.ledger import Hold
from papertape.engine.trading.instruments import Instrument

Findings = Iterator[str]


def _as_it_is(part: Any) -> Any:
    return part


class Part(NamedTuple):
    """Something that a product keeps in every environment, found by its type with ``exchange.part(kind)``.

    A snapshot keeps it as ``state``, which is the type itself unless ``dump`` and ``load`` turn one into the other.
    """

    name: str
    kind: type[Any]
    state: Any
    dump: Callable[[Any], Any] = _as_it_is
    load: Callable[[Any], Any] = _as_it_is


class Product(NamedTuple):
    """One product, as state and audit know it. Every function looks at one environment.

    ``instrument`` is the type of its instruments, ``holds`` tell what it freezes or locks besides orders, ``checks``
    what is wrong with it, ``awaited`` which timers must be set, by kind and subject.
    """

    name: str
    instrument: type[Instrument] | None = None
    parts: tuple[Part, ...] = ()
    holds: tuple[Callable[[Exchange], Iterator[Hold]], ...] = ()
    checks: tuple[Callable[[Exchange], Findings], ...] = ()
    awaited: tuple[Callable[[Exchange], Iterator[tuple[str, Subject]]], ...] = ()
