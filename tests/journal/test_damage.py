"""A journal of a killed process, of a full disk, or with damaged bytes: what is whole is read, the rest is named."""

import os
import random
import resource
import signal
import subprocess
import sys
import time

import pytest

from driftline.journal import Journal, Point, SegmentReader, segments
from driftline.journal.errors import JournalError

RUN = "0123456789abcdef" * 2
WRITES = """
import sys
from pathlib import Path
from driftline.journal import Journal
journal = Journal(Path(sys.argv[1]), sys.argv[2], writer=1)
step = 0
while True:
    journal.point("loss", step, 0.5, step)
    print(step, flush=True)
    step += 1
"""


@pytest.fixture
def path(tmp_path):
    """A journal of five points, closed."""
    journal = Journal(tmp_path, RUN, writer=1)
    for step in range(5):
        journal.point("loss", step, 1.0, 0)
    journal.close()
    return segments(tmp_path)[0].path


def steps(events):
    return [one.step for one in events if isinstance(one, Point)]


def test_a_torn_end_is_an_end_wherever_it_is_torn(path):
    whole = path.read_bytes()
    starts = []
    for length in range(len(whole), 44, -1):
        path.write_bytes(whole[:length])
        reader = SegmentReader(path)
        starts.append(len(steps(reader.read())))
        reader.close()
    assert starts == sorted(starts, reverse=True)
    assert set(starts) == {0, 1, 2, 3, 4, 5}


def test_damaged_bytes_are_passed_over_and_named(path):
    whole = bytearray(path.read_bytes())
    place = len(whole) - 3 * 45 + 20  # amid the third of the five points
    whole[place] ^= 0xFF
    path.write_bytes(whole)
    reader = SegmentReader(path)
    assert steps(reader.read()) == [0, 1]
    assert steps(reader.salvage()) == [3, 4]
    [damaged] = reader.damaged
    assert (damaged.start, damaged.end) == (len(whole) - 3 * 45, len(whole) - 2 * 45)
    assert reader.salvage() == []


def test_random_damage_never_invents_an_event(path):
    whole = path.read_bytes()
    dice = random.Random(5)  # noqa: S311
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(dice.randrange(1, 4)):
            damaged[dice.randrange(44, len(damaged))] = dice.randrange(256)
        path.write_bytes(damaged)
        reader = SegmentReader(path)
        found = steps([*reader.read(), *reader.salvage()])
        reader.close()
        assert found == sorted(set(found))
        assert set(found) <= {0, 1, 2, 3, 4}


def test_a_full_disk_is_said_and_leaves_whole_records(tmp_path):
    """A limit on the size of files cuts a record in two, as the end of a disk does."""
    journal = Journal(tmp_path, RUN, writer=1)
    journal.point("loss", 0, 1.0, 0)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = segments(tmp_path)[0].path.stat().st_size
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, limits[1]))
        with pytest.raises(JournalError, match=r"cannot be written: .*Free space on its disk"):
            journal.point("loss", 1, 1.0, 0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert segments(tmp_path)[0].path.stat().st_size == size
    journal.point("loss", 2, 1.0, 0)
    assert steps(SegmentReader(segments(tmp_path)[0].path).read()) == [0, 2]


def test_a_segment_that_cannot_be_begun_is_tried_again_and_loses_nothing(tmp_path):
    journal = Journal(tmp_path, RUN, writer=1, segment_bytes=1)
    journal.point("loss", 0, 1.0, 0)
    taken = tmp_path / f"{RUN}.1.2"
    taken.write_bytes(b"of somebody else")
    with pytest.raises(JournalError, match="File exists"):
        journal.point("loss", 1, 1.0, 0)
    journal.point("loss", 2, 1.0, 0)
    taken.unlink()
    found = [step for segment in segments(tmp_path) for step in steps(SegmentReader(segment.path).read())]
    assert found == [0, 2]
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".new")] == []


def test_a_process_that_is_killed_loses_nothing_that_a_call_has_returned_from(tmp_path):
    dice = random.Random(11)  # noqa: S311
    for number in range(5):
        folder = tmp_path / str(number)
        with subprocess.Popen([sys.executable, "-c", WRITES, folder, RUN], stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(dice.random() / 50)
            process.send_signal(signal.SIGKILL)
            confirmed = int([0, *process.stdout.read().split()][-1])
        reader = SegmentReader(segments(folder)[0].path)
        found = steps([*reader.read(), *reader.salvage()])
        assert found == list(range(len(found)))
        assert len(found) > confirmed
        assert reader.damaged == []


def test_a_forked_child_does_not_write_into_the_file_of_its_parent(tmp_path):
    journal = Journal(tmp_path, RUN, writer=1)
    journal.point("loss", 0, 1.0, 0)
    child = os.fork()
    if not child:
        own = Journal(tmp_path, RUN, writer=2)
        own.point("loss", 7, 1.0, 0)
        os._exit(0)
    os.waitpid(child, 0)
    first, second = (SegmentReader(segment.path) for segment in segments(tmp_path))
    assert steps(first.read()) == [0]
    assert steps(second.read()) == [7]
