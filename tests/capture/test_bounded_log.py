"""The log of an output: its start and its newest lines are in files, whatever it is and wherever it stops."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.capture.output import read_output
from driftline.capture.relay import TAIL_SEGMENTS, BoundedLog

PIECES = st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r", b"\r\n", b"5%|##  |", b"ready"]), max_size=40)


def kept(folder, *pieces, segment_bytes=1 << 16):
    log = BoundedLog(str(folder), "stdout", segment_bytes=segment_bytes)
    for piece in pieces:
        log.write(piece)
    log.close()
    return read_output(folder).stdout


def as_last_seen(line):
    """A line as a terminal shows it in the end, where each state is as long as the one before."""
    return next((state for state in reversed(line.split(b"\r")) if state), b"")


@given(pieces=PIECES)
def test_each_line_is_kept_as_it_was_seen_last_however_it_came(tmp_path_factory, pieces):
    whole = b"".join(pieces)
    expected = b"\n".join(as_last_seen(line) for line in whole.split(b"\n")).decode()
    assert kept(tmp_path_factory.mktemp("pieces"), *pieces) == expected
    assert kept(tmp_path_factory.mktemp("bytes"), *(whole[i : i + 1] for i in range(len(whole)))) == expected
    assert kept(tmp_path_factory.mktemp("whole"), whole) == expected


@given(lines=st.integers(1, 400), length=st.integers(1, 60))
def test_the_start_and_the_newest_lines_stay_and_a_line_says_what_is_left_out(tmp_path_factory, lines, length):
    folder = tmp_path_factory.mktemp("log")
    written = [f"{number:06}{'x' * length}\n" for number in range(lines)]
    text = kept(folder, *(line.encode() for line in written), segment_bytes=500)
    if "left out" not in text:
        assert text == "".join(written)
        return
    start, _, rest = text.partition("\n[... ")
    count, _, end = rest.partition(" bytes are left out here ...]\n")
    assert "".join(written).startswith(start)
    assert "".join(written).endswith(end)
    assert len(start) >= 500
    assert len(end) >= 500 * (TAIL_SEGMENTS - 1)
    assert len(start) + int(count.replace(",", "")) + len(end) == len("".join(written))


def test_no_output_fills_more_than_its_files(tmp_path):
    kept(tmp_path, *[b"x" * 10_000] * 1_000)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == 1 + TAIL_SEGMENTS
    assert sum(sizes) < 5 * (64 + 32) * 1024


def test_a_progress_bar_of_hours_is_one_line(tmp_path):
    bar = [b"\r%3d%%|%s" % (number // 1000, b"#" * 80) for number in range(100_001)]
    assert kept(tmp_path, b"begin\n", *bar, b"\n", b"end\n") == f"begin\n100%|{'#' * 80}\nend\n"


def test_what_is_not_a_whole_line_yet_can_be_read(tmp_path):
    log = BoundedLog(str(tmp_path), "stdout")
    log.write(b"one\nlong state\rsta")
    assert read_output(tmp_path).stdout == "one\nsta"
    log.write(b"te\n")
    assert read_output(tmp_path).stdout == "one\nstate\n"


def test_a_forked_process_writes_nothing_into_the_log_of_its_parent(tmp_path):
    log = BoundedLog(str(tmp_path), "stdout")
    log.write(b"parent\n")
    child = os.fork()
    if child == 0:
        log.write(b"child, and more of it\n")
        os._exit(0)
    os.waitpid(child, 0)
    log.write(b"parent again\n")
    assert read_output(tmp_path).stdout == "parent\nparent again\n"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (b"postgresql://ann:PW@host/db failed\n", "postgresql://ann:***@host/db failed\n"),
        (b"Authorization: Bearer abc\n", "Authorization: Bearer ***\n"),
        (b"caf\xe9\n", "caf�\n"),
    ],
)
def test_a_secret_is_masked_and_broken_text_is_shown(tmp_path, printed, shown):
    assert kept(tmp_path, printed) == shown


def test_a_log_whose_folder_is_gone_is_silent(tmp_path):
    folder = tmp_path / "gone"
    log = BoundedLog(str(folder), "stdout")
    log.write(b"nobody keeps this\n")
    assert read_output(folder).stdout == ""
