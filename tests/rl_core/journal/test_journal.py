"""The journal keeps a gapless prefix of whole records, whatever happens to its last bytes."""

import errno
import math
import os
import random
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rl_core.journal import journal
from rl_core.journal.inbox import InboxReader, InboxWriter
from rl_core.journal.journal import JournalReader, JournalWriter, forget, head, last_record


def frame(first: int, rows: int = 1) -> dict[str, Any]:
    return {"type": "frame", "first_seq": first, "seq": first + rows - 1, "scalars": {"a": {"last": [0.5] * rows}}}


def event(seq: int, kind: str = "paused") -> dict[str, Any]:
    return {"type": "event", "seq": seq, "kind": kind, "at_update": seq, "wall": 0.5, "data": {}}


def write(directory: Path, count: int, **options: Any) -> list[dict[str, Any]]:
    """Append `count` records of one to three rows, and events between them."""
    writer = JournalWriter(directory, **options)
    written = []
    for number in range(count):
        seq = writer.next_seq
        written.append(event(seq) if number % 5 == 0 else frame(seq, 1 + number % 3))
        writer.append(written[-1])
    writer.close()
    return written


def read(directory: Path, after_seq: int = 0, max_bytes: int = 1 << 20) -> list[dict[str, Any]]:
    reader = JournalReader(directory, after_seq=after_seq)
    records: list[dict[str, Any]] = []
    while batch := reader.read(max_bytes):
        records += batch
    reader.close()
    return records


def segments(directory: Path) -> list[Path]:
    return sorted(directory.glob("journal-*.bin"))


@pytest.mark.parametrize("segment_bytes", [1, 300, 4 << 20])
@pytest.mark.parametrize("max_bytes", [1, 200, 1 << 20])
def test_what_is_written_is_read(tmp_path: Path, segment_bytes: int, max_bytes: int) -> None:
    written = write(tmp_path, 50, segment_bytes=segment_bytes)
    assert read(tmp_path, max_bytes=max_bytes) == written
    assert head(tmp_path) == written[-1]["seq"]
    assert last_record(tmp_path) == written[-1]


@pytest.mark.parametrize("segment_bytes", [1, 300, 4 << 20])
def test_reading_goes_on_behind_any_seq(tmp_path: Path, segment_bytes: int) -> None:
    written = write(tmp_path, 30, segment_bytes=segment_bytes)
    for number, record in enumerate(written):
        for max_bytes in (1, 1 << 20):
            assert read(tmp_path, record["seq"], max_bytes) == written[number + 1 :]


def test_a_reader_follows_a_writer_across_segments(tmp_path: Path) -> None:
    reader = JournalReader(tmp_path)
    assert reader.read() == []
    writer = JournalWriter(tmp_path, segment_bytes=200)
    for _ in range(40):
        record = frame(writer.next_seq, 2)
        writer.append(record)
        assert reader.read() == [record]
        assert reader.read() == []
    assert len(segments(tmp_path)) > 5


def test_a_half_written_record_is_not_yet_there(tmp_path: Path) -> None:
    whole = write(tmp_path, 3)
    path = segments(tmp_path)[0]
    content = path.read_bytes()
    write(tmp_path, 1)
    complete = path.read_bytes()
    reader = JournalReader(tmp_path)
    for end in range(len(content), len(complete)):
        path.write_bytes(complete[:end])
        assert reader.read() == (whole if end == len(content) else [])
    path.write_bytes(complete)
    assert [record["seq"] for record in reader.read()] == [whole[-1]["seq"] + 1]


def test_values_that_json_loses(tmp_path: Path) -> None:
    values = [math.nan, math.inf, -math.inf, -0.0, 5e-324, None]
    writer = JournalWriter(tmp_path)
    writer.append({"type": "frame", "first_seq": 1, "seq": 1, "scalars": {"a": {"last": values}}})
    assert repr(read(tmp_path)[0]["scalars"]["a"]["last"]) == repr(values)


