"""The models of a past: each is fitted once, however many policies train at the same time."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import pandas as pd

from driftline.backtest.past import Past
from driftline.models import Model
from driftline.retraining import fit_model

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Training(Generic[Result]):
    """A model that was fitted.

    Attributes:
        result: the model.
        saved_cpu_s: CPU seconds that it cost when it was fitted; 0 where that was just now.
    """

    result: Result
    saved_cpu_s: float


class Trainings:
    """Fits with the recipe of a pipeline, which all policies of a backtest share."""

    def __init__(self, past: Past) -> None:
        self._pipeline = past.pipeline
        self._done: dict[Hashable, tuple[Any, float]] = {}

    def fit(
        self, until: datetime, start: datetime | None, rows: pd.DataFrame, *, like: Model | None = None
    ) -> Training[Model]:
        """Return the model of a training up to `until` on rows from `start` on (None: on all), without its holdout.

        Trainings of one time with holdouts of other lengths have other numbers of rows. `like` is the model of the
        whole window, whose params a span takes from a search.

        Raises:
            TrainingError: there is nothing to learn from these rows.
        """
        return self._once((until, start, len(rows), "judged"), lambda: fit_model(self._pipeline, rows, like=like))

    def refit(
        self, until: datetime, start: datetime | None, rows: pd.DataFrame, *, judged: Model | None
    ) -> Training[Model]:
        """Return likewise the model of the same rows with the holdout, with the params of the one that was judged.

        Raises:
            TrainingError: there is nothing to learn from these rows.
        """
        return self._once((until, start, len(rows), "refitted"), lambda: fit_model(self._pipeline, rows, like=judged))

    def _once(self, key: Hashable, work: Callable[[], Result]) -> Training[Result]:
        if key in self._done:
            result, cpu_s = self._done[key]
            return Training(result=result, saved_cpu_s=cpu_s)
        started = time.process_time()
        result = work()
        self._done[key] = (result, time.process_time() - started)
        return Training(result=result, saved_cpu_s=0.0)
