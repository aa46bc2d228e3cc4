"""What a process prints while its runs go on, as files of the runs."""

import atexit
import os
import secrets
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path

from driftline.capture import OutputCapture, read_output

FOLDER = "output"  # among the journals


class ProcessOutput:
    """Listens to the output of this process, from its first run on until it ends."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._pid = folder, os.getpid()
        self._capture = OutputCapture(folder, level="streams")
        self._capture.start()
        atexit.register(self._end)

    @property
    def places(self) -> dict[str, int]:
        """Return how far each stream has come."""
        return self._capture.places

    def files(self, since: Mapping[str, int]) -> dict[str, bytes]:
        """Return what was printed since then, by the path of its file in a run; nothing where nothing was."""
        return files_of(self.folder, since)

    def _end(self) -> None:
        if os.getpid() == self._pid:
            self._capture.stop()
            shutil.rmtree(self.folder, ignore_errors=True)


def files_of(folder: Path, since: Mapping[str, int]) -> dict[str, bytes]:
    """Return what a process has printed since then, alive or dead, by the path of its file in a run."""
    output = read_output(folder, since=since)
    texts = {"output/stdout.txt": output.stdout, "output/stderr.txt": output.stderr}
    return {path: text.encode(errors="backslashreplace") for path, text in texts.items() if text}


_outputs: dict[int, ProcessOutput] = {}
_guard = threading.Lock()


def process_output(journals: Path) -> ProcessOutput:
    """Return what listens to the output of this process; it begins with the first run."""
    pid = os.getpid()
    with _guard:
        if pid not in _outputs:
            _outputs[pid] = ProcessOutput(journals / FOLDER / f"{pid}-{secrets.token_hex(4)}")
        return _outputs[pid]
