"""``python -m papertape`` is the command ``papertape``."""

from __future__ import annotations

from papertape.cli import main

if __name__ == "__main__":
    main()
