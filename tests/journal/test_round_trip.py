"""What is appended is read again, as it was and in its order, also while more is appended."""

import math
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.journal import Journal, Point, SegmentReader, segments
from driftline.journal.errors import JournalError
from driftline.journal.event import Kind

RUN = "0123456789abcdef" * 2


def everything(folder):
    """All points of the journals in a folder, oldest first."""
    found = []
    for segment in segments(folder):
        reader = SegmentReader(segment.path)
        while events := reader.read():
            found += [event for event in events if isinstance(event, Point)]
        reader.close()
    return found


def test_points_come_back_in_their_order(tmp_path):
    journal = Journal(tmp_path, RUN, writer=1, about={"process": "host:1"})
    journal.point("loss", 3, 0.25, 1_700_000_000_000_000)
    journal.point("val/loss", -1, math.inf, 0)
    journal.point("loss", 2**63 - 1, -0.0, -5)
    assert everything(tmp_path) == [
        Point(2, "loss", 3, 1_700_000_000_000_000, 0.25),
        Point(4, "val/loss", -1, 0, math.inf),
        Point(5, "loss", 2**63 - 1, -5, -0.0),
    ]
    assert journal.last_sequence == 5


def test_who_writes_stands_in_each_segment(tmp_path):
    journal = Journal(tmp_path, RUN, writer=1, about={"process": "host:1"}, segment_bytes=100)
    for step in range(5):
        journal.point("loss", step, 0.0, 0)
    readers = [SegmentReader(segment.path) for segment in segments(tmp_path)]
    assert len(readers) > 2
    assert {(reader.read()[0].kind, reader.about["process"]) for reader in readers} == {(Kind.WRITER, "host:1")}


@given(
    st.lists(
        st.tuples(st.text(max_size=20), st.integers(-(2**63), 2**63 - 1), st.floats(), st.integers(-(2**60), 2**60)),
        max_size=30,
    )
)
def test_any_points_come_back(tmp_path_factory, points):
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder, RUN, writer=7, segment_bytes=400)
    for key, step, value, at in points:
        journal.point(key, step, value, at)
    journal.close()
    found = [(one.key, one.step, repr(one.value), one.at_us) for one in everything(folder)]
    assert found == [(key, step, repr(value), at) for key, step, value, at in points]


def test_nan_and_keys_that_are_no_unicode_come_back(tmp_path):
    journal = Journal(tmp_path, RUN, writer=1)
    journal.point("\udcff", 0, math.nan, 0)
    [point] = everything(tmp_path)
    assert math.isnan(point.value)
    assert point.key == "\udcff"


def test_a_reader_goes_on_where_it_stopped(tmp_path):
    journal = Journal(tmp_path, RUN, writer=1)
    journal.point("loss", 0, 1.0, 0)
    reader = SegmentReader(segments(tmp_path)[0].path)
    assert [one.sequence for one in reader.read()] == [0, 2]
    assert reader.read() == []
    journal.point("loss", 1, 1.0, 0)
    journal.event(Kind.WRITER, {"process": "x" * 5000})
    assert not reader.is_at_end
    assert [one.sequence for one in reader.read(most_bytes=64)] == [3]
    assert [one.sequence for one in reader.read(most_bytes=64)] == [4]
    assert reader.is_at_end
    assert reader.header.run_id == RUN


def test_segments_follow_each_other_and_each_can_be_read_by_itself(tmp_path):
    journal = Journal(tmp_path, RUN, writer=255, segment_bytes=300)
    for step in range(40):
        journal.point("loss", step, float(step), step)
    found = segments(tmp_path)
    assert [segment.number for segment in found] == list(range(len(found)))
    assert len(found) > 3
    last = SegmentReader(found[-2].path)
    assert {one.key for one in last.read() if isinstance(one, Point)} == {"loss"}
    assert [one.step for one in everything(tmp_path)] == list(range(40))


def test_threads_lose_and_double_nothing(tmp_path):
    journal = Journal(tmp_path, RUN, writer=1, segment_bytes=20_000)
    threads = [
        threading.Thread(target=lambda name=name: [journal.point(name, step, 0.0, 0) for step in range(500)])
        for name in "abcd"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = everything(tmp_path)
    assert len({one.sequence for one in found}) == len(found) == 2000
    for name in "abcd":
        assert [one.step for one in found if one.key == name] == list(range(500))


def test_a_segment_can_be_read_from_the_moment_it_has_its_name(tmp_path):
    ended, seen = threading.Event(), []

    def look():
        while not ended.is_set():
            for segment in segments(tmp_path):
                reader = SegmentReader(segment.path)  # an error where it was not whole
                seen.append(reader.header.run_id)
                reader.close()

    journal = Journal(tmp_path, RUN, writer=1, segment_bytes=1)
    with ThreadPoolExecutor() as pool:
        looking = pool.submit(look)
        for step in range(60):
            journal.point("loss", step, 0.0, 0)
        while not seen:
            pass
        ended.set()
        looking.result()
    assert set(seen) == {RUN}
    assert len(list(tmp_path.iterdir())) == len(segments(tmp_path)) > 60


def test_other_files_in_the_folder_are_left_aside(tmp_path):
    Journal(tmp_path, RUN, writer=1)
    for name in ("notes.txt", f"{RUN}.x.0", f"{RUN}.1", ".lock"):
        (tmp_path / name).write_text("mine")
    assert [segment.path.name for segment in segments(tmp_path)] == [f"{RUN}.1.0"]
    assert segments(tmp_path / "nowhere") == []


def test_a_file_that_is_no_journal_is_named(tmp_path):
    for content in (b"", b"DRFTJ002" + bytes(36), os.urandom(100)):
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(JournalError, match="is no journal that this version reads"):
            SegmentReader(tmp_path / "x")


def test_two_writers_of_one_number_cannot_share_a_file(tmp_path):
    Journal(tmp_path, RUN, writer=1)
    with pytest.raises(JournalError, match="File exists"):
        Journal(tmp_path, RUN, writer=1)
