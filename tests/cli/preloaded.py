"""Processes that are forked from one that has imported driftline: each is a command's own, and pays no import.

Run as a script, this file is the process that they are forked from.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

TIMEOUT_S = 120
IMPORTED = (
    "alembic.command",
    "apprise",
    "dagster",
    "driftline.api.http",
    "driftline.charts",
    "driftline.cli",
    "driftline.pipelines",
    "lightgbm",
    "matplotlib.figure",
    "psycopg",
    "rich.progress",
    "rich.table",
    "skops.io",
    "uvicorn",
)


class Preloaded:
    """Starts the process that has all imported, and asks it for one command after the other."""

    def __init__(self) -> None:
        self._asked, theirs = socket.socketpair()
        command = [sys.executable, __file__, str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment()
        )
        theirs.close()
        self._answers = self._asked.makefile("rb")

    def run(self, words: list[str], folder: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """What `python -m driftline` with these words does in a folder, with these variables in its environment."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            socket.send_fds(self._asked, [b"?"], [out.fileno(), err.fileno()])
            asked = {"words": words, "folder": str(folder), "environment": environment() | settings}
            self._asked.sendall(json.dumps(asked).encode() + b"\n")
            process = int(self._answers.readline())
            self._asked.settimeout(TIMEOUT_S)
            try:
                status = int(self._answers.readline())
            except TimeoutError:
                os.kill(process, signal.SIGKILL)
                raise
            said = [(file.seek(0), file.read().decode())[1] for file in (out, err)]
        return subprocess.CompletedProcess(["driftline", *words], status, *said)

    def close(self) -> None:
        self._answers.close()
        self._asked.close()
        self._process.wait()


def environment() -> dict[str, str]:
    """This process's, without what is driftline's and Dagster's."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("DRIFTLINE_", "DAGSTER_"))}


def _next_command(asking: socket.socket) -> list[str]:
    """Return, in a process of its own, the words of the next command; where nobody asks any more, the end."""
    lines = asking.makefile("rb")
    while True:
        _, pipes, _, _ = socket.recv_fds(asking, 1, 2)
        if not pipes:
            sys.exit()
        asked = json.loads(lines.readline())
        process = os.fork()
        if process == 0:
            lines.close()
            asking.close()
            for number, pipe in enumerate(pipes, start=1):
                os.dup2(pipe, number)
                os.close(pipe)
            os.chdir(asked["folder"])
            os.environ.clear()
            os.environ.update(asked["environment"])
            sys.path[0] = asked["folder"]
            return list(asked["words"])
        for pipe in pipes:
            os.close(pipe)
        asking.sendall(f"{process}\n".encode())
        _, status = os.waitpid(process, 0)
        asking.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _run(words: list[str]) -> int:
    """Do what `python -m driftline` does up to the last line that could be printed, and return its exit code.

    An exception that nobody caught ends this process as it ends any other.
    """
    sys.argv[1:] = words
    code = 0
    try:
        runpy.run_module("driftline", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    for name in IMPORTED:
        importlib.import_module(name)
    gc.freeze()
    os._exit(_run(_next_command(socket.socket(fileno=int(sys.argv[1])))))  # to free all modules takes half a second
