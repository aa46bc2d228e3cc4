"""Output that is kept: all that a process prints, shown as ever, whatever becomes of the process."""

# ruff: noqa: T201 - what is printed is what is tested

import contextlib
import io
import logging
import os
import pty
import signal
import subprocess
import sys
import textwrap

import pytest

from driftline.capture.output import OutputCapture, read_output

BEGIN = """
import os, subprocess, sys, ctypes
from pathlib import Path
from driftline.capture.output import OutputCapture
folder = Path(sys.argv[1])
"""
ALL_WAYS = """
    print("python")
    print("to stderr", file=sys.stderr)
    os.write(1, b"descriptor\\n")
    subprocess.run(["sh", "-c", "echo shell; echo shell error >&2"])
    ctypes.CDLL(None).puts(b"libc")
"""


def run(tmp_path, body, **options):
    """What a script shows, with what it keeps in the folder `kept`."""
    script = tmp_path / "script.py"
    script.write_text(BEGIN + textwrap.dedent(body))
    return subprocess.run(
        [sys.executable, script, tmp_path / "kept"], check=False, capture_output=True, text=True, timeout=60, **options
    )


def on_a_terminal(tmp_path, body):
    """What a script shows that runs on a terminal."""
    script = tmp_path / "script.py"
    script.write_text(BEGIN + textwrap.dedent(body))
    ours, its = pty.openpty()
    process = subprocess.Popen([sys.executable, script, tmp_path / "kept"], stdin=its, stdout=its, stderr=its)
    os.close(its)
    shown = b""
    with contextlib.suppress(OSError):  # Linux says so at the end
        while data := os.read(ours, 1000):
            shown += data
    os.close(ours)
    process.wait(timeout=60)
    return shown.decode().replace("\r\n", "\n")


def test_all_that_a_process_and_its_children_print_is_kept_and_shown_once(tmp_path):
    done = run(tmp_path, f"print('before')\nwith OutputCapture(folder):{ALL_WAYS}\nprint('after')")
    kept = read_output(tmp_path / "kept")
    assert sorted(kept.stdout.split()) == ["descriptor", "libc", "python", "shell"]
    assert kept.stderr == "to stderr\nshell error\n"
    assert sorted(done.stdout.split()) == ["after", "before", "descriptor", "libc", "python", "shell"]
    assert done.stderr == "to stderr\nshell error\n"


def test_on_a_terminal_a_process_still_has_one_and_what_python_prints_is_kept(tmp_path):
    shown = on_a_terminal(
        tmp_path,
        """
        with OutputCapture(folder):
            print(os.isatty(1), sys.stdout.isatty(), sys.stderr.isatty())
            os.write(1, b"descriptor\\n")
            print("error", file=sys.stderr)
        """,
    )
    kept = read_output(tmp_path / "kept")
    assert shown == "True True True\ndescriptor\nerror\n"
    assert (kept.stdout, kept.stderr) == ("True True True\n", "error\n")


def test_on_a_terminal_descriptors_are_kept_where_that_is_asked_for(tmp_path):
    shown = on_a_terminal(
        tmp_path, "with OutputCapture(folder, level='descriptors'):\n    os.write(1, b'descriptor\\n')"
    )
    assert shown == read_output(tmp_path / "kept").stdout == "descriptor\n"


@pytest.mark.parametrize("level", ["auto", "streams"])
@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "os.abort()", "os._exit(3)", "ctypes.string_at(0)"])
def test_what_was_printed_before_a_crash_is_kept_and_shown(tmp_path, level, end):
    done = run(
        tmp_path,
        f"""
        import faulthandler
        OutputCapture(folder, level={level!r}).start()
        print("one")
        sys.stderr.write("no end of the line")
        sys.stdout.flush()
        {end}
        """,
    )
    kept = read_output(tmp_path / "kept")
    assert done.returncode != 0
    assert (done.stdout, kept.stdout) == ("one\n", "one\n")
    assert (done.stderr, kept.stderr) == ("no end of the line", "no end of the line")


def test_the_traceback_of_a_segmentation_fault_is_kept(tmp_path):
    run(
        tmp_path,
        """
        import faulthandler
        faulthandler.enable()
        OutputCapture(folder).start()
        print("not flushed by the script")
        ctypes.string_at(0)
        """,
    )
    kept = read_output(tmp_path / "kept")
    assert "Segmentation fault" in kept.stderr
    assert kept.stdout == "not flushed by the script\n"


