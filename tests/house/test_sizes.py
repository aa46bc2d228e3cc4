"""Small enough to be read: no room fills the house, and no file fills an afternoon."""

from collections import Counter
from pathlib import Path

from tests.engine import ENGINE, ROOMS, ROOT, files, is_generated, room_of

LONGEST = 300  # lines; a longer file is usually two nouns


def length(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_room_holds_more_than_a_tenth_of_the_engine():
    lines = Counter(dict.fromkeys(ROOMS, 0))
    for path in files():
        lines[room_of(path)] += length(path)
    assert {room: lines[room] for room in ROOMS if lines[room] > lines.total() / 10} == {}


def test_no_file_is_longer_than_two_nouns():
    written = [path for path in (*ENGINE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")) if not is_generated(path)]
    assert len(written) > 400
    assert {str(path.relative_to(ROOT)): length(path) for path in written if length(path) > LONGEST} == {}
