"""What a process prints, kept while a block lasts, and shown as ever."""

import atexit
import logging
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Literal, Self

from driftline.capture.descriptors import DescriptorTap, descriptor_of
from driftline.capture.entry_point import ipython_shell
from driftline.capture.relay import BoundedLog
from driftline.capture.streams import StreamTap, tap_of
from driftline.masking import mask_secrets, mask_tokens

Level = Literal["auto", "streams", "descriptors"]

_DESCRIPTORS = {"stdout": 1, "stderr": 2}
_OF_OTHERS = "-native"  # the ending of the logs of descriptors that Python does not print to
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a process has printed: the start and the end; a line says how much is left out between.

    Attributes:
        stdout: without the states of a progress bar but the last, and with secrets masked.
        stderr: so, too.
    """

    stdout: str
    stderr: str


class OutputCapture:
    """Keeps what this process prints in files of a folder, from `start` until `stop`, also if it crashes amid that.

    There are two ways to listen, and `level` chooses:

    - **streams**: the `write` of `sys.stdout` and `sys.stderr` is listened to. The streams stay what they are, so
      terminals, notebooks and test runners that have put their own there go on as ever. What C libraries, other
      processes and forked workers print does not pass here.
    - **descriptors**: the descriptors 1 and 2 lead into a pipe, and a small process hands on what comes. All of it
      counts. But a pipe is not a terminal: programs ask `isatty`, and without one they print no colours, no progress
      bars, and in blocks instead of lines. A pseudo-terminal would answer that question right and others wrong, such as
      its width, and who gets Ctrl-C.
    - **auto**, the default, listens to a descriptor where Python prints to it and it leads to no terminal, as in
      containers, pipes and schedulers: `isatty` answers as before. On a terminal, in a notebook and under a test runner
      it listens to the stream.

    Captures may be nested. Of two that overlap, the descriptors of the first are restored when the second one ends.

    Args:
        folder: where the files lie, made where it is new; at most some 320 kB for each of the two outputs.
        level: what is listened to.
    """

    def __init__(self, folder: Path, *, level: Level = "auto") -> None:
        self._folder, self._level, self._pid = folder, level, os.getpid()
        self._listening: list[tuple[StreamTap, BoundedLog]] = []
        self._descriptors: DescriptorTap | None = None

    def start(self) -> None:
        """Listen from now on; where the folder cannot be written to, a warning is all that comes of it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            names = self._names_of_descriptors()
            if names:
                self._descriptors = DescriptorTap(self._folder, names)
        except OSError as error:
            _log.warning("The output of this process is not kept: %s", error)
            return
        for name in _DESCRIPTORS:
            tap = None if name in names.values() else tap_of(name)
            if tap is not None:
                log = BoundedLog(str(self._folder), name)
                tap.add(log)
                self._listening.append((tap, log))
        atexit.register(self.stop)
        shell = ipython_shell()
        if shell is not None and self._listening:
            shell.events.register("pre_run_cell", self._attach)

    def stop(self) -> None:
        """Listen no more; what was printed until now is in the files. In a forked process nothing happens."""
        if os.getpid() != self._pid:
            return
        atexit.unregister(self.stop)
        shell = ipython_shell()
        if shell is not None and self._listening:
            shell.events.unregister("pre_run_cell", self._attach)
        for tap, log in self._listening:
            tap.remove(log)
            log.close()
        self._listening = []
        if self._descriptors is not None:
            self._descriptors.close()
            self._descriptors = None

    @property
    def places(self) -> dict[str, int]:
        """Return how many bytes of whole lines the streams that are listened to have printed, by their names."""
        return {log.name: log.place for _, log in self._listening}

    def __enter__(self) -> Self:
        """Listen while a block lasts."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Listen no more."""
        self.stop()

    def _attach(self, _cell: object) -> None:
        """Listen on: IPython listens in the same way during a cell, and then puts back what it has found before it."""
        for tap, _ in self._listening:
            tap.attach()

    def _names_of_descriptors(self) -> dict[int, str]:
        """Return the names of logs by the descriptors to listen to; the plain name where Python prints there."""
        if self._level == "streams" or os.name != "posix":
            return {}
        names = {}
        for name, number in _DESCRIPTORS.items():
            is_pythons = descriptor_of(getattr(sys, name)) == number
            with suppress(OSError):  # it is closed
                if self._level == "descriptors" or (is_pythons and not os.isatty(number)):
                    os.fstat(number)
                    names[number] = name if is_pythons else name + _OF_OTHERS
        return names


def read_output(folder: Path, *, since: Mapping[str, int] = MappingProxyType({})) -> Output:
    """Return what an `OutputCapture` has kept in a folder, also while it goes on, and after a crash.

    Args:
        folder: of the capture.
        since: the places of the streams from which on output counts.
    """
    return Output(stdout=_text(folder, "stdout", since), stderr=_text(folder, "stderr", since))


def _text(folder: Path, name: str, since: Mapping[str, int]) -> str:
    parts = (_joined(folder, one, since.get(one, 0)) for one in (name, name + _OF_OTHERS))
    return mask_tokens(mask_secrets(b"".join(parts).decode(errors="replace")))


def _joined(folder: Path, name: str, since: int) -> bytes:
    parts = [re.fullmatch(rf"{name}\.(\d+)", path.name) for path in (folder.iterdir() if folder.is_dir() else ())]
    joined, place = b"", since
    for start in sorted(int(part[1]) for part in parts if part):
        with suppress(FileNotFoundError):  # a newer one was begun just now
            content = (folder / f"{name}.{start}").read_bytes()
            begin = max(start, since)
            if begin > place:
                joined += f"\n[... {begin - place:,} bytes are left out here ...]\n".encode()
            joined, place = joined + content[begin - start :], max(start + len(content), since)
    return joined
