"""Measurements of this machine, each figure beside a floor or a peer measured in the same run: ``make bench``."""

from __future__ import annotations
