"""The log in files: what was appended is read back; a torn tail is cut, other damage refuses to open."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertape.journal.file_log import FileLog, read_log
from papertape.journal.log import JournalError, MemoryLog
from papertape.journal.segment import HEADING, Damaged, packed, records, segment_paths

PAYLOADS = [b"first", b"second entry", b"", b"fourth" * 4]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


async def append_singly(folder: Path, payloads: list[bytes], segment_bytes: int = 1 << 20) -> None:
    with closing(FileLog(folder, segment_bytes)) as log:
        for payload in payloads:
            await log.append(log.last_sequence + 1, [payload])


def only_segment(folder: Path) -> Path:
    [(_, path)] = segment_paths(folder)
    return path


def ends(payloads: list[bytes]) -> Iterator[int]:
    """Where each record ends in a segment that holds them all."""
    end = len(HEADING)
    for payload in payloads:
        end += len(packed(1, [payload]))
        yield end


async def test_what_was_appended_is_read_back_in_order(folder: Path) -> None:
    with closing(FileLog(folder)) as log:
        await log.append(1, PAYLOADS[:3])
        await log.append(4, PAYLOADS[3:])
        assert log.last_sequence == 4
    with closing(FileLog(folder)) as log:
        assert list(log.read()) == PAYLOADS
        assert list(log.read(3)) == PAYLOADS[2:]
        assert log.last_sequence == 4
        assert log.cut is None


async def test_appending_goes_on_after_opening_again(folder: Path) -> None:
    await append_singly(folder, PAYLOADS)
    await append_singly(folder, [b"fifth"])
    assert list(read_log(folder)) == [*PAYLOADS, b"fifth"]


async def test_segments_are_bounded_and_read_through(folder: Path) -> None:
    payloads = [str(number).encode() * 10 for number in range(100)]
    await append_singly(folder, payloads, segment_bytes=200)
    assert len(segment_paths(folder)) > 10
    assert max(path.stat().st_size for _, path in segment_paths(folder)) < 300
    for first in (1, 2, 50, 99, 100, 101):
        assert list(read_log(folder, first)) == payloads[first - 1 :]


async def test_a_batch_must_be_the_next_one(folder: Path) -> None:
    with closing(FileLog(folder)) as log, pytest.raises(AssertionError):
        await log.append(2, [b"second"])


async def test_a_tail_torn_at_any_byte_is_cut_at_the_last_whole_entry(folder: Path, tmp_path: Path) -> None:
    await append_singly(folder, PAYLOADS)
    whole = only_segment(folder).read_bytes()
    for length in range(len(whole)):
        torn = tmp_path / f"torn-{length}"
        shutil.copytree(folder, torn)
        os.truncate(only_segment(torn), length)
        left = sum(1 for end in ends(PAYLOADS) if end <= length)
        with closing(FileLog(torn)) as log:
            assert log.last_sequence == left
            assert list(log.read()) == PAYLOADS[:left]
            clean = length in (len(HEADING), *ends(PAYLOADS))
            assert (log.cut is None) == clean
            await log.append(left + 1, [b"goes on"])
        assert list(read_log(torn)) == [*PAYLOADS[:left], b"goes on"]


async def test_a_cut_says_where_and_how_much(folder: Path) -> None:
    await append_singly(folder, PAYLOADS)
    path = only_segment(folder)
    os.truncate(path, path.stat().st_size - 1)
    with closing(FileLog(folder)) as log:
        offset = list(ends(PAYLOADS))[2]
        lost = path.stat().st_size
        assert str(log.cut) == (
            f"cut {len(packed(1, PAYLOADS[3:])) - 1} bytes of a torn write off {path.name} at offset {offset}; "
            "the last whole entry is 3"
        )
        assert lost == offset


async def test_every_damaged_byte_of_the_last_batch_cuts_it_and_none_before_goes_unnoticed(folder: Path) -> None:
    await append_singly(folder, PAYLOADS)
    path = only_segment(folder)
    whole = path.read_bytes()
    last_starts = list(ends(PAYLOADS))[-2]
    for offset in range(len(whole)):
        damaged = bytearray(whole)
        damaged[offset] ^= 0x55
        path.write_bytes(damaged)
        if offset < last_starts:
            with pytest.raises(JournalError):
                FileLog(folder)
            assert path.read_bytes() == damaged
        else:
            with closing(FileLog(folder)) as log:
                assert log.last_sequence == 3
                assert log.cut is not None


async def test_damage_before_later_batches_says_file_offset_and_sequence(folder: Path) -> None:
    await append_singly(folder, PAYLOADS)
    path = only_segment(folder)
    damaged = bytearray(path.read_bytes())
    offset = next(ends(PAYLOADS))
    damaged[offset + 25] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(Damaged, match=rf"{path.name}: damaged at offset {offset}, where entry 2 should be"):
        FileLog(folder)


async def test_pages_of_one_batch_that_reached_the_disk_out_of_order_are_a_torn_tail(folder: Path) -> None:
    with closing(FileLog(folder)) as log:
        await log.append(1, [b"durable"])
        await log.append(2, [b"x" * 100] * 10)
    path = only_segment(folder)
    damaged = bytearray(path.read_bytes())
    damaged[300:500] = bytes(200)
    path.write_bytes(damaged)
    with closing(FileLog(folder)) as log:
        assert list(log.read()) == [b"durable", b"x" * 100, b"x" * 100]


async def test_damage_in_an_older_segment_refuses_to_be_read(folder: Path) -> None:
    await append_singly(folder, PAYLOADS * 4, segment_bytes=100)
    start, path = segment_paths(folder)[1]
    path.write_bytes(path.read_bytes()[:-1])
    with closing(FileLog(folder)) as log, pytest.raises(Damaged) as damage:
        list(log.read())
    assert damage.value.path == path
    assert damage.value.sequence >= start


async def test_a_missing_segment_refuses_to_be_read(folder: Path) -> None:
    await append_singly(folder, PAYLOADS * 4, segment_bytes=100)
    segment_paths(folder)[1][1].unlink()
    with closing(FileLog(folder)) as log, pytest.raises(JournalError, match="ends with entry"):
        list(log.read())
    segment_paths(folder)[0][1].unlink()
    with pytest.raises(JournalError, match="are missing"):
        FileLog(folder)


async def test_a_segment_of_another_version_is_left_alone(folder: Path) -> None:
    await append_singly(folder, PAYLOADS)
    path = only_segment(folder)
    other = path.read_bytes().replace(b"LOG 1", b"LOG 2", 1)
    path.write_bytes(other)
    with pytest.raises(JournalError, match="another version"):
        FileLog(folder)
    assert path.read_bytes() == other


async def test_a_segment_that_was_only_begun_gives_way_to_the_one_before(folder: Path) -> None:
    await append_singly(folder, PAYLOADS)
    (folder / "00000000000000000005.log").write_bytes(HEADING[:7])
    with closing(FileLog(folder)) as log:
        assert log.last_sequence == 4
        await log.append(5, [b"fifth"])
    assert list(read_log(folder)) == [*PAYLOADS, b"fifth"]


async def test_going_back_keeps_what_came_after_in_the_archive(folder: Path, tmp_path: Path) -> None:
    payloads = [str(number).encode() for number in range(1, 31)]
    for sequence in (1, 7, 29):
        log_folder, archive = tmp_path / f"log-{sequence}", tmp_path / f"archive-{sequence}"
        await append_singly(log_folder, payloads, segment_bytes=150)
        with closing(FileLog(log_folder, segment_bytes=150)) as log:
            log.rewind(sequence, archive)
            assert list(log.read()) == payloads[:sequence]
            await log.append(sequence + 1, [b"another way"])
            assert list(log.read(sequence)) == [payloads[sequence - 1], b"another way"]
        archived = [stored.payload for start, path in segment_paths(archive) for stored in records(path, start)]
        assert archived[sequence - 30 :] == payloads[sequence:]


@settings(max_examples=30)
@given(
    batches=st.lists(st.lists(st.binary(max_size=60), min_size=1, max_size=5), min_size=1, max_size=8),
    torn=st.integers(min_value=0, max_value=400),
    garbage=st.binary(max_size=40),
)
async def test_whatever_follows_the_last_whole_entry_is_cut(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[bytes]], torn: int, garbage: bytes
) -> None:
    folder = tmp_path_factory.mktemp("log")
    payloads = [payload for batch in batches for payload in batch]
    with closing(FileLog(folder)) as log:
        for batch in batches:
            await log.append(log.last_sequence + 1, batch)
    path = only_segment(folder)
    length = max(0, path.stat().st_size - torn)
    path.write_bytes(path.read_bytes()[:length] + (garbage if length > len(HEADING) else b""))
    with closing(FileLog(folder)) as log:
        left = list(log.read())
        assert left == payloads[: len(left)]
        assert len(left) == sum(1 for end in ends(payloads) if end <= length)


async def test_a_log_in_memory_counts_and_keeps_nothing() -> None:
    log = MemoryLog()
    await log.append(1, PAYLOADS)
    assert log.last_sequence == 4
    assert list(log.read(5)) == []
    log.rewind(2)
    await log.append(3, [b"third"])
    assert log.last_sequence == 3
