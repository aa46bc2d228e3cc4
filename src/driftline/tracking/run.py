"""One execution of training code, from its start to a true end."""

import logging
import os
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from driftline.errors import StorageError
from driftline.ingest import MODEL_FOLDER
from driftline.journal import Kind
from driftline.tracking import endings
from driftline.tracking.active import Innermost
from driftline.tracking.endings import Outcome
from driftline.tracking.errors import FrozenArtifactError, RunEndedError
from driftline.tracking.files import RunFiles
from driftline.tracking.recorder import Recorder
from driftline.tracking.sinks import Destination, of_another_writer
from driftline.tracking.times import Times
from driftline.tracking.values import (
    checked_key,
    metric_value,
    param_value,
    step_number,
    timestamp_us,
)

if TYPE_CHECKING:
    from driftline.workspace import Workspace

_log = logging.getLogger(__name__)


class ActiveRun(RunFiles):
    """A run that is going on; start it with `start_run`, and end it with a `with` block or `end`.

    What is logged is in a journal on this machine's disk when a call returns, which outlives the process, and with its
    destination within a second; `flush` waits for that.

    Attributes:
        run_id: its id, unique for good.
        experiment: the named set of runs that it belongs to.
        name: for people.
        destination: where it is logged to.
    """

    def __init__(
        self,
        destination: Destination,
        *,
        run_id: str,
        experiment: str,
        name: str,
        about: Mapping[str, Any],
        workspace: "Workspace | None" = None,
        is_owner: bool = True,
    ) -> None:
        self.run_id, self.experiment, self.name = run_id, experiment, name
        self.destination, self._workspace = destination, workspace
        self._is_owner = is_owner
        self._times = Times(destination)
        self._about = {"experiment": experiment, "name": name, "started_us": self._times.start_us, **about}
        self._pid = os.getpid()
        self._recorders: dict[int, Recorder] = {}
        self._keys: set[str] = set()
        self._params: dict[str, str] = {}
        self._is_frozen = False
        self._last_words: list[Callable[[], None]] = []
        self._outcome: Outcome | None = None
        self._recorder()

    def __repr__(self) -> str:
        return f"<run {self.run_id} of {self.experiment!r}: {self._outcome or 'running'}>"

    @property
    def workspace(self) -> "Workspace":
        """Return where it is stored, opened when it is first asked for."""
        if self._workspace is None:
            from driftline.workspace import open_workspace  # noqa: PLC0415  (SQLAlchemy, for those who read)

            self._workspace = open_workspace()
        return self._workspace

    @property
    def started_at(self) -> datetime:
        """Return when it was started by this process."""
        return datetime.fromtimestamp(self._times.start_us / 1e6, UTC)

    @property
    def place(self) -> "tuple[Destination, Workspace | None]":
        """Return where it is written to, with the workspace that was given for it: runs within it go there, too."""
        return self.destination, self._workspace

    @property
    def parent_run_id(self) -> str | None:
        """Return the run that this one is part of, or None."""
        parent: str | None = self._about.get("parent_run_id")
        return parent

    def log_param(self, key: str, value: Any) -> None:
        """Store one input value, as `log_params` does."""
        self.log_params({key: value})

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Store input values. A value that changes is warned of, and the ones from before are kept beside it.

        Numbers, booleans, text, None, and lists and dicts of them come back as they are, with their type and every
        digit; numpy's are Python's, an array and a tuple are lists. Other objects, such as a path or an estimator, are
        stored as their text.

        Raises:
            InvalidKeyError: a key is empty, or no path.
            InvalidParamError: a value is a number or a time that JSON has no form for.
            RunEndedError: the run has ended.
        """
        self._check_going_on()
        stored = {checked_key(key): param_value(key, value) for key, value in params.items()}
        for key, value in stored.items():
            before = self._params.setdefault(key, repr(value))
            if before != repr(value):
                _log.warning(
                    "The param %r of run %s was %s and is %r now; both are kept.", key, self.run_id, before, value
                )
                self._params[key] = repr(value)
        self._recorder().event(Kind.PARAMS, stored)

    def log_metric(self, key: str, value: float, step: int = 0, timestamp: datetime | float | None = None) -> None:
        """Log a measured float at `step`; NaN and the infinities are kept as what they are.

        Args:
            key: its name; a context stands before a slash, as in `train/loss`.
            value: what was measured.
            step: where: a whole number of 64 bits. Steps may come again and in any order.
            timestamp: when, with its zone, or in milliseconds since 1970; now by default.

        Raises:
            InvalidKeyError: `key` is empty, or no path.
            InvalidMetricError: `value` is not a number.
            InvalidStepError: `step` is no whole number of 64 bits, Python's or numpy's.
            InvalidTimestampError: `timestamp` is no such time.
            RunEndedError: the run has ended.
        """
        self._check_going_on()
        if key not in self._keys:
            self._keys.add(checked_key(key))
        if type(step) is not int or not -(2**63) <= step < 2**63:
            step = step_number(step)
        if type(value) is not float:
            value = metric_value(key, value)
        at_us = self._times.next() if timestamp is None else timestamp_us(timestamp)
        self._recorder().point(key, step, value, at_us)

    def log_metrics(
        self, metrics: Mapping[str, float], step: int = 0, timestamp: datetime | float | None = None
    ) -> None:
        """Log measured floats at `step`, all of them or none, as `log_metric` does each of them."""
        self._check_going_on()
        number = step_number(step)
        at_us = self._times.next() if timestamp is None else timestamp_us(timestamp)
        values = {checked_key(key): metric_value(key, value) for key, value in metrics.items()}
        if len(values) == 1:
            [(key, value)] = values.items()
            self._recorder().point(key, number, value, at_us)
        elif values:
            self._recorder().event(Kind.POINTS, {"step": number, "at_us": at_us, "values": values})

    def set_tag(self, key: str, value: Any) -> None:
        """Set one tag, as `set_tags` does."""
        self.set_tags({key: value})

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Set tags, as text; a key that is there gets the new value, and None takes a tag away.

        Raises:
            InvalidKeyError: a key is empty, or no path.
            RunEndedError: the run has ended.
        """
        self._check_going_on()
        if tags:
            texts = {checked_key(key): None if value is None else str(value) for key, value in tags.items()}
            self._recorder().event(Kind.TAGS, texts)

    def set_note(self, note: str) -> None:
        """Say something of the run, in words; the newest note stands."""
        self._set_facts(note=note)

    def set_conclusion(self, conclusion: str) -> None:
        """Say what the run has shown of its hypothesis."""
        self._set_facts(conclusion=conclusion)

    def describe_experiment(self, facts: Mapping[str, Any]) -> None:
        """Say what the experiment of this run is for: objective, metric, direction, target, description."""
        self._check_going_on()
        self._recorder().event(Kind.EXPERIMENT, facts)

    def flush(self) -> None:
        """Return when all that this process has logged is stored at its destination.

        Raises:
            StorageError: the destination does not serve; what was logged stays in the journal.
        """
        self._recorder().deliver()

    def end(self, status: str = Outcome.FINISHED, *, error: str | None = None) -> None:
        """End the run; once it has ended, this changes nothing.

        In a process that was forked from the one that started the run, or that joined it, only what this process logs
        ends.

        Args:
            status: finished, failed or killed.
            error: why, for people.

        Raises:
            ValueError: there is no such status.
        """
        if self._outcome is not None:
            return
        outcome, recorder = Outcome(status.lower()), self._recorder()
        if self._is_owner and os.getpid() == self._pid:
            self._say_last_words()
            body = {"status": outcome.value, "error": error, "at_us": self._times.end_us()}
            recorder.event(Kind.ENDED, body)
        else:
            recorder.event(Kind.CLOSED, {})
        self._outcome = outcome
        innermost.drop(self)
        endings.end(self)
        recorder.close()

    def before_end(self, work: Callable[[], None]) -> None:
        """Do something when the run is about to end, in the process that ends it; what fails is warned of."""
        self._last_words.append(work)

    @property
    def has_ended(self) -> bool:
        """Return whether nothing can be logged any more."""
        return self._outcome is not None

    def end_by(self, error: BaseException | None) -> None:
        """End the run as an exception says: failed, or killed where it is an interrupt; finished without one."""
        if error is None or (isinstance(error, SystemExit) and error.code in {None, 0}):
            self.end()
            return
        is_failure = isinstance(error, Exception) or type(error) is SystemExit
        text = "".join(traceback.format_exception(error))
        self.end(Outcome.FAILED if is_failure else Outcome.KILLED, error=text)

    def freeze_model(self) -> None:
        """Let the files in `model/` be those of a version that is registered now, which never change."""
        self._is_frozen = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.end_by(error)
        except StorageError as fault:  # what went wrong first is what people must see
            if error is None:
                raise
            error.add_note(f"Nor could it be stored how run {self.run_id} ended: {fault}")

    def _say_last_words(self) -> None:
        for work in self._last_words:
            try:
                work()
            except Exception as error:  # noqa: BLE001  (whatever it is: the end must be told)
                _log.warning("Of run %s something is missing: %s", self.run_id, error)

    def _set_facts(self, **facts: Any) -> None:
        self._check_going_on()
        self._recorder().event(Kind.FACTS, facts)

    def _check_going_on(self) -> None:
        if self._outcome is not None:
            raise RunEndedError(self.run_id)

    def _check_unfrozen(self, path: str) -> None:
        if self._is_frozen and path.partition("/")[0] == MODEL_FOLDER:
            raise FrozenArtifactError(path)

    def _recorder(self) -> Recorder:
        pid = os.getpid()
        recorder = self._recorders.get(pid)
        if recorder is None:  # the first, or that of a process that was forked meanwhile
            about = self._about if pid == self._pid else of_another_writer(self._about)
            recorder = self._recorders[pid] = Recorder(self.destination, self.run_id, about)
        return recorder

    def _now_us(self) -> int:
        return self._times.next()


innermost: Innermost[ActiveRun] = Innermost()
