"""Faults on purpose: what goes wrong, for whom, how often. Nothing here costs anything while no fault is set."""
