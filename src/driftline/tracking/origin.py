"""Where a run came from: the environment of its process, and the code that is not committed, as files of the run."""

import json
import threading
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from driftline.capture import entry_point, gpus, installed_packages, machine, uncommitted_changes
from driftline.tracking.sinks import Destination

ENVIRONMENT, CHANGES = "environment.json", "uncommitted.patch"


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file that the runs of a process share.

    Attributes:
        path: its path in a run.
        digest: sha256 of its content.
        size_bytes: of its content.
    """

    path: str
    digest: str
    size_bytes: int


class Origin:
    """The files of one process in one folder; they are made when they are first asked for, which may take a while."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._guard = folder, threading.Lock()
        self._files: dict[str, bytes] | None = None
        self._kept: dict[str, list[KeptFile]] = {}

    def kept(self, destination: Destination) -> list[KeptFile]:
        """Return the files, which are at the destination, or wait for it."""
        with self._guard:
            at = f"{destination.sink.url} {destination.journals}"
            if at not in self._kept:
                self._files = self._files or _files(self._folder)
                self._kept[at] = [
                    KeptFile(path=path, digest=digest, size_bytes=size)
                    for path, content in self._files.items()
                    for digest, size in [destination.keep([content])]
                ]
            return self._kept[at]


@cache
def origin_of(pid: int, folder: Path) -> Origin:
    """Return the origin of the runs of a process, whose code and packages stay as they were loaded."""
    del pid
    return Origin(folder)


def _files(folder: Path) -> dict[str, bytes]:
    changes = uncommitted_changes(folder)
    environment = {
        "entry_point": asdict(entry_point()),
        "machine": asdict(machine()),
        "gpus": [asdict(gpu) for gpu in gpus()],
        "packages": installed_packages(),
        "untracked": [] if changes is None else changes.untracked,
    }
    files = {ENVIRONMENT: json.dumps(environment, indent=1).encode()}
    if changes is not None and changes.patch:
        files[CHANGES] = changes.patch.encode()
    return files
