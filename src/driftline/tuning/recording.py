"""A search as runs: each trial is a run below the one that goes on, which keeps the table of all of them."""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import pandas as pd

from driftline.models import Param
from driftline.tracking import ActiveRun, start_run
from driftline.tuning.trial import TrialStatus

_SEARCHES: WeakKeyDictionary[ActiveRun, int] = WeakKeyDictionary()


class TrialRecord(Protocol):
    """Where one trial is written to."""

    @property
    def run_id(self) -> str | None:
        """Its run; None where it has none."""

    def point(self, name: str, value: float, step: int) -> None:
        """Write the value of what is watched after an iteration."""

    def end(self, status: TrialStatus, best: Mapping[str, float]) -> None:
        """Write how the trial ended, and what it was at its best."""

    def fail(self, error: Exception) -> None:
        """Write why the trial failed."""


class Recorder(Protocol):
    """Where a search is written to."""

    def trial(self, number: int, label: str, params: Mapping[str, Param]) -> AbstractContextManager[TrialRecord]:
        """Give the record of a trial, as a context that ends it."""

    def result(self, facts: Mapping[str, Any], metrics: Mapping[str, float], tags: Mapping[str, str]) -> None:
        """Write what was chosen."""

    def table(self, trials: Sequence[Mapping[str, Any]]) -> None:
        """Write the table of all trials."""


class Unrecorded:
    """Nowhere: a search outside of any run."""

    run_id = None

    @contextmanager
    def trial(self, number: int, label: str, params: Mapping[str, Param]) -> Iterator["Unrecorded"]:
        """Give itself."""
        del number, label, params
        yield self

    def point(self, name: str, value: float, step: int) -> None:
        """Write nothing."""

    def end(self, status: TrialStatus, best: Mapping[str, float]) -> None:
        """Write nothing."""

    def fail(self, error: Exception) -> None:
        """Write nothing."""

    def result(self, facts: Mapping[str, Any], metrics: Mapping[str, float], tags: Mapping[str, str]) -> None:
        """Write nothing."""

    def table(self, trials: Sequence[Mapping[str, Any]]) -> None:
        """Write nothing."""


class RunRecord:
    """The run of a trial."""

    def __init__(self, run: ActiveRun) -> None:
        self._run = run

    @property
    def run_id(self) -> str:
        """Its id."""
        return self._run.run_id

    def point(self, name: str, value: float, step: int) -> None:
        """Log the value of what is watched after an iteration."""
        self._run.log_metric(name, value, step)

    def end(self, status: TrialStatus, best: Mapping[str, float]) -> None:
        """Log how the trial ended, and what it was at its best."""
        self._run.set_tag("trial_status", status)
        self._run.log_metrics({f"best/{name}": float(value) for name, value in best.items()})

    def fail(self, error: Exception) -> None:
        """End the run as failed, with the traceback."""
        self._run.set_tag("trial_status", TrialStatus.FAILED)
        self._run.end("failed", error="".join(traceback.format_exception(error)))


class RunRecorder:
    """A run that a search is a part of; a second search of the same run has `search_2/` before all that it writes.

    Args:
        run: it.
    """

    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        number = _SEARCHES[run] = _SEARCHES.get(run, 0) + 1
        self._prefix = "" if number == 1 else f"search_{number}/"

    @contextmanager
    def trial(self, number: int, label: str, params: Mapping[str, Param]) -> Iterator[RunRecord]:
        """Give the record of a trial, which is a run below this one until the block ends."""
        tags = {"trial": number, "trainer": label}
        with start_run(
            self._run.experiment,
            run_name=f"{self._prefix}trial {number}",
            params={"trainer": label, **params},
            tags=tags,
            nested=True,
            parent_run_id=self._run.run_id,
        ) as child:
            yield RunRecord(child)

    def result(self, facts: Mapping[str, Any], metrics: Mapping[str, float], tags: Mapping[str, str]) -> None:
        """Log what was chosen."""
        self._run.log_params({f"{self._prefix}chosen/{name}": value for name, value in facts.items()})
        self._run.log_metrics({f"{self._prefix}search/{name}": value for name, value in metrics.items()})
        self._run.set_tags({f"{self._prefix}{name}": value for name, value in tags.items()})

    def table(self, trials: Sequence[Mapping[str, Any]]) -> None:
        """Store the table of all trials as `leaderboard.json`."""
        self._run.log_table(pd.DataFrame(list(trials)), f"{self._prefix}leaderboard.json")
