"""The methods of the control plane with its parts."""

from __future__ import annotations

from typing import TypeVar

from papertape.contract.control import Control, FaultControl
from papertape.contract.control.p2p import P2PControl

T = TypeVar("T")


class ControlPlaneMethods(Control[T]):
    """The control plane: ``p2p`` is its P2P desk, ``faults`` injects faults."""

    def __init__(self, transport: T) -> None:
        super().__init__(transport)
        self.p2p: P2PControl[T] = P2PControl(transport)
        self.faults: FaultControl[T] = FaultControl(transport)
