"""The models of a past: each is fitted once, however many policies train at the same time."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import pandas as pd

from driftline.backtest.past import Past
from driftline.datasets import Split
from driftline.models import Model
from driftline.retraining import Fitted, fit, fit_model

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

    def fit(self, until: datetime, split: Split) -> Training[Fitted]:
        """Return what is judged of a training up to `until`, whose rows are `split`.

        Raises:
            TrainingError: there is nothing to learn from these rows.
        """
        return self._once((until, "judged"), lambda: fit(self._pipeline, split.train, split.holdout))

    def refit(self, until: datetime, rows: pd.DataFrame) -> Training[Model]:
        """Return the model of all rows of a training up to `until`, its holdout included.

        Raises:
            TrainingError: there is nothing to learn from these rows.
        """
        return self._once((until, "refitted"), lambda: fit_model(self._pipeline, rows))

    def _once(self, key: Hashable, work: Callable[[], Result]) -> Training[Result]:
        if key in self._done:
            result, cpu_s = self._done[key]
            return Training(result=result, saved_cpu_s=cpu_s)
        started = time.process_time()
        result = work()
        self._done[key] = (result, time.process_time() - started)
        return Training(result=result, saved_cpu_s=0.0)
