"""``papertape openapi``: prints the API's description as OpenAPI 3.1."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from papertape.cli.output import show_json


def openapi(
    control: Annotated[bool, typer.Option("--control", help="Describe the control plane instead of the exchange.")] = (
        False
    ),
) -> None:
    """Print the OpenAPI 3.1 description of the exchange's REST API as JSON."""
    from papertape.contract.openapi import document

    show_json(msgspec.json.encode(document(control=control)))