@pytest.mark.parametrize("fault", ["cut", "zeroed", "garbled"])
def test_any_damage_leaves_a_gapless_prefix_that_can_be_continued(
    tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 faults of each kind at random bytes, over segments; a failing round prints its seed."""
    monkeypatch.setattr(journal.os, "fsync", lambda fd: None)  # a busy disk would make this a minute
    monkeypatch.setattr(journal.os, "fdatasync", lambda fd: None)
    for seed in range(200):
        draw = random.Random(seed)
        directory = tmp_path / f"{seed}"
        written = write(directory, draw.randint(1, 40), segment_bytes=draw.choice([1, 400, 4 << 20]))
        damage(draw.choice(segments(directory)), fault, draw)

        survived = read(directory)
        assert survived == written[: len(survived)], f"{seed=}"
        continued = write(directory, 5)
        assert continued[0]["seq"] == (survived[-1]["seq"] if survived else 0) + 1, f"{seed=}"
        assert read(directory) == survived + continued, f"{seed=}"


def damage(path: Path, fault: str, draw: random.Random) -> None:
    content = bytearray(path.read_bytes())
    at = draw.randrange(len(content))
    if fault == "cut":
        del content[at:]
    elif fault == "zeroed":
        content[at:] = bytes(len(content) - at)
    else:
        content[at] ^= draw.randint(1, 255)
    path.write_bytes(content)


def test_a_garbled_length_does_not_ask_for_its_memory(tmp_path: Path) -> None:
    write(tmp_path, 2)
    with segments(tmp_path)[0].open("ab") as segment:
        segment.write(b"\xff" * 12)
    assert len(read(tmp_path)) == 2


def test_a_seq_out_of_turn_is_refused(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path)
    writer.append(frame(1, 3))
    for wrong in (frame(3), frame(5), event(3), {**frame(4), "seq": 3}):
        with pytest.raises(ValueError, match="continues at 4"):
            writer.append(wrong)
    writer.append(event(4))
    assert [record["seq"] for record in read(tmp_path)] == [3, 4]


def test_only_settled_closed_segments_are_forgotten(tmp_path: Path) -> None:
    written = write(tmp_path, 40, segment_bytes=300)
    before = len(segments(tmp_path))
    assert forget(tmp_path, 0) == 0
    middle = written[20]["seq"]
    gone = forget(tmp_path, middle)
    assert 0 < gone < before
    assert len(segments(tmp_path)) == before - gone
    assert read(tmp_path, middle) == written[21:]
    forget(tmp_path, written[-1]["seq"])
    assert len(segments(tmp_path)) == 1
    assert head(tmp_path) == written[-1]["seq"]
    assert write(tmp_path, 1)[0]["seq"] == written[-1]["seq"] + 1


def test_numbers_settled_elsewhere_are_not_given_out_again(tmp_path: Path) -> None:
    write(tmp_path, 30, segment_bytes=300)
    with segments(tmp_path)[-1].open("ab") as segment:
        segment.write(b"torn")
    writer = JournalWriter(tmp_path, after_seq=100)
    writer.append(event(101, "failed"))
    writer.close()
    assert [record["seq"] for record in read(tmp_path)] == [101]
    assert head(tmp_path) == 101
    assert write(tmp_path, 1)[0]["seq"] == 102


def test_a_full_disk_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path)
    writer.append(event(1))
    path = segments(tmp_path)[0]
    size = path.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
    try:
        for _ in range(2):
            with pytest.raises(OSError) as full:  # noqa: PT011
                writer.append(frame(2))
            assert full.value.errno in (errno.ENOSPC, errno.EFBIG)
            assert path.stat().st_size == size
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    writer.append(frame(2))
    assert len(read(tmp_path)) == 2


def test_events_are_synced_at_once_and_frames_once_per_interval(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    syncs: list[float] = []
    monkeypatch.setattr(journal.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(journal.os, "fdatasync", lambda fd: syncs.append(clock[0]))
    writer = JournalWriter(tmp_path)
    for _ in range(40):
        clock[0] += 0.125
        writer.append(frame(writer.next_seq))
    assert syncs == [1.0, 2.0, 3.0, 4.0, 5.0]
    writer.append(event(writer.next_seq), sync=True)
    assert syncs[5:] == [5.0]


def test_the_inbox_carries_commands_once(tmp_path: Path) -> None:
    path = tmp_path / "inbox.bin"
    reader = InboxReader(path)
    assert reader.poll() == []
    writer, other = InboxWriter(path), InboxWriter(path)
    writer.append({"id": "a", "op": "pause"})
    assert reader.poll() == [{"id": "a", "op": "pause"}]
    assert reader.poll() == []
    position = reader.position
    other.append({"id": "b", "op": "resume"})
    writer.append({"id": "c", "op": "stop"})
    assert [command["id"] for command in reader.poll()] == ["b", "c"]
    assert [command["id"] for command in InboxReader(path, after=position).poll()] == ["b", "c"]


def test_a_torn_command_is_cut_by_the_next_writer(tmp_path: Path) -> None:
    path = tmp_path / "inbox.bin"
    InboxWriter(path).append({"id": "a"})
    with path.open("ab") as inbox:
        inbox.write(path.read_bytes()[:-1])
    reader = InboxReader(path)
    assert [command["id"] for command in reader.poll()] == ["a"]
    InboxWriter(path).append({"id": "b"})
    assert [command["id"] for command in reader.poll()] == ["b"]


KILLED_WRITER = """
import sys
from pathlib import Path
from rl_core.journal.journal import JournalWriter
writer = JournalWriter(Path(sys.argv[1]), segment_bytes=2000)
while True:
    seq = writer.next_seq
    writer.append({"type": "frame", "first_seq": seq, "seq": seq, "scalars": {"a": {"last": [0.5] * 20}}})
    sys.stdout.write(f"{seq}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("seed", range(3))
def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path: Path, seed: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED_WRITER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(random.Random(seed).randint(1, 400))][-1]
    process.kill()
    acknowledged = max([acknowledged, *map(int, process.stdout.read().split()[:-1])])
    process.stdout.close()
    process.wait()
    assert [record["seq"] for record in read(tmp_path)] == list(range(1, head(tmp_path) + 1))
    assert head(tmp_path) >= acknowledged


def test_the_journal_needs_no_torch() -> None:
    code = "import sys, rl_core.journal.journal; sys.exit('torch' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": ""}
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], env=environment).returncode == 0
