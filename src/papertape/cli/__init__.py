"""The command ``papertape``: serve an exchange, call one, manage keys, verify a journal."""

from __future__ import annotations


def main() -> None:
    """Run the command; what a command needs is imported when it runs."""
    from papertape.cli.app import app

    app()
