"""What a run records by itself while it goes on, and at its end."""

import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path

from driftline.tracking import endings, sender
from driftline.tracking.load import RunLoad
from driftline.tracking.origin import origin_of
from driftline.tracking.output import ProcessOutput
from driftline.tracking.run import ActiveRun

_log = logging.getLogger(__name__)


class Observation:
    """Logs to a run where it came from, its load, and at the end what was printed; its budget ends it.

    Args:
        run: the run.
        folder: of its code.
        load: what it uses.
        output: what its process prints; None: that is not kept.
    """

    def __init__(self, run: ActiveRun, folder: Path, load: RunLoad, output: ProcessOutput | None) -> None:
        self._run, self._folder, self._load, self._output = run, folder, load, output
        self._since: Mapping[str, int] = {} if output is None else output.places
        self._guard, self._has_origin = threading.Lock(), False
        run.before_end(self._finish)
        sender.regularly(self._look)

    def _look(self) -> None:
        """Look how the run goes; called by the sender's thread, four times a second."""
        if self._run.has_ended:
            return
        why = self._load.exhausted()
        if why is not None:
            endings.stop(why)
        self._log_load(self._load.sample())
        self._log_origin()  # last, since it may take a while

    def _finish(self) -> None:
        sender.no_more(self._look)
        self._log_origin()
        self._log_load(self._load.last())
        if self._output is not None and self._output.places != self._since:
            self._log_files(self._output.files(self._since))

    def _log_origin(self) -> None:
        with self._guard:
            if not self._has_origin:
                self._has_origin = True
                try:
                    kept = origin_of(os.getpid(), self._folder).kept(self._run.destination)
                except OSError as error:  # of the disk of the journals, which says so itself
                    _log.warning("Where run %s came from is not kept: %s", self._run.run_id, error)
                    return
                for file in kept:
                    self._run.name_file(file.path, file.digest, file.size_bytes)

    def _log_load(self, sample: tuple[int, Mapping[str, float]] | None) -> None:
        if sample is not None:
            number, metrics = sample
            self._run.log_metrics(metrics, step=number)

    def _log_files(self, files: Mapping[str, bytes]) -> None:
        for path, content in files.items():
            self._run.log_bytes(content, path)
