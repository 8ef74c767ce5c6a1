"""Rewriting keeps what is not V1 byte for byte, happens in one step, and leaves nothing mechanical behind."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertape.migration import tree
from papertape.migration.findings import apply
from papertape.migration.scan import Codebase, rewrite
from tests.migration.programs import PATHS

LINE = 'get("/api/spot/v1/market/ticker?symbol=BTCUSDT_SPBL")'
DONE = 'get("/api/v2/spot/market/tickers?symbol=BTCUSDT")'


def written(root: Path) -> list[str]:
    """Rewrites a tree; the names of the files that changed."""
    return [scanned.path.name for scanned in Codebase(root).scan() if rewrite(scanned)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\r\n" + LINE.encode() + b"\r\n", b"a\r\n" + DONE.encode() + b"\r\n"),
        (codecs.BOM_UTF8 + LINE.encode(), codecs.BOM_UTF8 + DONE.encode()),
        (b"# caf\xe9 bitget\n" + LINE.encode(), b"# caf\xe9 bitget\n" + DONE.encode()),
        (
            "﻿# 价格\n".encode("utf-16-le") + LINE.encode("utf-16-le"),
            "﻿# 价格\n".encode("utf-16-le") + DONE.encode("utf-16-le"),
        ),
        (b"a\r" + LINE.encode() + b"\n\x0c\n", b"a\r" + DONE.encode() + b"\n\x0c\n"),
    ],
)
def test_line_ends_marks_and_encodings_stay(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(before)
    assert written(tmp_path) == ["a.py"]
    assert path.read_bytes() == after


def test_the_mode_of_a_file_stays_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "run.py"
    path.write_text(LINE)
    path.chmod(0o750)
    assert written(tmp_path) == ["run.py"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    assert os.listdir(tmp_path) == ["run.py"]


def test_a_second_run_finds_nothing_mechanical(tmp_path: Path) -> None:
    calls = "\n".join(f'call{number}("{path}", symbol="ETHUSDT_UMCBL")' for number, (_, path) in enumerate(PATHS))
    (tmp_path / "a.py").write_text(calls)
    assert written(tmp_path) == ["a.py"]
    assert written(tmp_path) == []


def test_a_file_that_changed_meanwhile_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(LINE)
    (scanned,) = Codebase(tmp_path).scan()
    path.write_text(LINE + "\nmore")
    with pytest.raises(OSError, match="changed"):
        rewrite(scanned)
    assert path.read_text() == LINE + "\nmore"


def test_what_is_not_code_is_not_read(tmp_path: Path) -> None:
    for name in ("node_modules/a.js", ".git/a.py", "venv/lib/a.py", "vendor/x/a.go", "a.md", "a.bin", ".cache/a.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(LINE)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    codebase = Codebase(tmp_path)
    assert (list(codebase.scan()), codebase.files) == ([], 0)


def test_files_that_cannot_be_read_are_told_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "binary.py").write_bytes(b"a\0b" + LINE.encode())
    (tmp_path / "long.py").write_text("# " + "x" * tree.LINE_CHARACTERS + LINE)
    (tmp_path / "odd.py").write_bytes(codecs.BOM_UTF16_LE + b"\x00\xd8\x00")
    with (tmp_path / "big.py").open("wb") as file:
        file.truncate(tree.FILE_BYTES + 1)
    codebase = Codebase(tmp_path)
    assert list(codebase.scan()) == []
    assert {Path(each.path).name: each.reason for each in codebase.skipped} == {
        "big.py": "longer than 2048 KiB",
        "binary.py": "binary",
        "long.py": "a line of more than 20000 characters",
        "odd.py": "not text",
    }


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "a.py").write_text(LINE)
    (inside / "loop").symlink_to(inside)
    (inside / "out").symlink_to(outside)
    (inside / "b.py").symlink_to(outside / "a.py")
    assert Codebase(inside).files == 0
    assert (outside / "a.py").read_text() == LINE


TEXTS = st.text(st.sampled_from("ab_/{}$`'\"\\\n\r +%.,()=:#*") | st.characters(), max_size=200)
SNIPPETS = st.sampled_from(
    [
        "/api/v2/spot/market/tickers",
        "/api/mix/v3/x",
        "BTCUSDT",
        "pageNo",
        "_SPB",
        "bitget",
        "f'",
        "${",
        "/*",
        "'''",
        "mix",
    ]
)
SUFFIXES = st.sampled_from([".py", ".ts", ".go", ".java", ".json"])
V1 = st.sampled_from([path for _, path in PATHS] + ["X_UMCBL", "'umcbl'", "_SPBL", "BTCUSD_DMCBL_210924", "'mix_usd'"])


@given(parts=st.lists(TEXTS | SNIPPETS, max_size=12), suffix=SUFFIXES)
def test_a_file_without_findings_never_changes(
    parts: list[str], suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("tree")
    path = root / f"a{suffix}"
    path.write_bytes("".join(parts).encode("utf-8", "surrogatepass"))
    before = path.read_bytes()
    scanned = list(Codebase(root).scan())
    for each in scanned:
        rewrite(each)
    assert any(finding.mechanical for each in scanned for finding in each.findings) or path.read_bytes() == before


@given(parts=st.lists(TEXTS | SNIPPETS | V1, max_size=12), suffix=SUFFIXES)
def test_rewriting_ends_and_touches_only_what_was_found(
    parts: list[str], suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("tree")
    path = root / f"a{suffix}"
    path.write_bytes("".join(parts).encode("utf-8", "surrogatepass"))
    for _ in range(4):
        changed = False
        for each in Codebase(root).scan():
            text = each.document.text
            for finding in each.findings:
                alone = apply(text, [finding])
                outside = min((edit.start for edit in finding.edits), default=len(text))
                assert alone[:outside] == text[:outside]
            changed |= rewrite(each)
        if not changed:
            break
    assert not changed
