"""Others listen to a stream in the same way, and put back what they have found: as IPython does around each cell."""

import sys
import types
from pathlib import Path

import pytest

from driftline.capture.output import OutputCapture, read_output


class Shell:
    """What IPython does around a cell, with what it has heard."""

    def __init__(self):
        self.heard, self.waiting = [], []
        self.events = self

    def register(self, event, callback):
        assert event == "pre_run_cell"
        self.waiting.append(callback)

    def unregister(self, _event, callback):
        self.waiting.remove(callback)

    def run(self, *texts, before=None):
        original = sys.stdout.write

        def write(text):
            self.heard.append(text)
            return original(text)

        sys.stdout.write = write
        for callback in list(self.waiting):
            callback(None)
        if before is not None:
            before()
        for text in texts:
            sys.stdout.write(text)
        sys.stdout.write = original


@pytest.fixture
def shell(monkeypatch):
    """A notebook that runs in this process."""
    made = Shell()
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: made))
    return made


@pytest.mark.parametrize("where", ["in a cell", "before all cells"])
def test_a_notebook_is_listened_to_over_its_cells_and_each_text_is_kept_once(tmp_path, shell, capsys, where):
    capture = OutputCapture(tmp_path)
    if where == "before all cells":
        capture.start()
        shell.run("one\n")
    else:
        shell.run("one\n", before=capture.start)
    shell.run("two\n")
    shell.run("three\n")
    shell.run(before=capture.stop)
    shell.run("four\n")
    assert read_output(tmp_path).stdout == "one\ntwo\nthree\n"
    assert shell.heard == ["one\n", "two\n", "three\n", "four\n"]
    assert capsys.readouterr().out == "one\ntwo\nthree\nfour\n"
    assert shell.waiting == []


def test_two_captures_of_one_stream_each_keep_their_own(tmp_path, capsys):
    first, second = OutputCapture(tmp_path / "first"), OutputCapture(tmp_path / "second")
    first.start()
    sys.stdout.write("1")
    second.start()
    sys.stdout.write("2")
    first.stop()
    sys.stdout.write("3")
    second.stop()
    sys.stdout.write("4")
    assert [read_output(Path(tmp_path / name)).stdout for name in ("first", "second")] == ["12", "23"]
    assert capsys.readouterr().out == "1234"
    assert "write" not in vars(sys.stdout)


def test_what_a_stream_refuses_is_not_kept(tmp_path, capsys):
    with OutputCapture(tmp_path), pytest.raises(TypeError):
        sys.stdout.write(b"bytes")
    assert read_output(tmp_path).stdout == ""
