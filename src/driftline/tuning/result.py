"""What a search has found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from driftline.models import Model, Trainer
from driftline.tuning.blending import ranked
from driftline.tuning.stopping import Stop
from driftline.tuning.trial import Trial


@dataclass(frozen=True, kw_only=True, eq=False)
class SearchResult:
    """What a search has found.

    Attributes:
        model: the winner, fitted on all rows.
        trainer: the winner's: one with the params of the best trial, or a `Blend` of several.
        best_trial: the trainer of the best trial alone.
        metric: what trials were chosen by.
        value: of the winner on the validation rows: as it was chosen by them, it is a little too good.
        leaderboard: all trials, best first: trial, trainer, status, the metric, seconds, error, run_id and each param.
        stopped_by: why there are no more trials: trials, goal, time, cpu_time, cost.
        run_id: the run that holds it; None outside of any run.
    """

    model: Model = field(repr=False)
    trainer: Trainer
    best_trial: Trainer
    metric: str
    value: float
    leaderboard: pd.DataFrame = field(repr=False)
    stopped_by: Stop
    run_id: str | None = None


def leaderboard_of(trials: Sequence[Trial], metric: str, *, greater_is_better: bool) -> list[Mapping[str, Any]]:
    """Return a row for each trial, best first, then those without a value as they came."""
    first = ranked(trials, greater_is_better=greater_is_better)
    places = {one.number for one in first}
    return [
        {
            "trial": one.number,
            "trainer": one.label,
            "status": str(one.status),
            metric: one.value,
            "seconds": round(one.seconds, 3),
            "error": one.error,
            "run_id": one.run_id,
            **one.params,
        }
        for one in [*first, *(other for other in trials if other.number not in places)]
    ]
