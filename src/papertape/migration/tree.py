"""Walks the files of a code base: which are read, how they are decoded, and why the others are not."""

from __future__ import annotations

import codecs
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from papertape.migration.lexer import LANGUAGES, Language

FILE_BYTES = 2 * 1024 * 1024
"""Longer files are generated and are skipped."""
LINE_CHARACTERS = 20_000
"""Files with a longer line are generated or minified and are skipped."""
DEPTH = 64
"""Folders within folders that are followed."""
SKIPPED_FOLDERS = frozenset(
    {"node_modules", "bower_components", "vendor", "site-packages", "__pycache__", "venv", "virtualenv"}
)
"""Folders with the code of others, which is not rewritten; folders whose name begins with a dot are skipped too."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Skipped(msgspec.Struct, frozen=True):
    """A file that was not read, and why."""

    path: str
    reason: str


class Document(msgspec.Struct, frozen=True):
    """A file's text, and what it takes to write it back byte for byte: its byte order mark and its encoding."""

    text: str
    mark: bytes
    encoding: str

    def encode(self, text: str) -> bytes:
        """Encode another text as this file's bytes."""
        return self.mark + text.encode(self.encoding, "surrogateescape" if self.encoding == "utf-8" else "strict")


def language_of(path: Path) -> Language | None:
    """Return the language that a file's name tells; None for files that are not read."""
    name = path.name.lower()
    return "text" if name == ".env" or name.startswith(".env.") else LANGUAGES.get(path.suffix.lower())


def walk(root: Path, skipped: list[Skipped]) -> Iterator[Path]:
    """Yield the files below a folder that may be read, in order of name; a file yields itself.

    Links below it are not followed, so that no loop is, and nothing outside is rewritten. Folders that cannot be read
    are added to ``skipped``.
    """
    if not root.is_dir():
        yield root
        return
    waiting = [(root, 0)]
    while waiting:
        folder, depth = waiting.pop()
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            skipped.append(Skipped(str(folder), error.strerror or "cannot be read"))
            continue
        here = [path for path in entries if not path.is_symlink()]
        folders = [path for path in here if path.is_dir() and not _others(path)]
        yield from (path for path in here if language_of(path) is not None and not path.is_dir())
        waiting += [(path, depth + 1) for path in reversed(folders) if depth < DEPTH]


def _others(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in SKIPPED_FOLDERS or (folder / "pyvenv.cfg").exists()


def read(path: Path) -> Document | str:
    """Read a file's text, or return the reason why it is not read.

    Text in any encoding that has ASCII at its base survives: bytes that are not UTF-8 are kept as they are.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return "not a regular file"
        if status.st_size > FILE_BYTES:
            return f"longer than {FILE_BYTES // 1024} KiB"
        content = path.read_bytes()
    except OSError as error:
        return error.strerror or "cannot be read"
    mark, encoding = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", "utf-8"))
    if encoding == "utf-8" and b"\0" in content:
        return "binary"
    try:
        text = content[len(mark) :].decode(encoding, "surrogateescape" if encoding == "utf-8" else "strict")
    except UnicodeDecodeError:
        return "not text"
    if max(map(len, text.split("\n"))) > LINE_CHARACTERS:
        return f"a line of more than {LINE_CHARACTERS} characters"
    return Document(text, mark, encoding)


def write(path: Path, content: bytes) -> None:
    """Replace a file's content in one step: a reader sees the old or the new, with the old's mode.

    Raises ``OSError`` if the folder cannot be written to; the file is then as it was.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with open(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