def test_a_capture_that_nobody_stops_ends_with_the_process(tmp_path):
    done = run(tmp_path, "OutputCapture(folder).start()\nprint('kept')\nraise SystemExit(4)")
    assert (done.returncode, done.stdout, read_output(tmp_path / "kept").stdout) == (4, "kept\n", "kept\n")


def test_forked_and_other_workers_come_to_the_log_of_descriptors(tmp_path):
    run(
        tmp_path,
        """
        import multiprocessing
        if __name__ == "__main__":
            with OutputCapture(folder):
                for way in ("fork", "spawn"):
                    worker = multiprocessing.get_context(way).Process(target=print, args=(way,))
                    worker.start()
                    worker.join()
        """,
    )
    assert sorted(read_output(tmp_path / "kept").stdout.split()) == ["fork", "spawn"]


def test_a_forked_process_that_leaves_the_block_ends_nothing_of_its_parent(tmp_path):
    done = run(
        tmp_path,
        """
        with OutputCapture(folder):
            child = os.fork()
            if child == 0:
                sys.exit(0)
            os.waitpid(child, 0)
            print("parent")
        """,
    )
    assert (done.stdout, read_output(tmp_path / "kept").stdout) == ("parent\n", "parent\n")


@pytest.mark.parametrize("first", ["inner", "outer"])
def test_captures_that_overlap_each_keep_their_own_and_nothing_is_shown_twice(tmp_path, first):
    second = {"inner": "outer", "outer": "inner"}[first]
    done = run(
        tmp_path,
        f"""
        outer, inner = OutputCapture(folder / "outer"), OutputCapture(folder / "inner")
        outer.start()
        print("1")
        inner.start()
        print("2")
        {first}.stop()
        {second}.stop()
        print("3")
        """,
    )
    assert done.stdout == "1\n2\n3\n"
    assert read_output(tmp_path / "kept" / "outer").stdout == "1\n2\n"
    assert read_output(tmp_path / "kept" / "inner").stdout == "2\n"


def test_a_relay_that_is_killed_takes_no_output_with_it(tmp_path):
    done = run(
        tmp_path,
        """
        import psutil, time
        capture = OutputCapture(folder)
        capture.start()
        [relay] = psutil.Process().children()
        relay.kill()
        for number in range(20):
            print(number)
            time.sleep(0.01)
        capture.stop()
        print("end")
        """,
    )
    assert (done.returncode, done.stdout.split()) == (0, [*map(str, range(20)), "end"])


def test_ctrl_c_is_for_the_training_alone(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        BEGIN
        + textwrap.dedent("""
        import time
        with OutputCapture(folder):
            print("ready", flush=True)
            try:
                time.sleep(60)
            except KeyboardInterrupt:
                print("saved")
        """)
    )
    process = subprocess.Popen(
        [sys.executable, script, tmp_path / "kept"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=60)[0] == "saved\n"
    assert read_output(tmp_path / "kept").stdout == "ready\nsaved\n"


def test_the_streams_of_a_test_runner_are_listened_to_and_stay_what_they_are(tmp_path, capsys):
    before = sys.stdout
    handler = logging.StreamHandler(sys.stderr)  # made before, as those of libraries are
    with OutputCapture(tmp_path):
        print("kept")
        handler.emit(logging.makeLogRecord({"msg": "logged"}))
        with contextlib.redirect_stdout(io.StringIO()) as other:
            print("to another place")
        assert sys.stdout is before
    print("not kept")
    kept, shown = read_output(tmp_path), capsys.readouterr()
    assert (kept.stdout, kept.stderr) == ("kept\n", "logged\n")
    assert (shown.out, shown.err, other.getvalue()) == ("kept\nnot kept\n", "logged\n", "to another place\n")
    assert "write" not in vars(before)


def test_a_listener_that_was_there_before_stays(tmp_path, monkeypatch):
    heard = []
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    stream.write = heard.append
    with OutputCapture(tmp_path, level="streams"):
        print("a")
    print("b")
    assert heard == ["a", "\n", "b", "\n"]
    assert read_output(tmp_path).stdout == "a\n"


def test_a_process_without_streams_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with OutputCapture(tmp_path):
        print("error", file=sys.stderr)
    assert read_output(tmp_path).stderr == "error\n"


def test_a_folder_that_cannot_be_made_is_warned_of_and_stops_nothing(tmp_path, caplog, capsys):
    (tmp_path / "file").write_text("")
    with OutputCapture(tmp_path / "file" / "folder"):
        print("shown")
    assert capsys.readouterr().out == "shown\n"
    assert "is not kept" in caplog.text
