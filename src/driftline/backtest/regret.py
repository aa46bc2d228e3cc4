"""What each policy lost, compared with the best schedule that hindsight finds for as many trainings."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from driftline.backtest.hindsight import best_schedules
from driftline.backtest.past import Past
from driftline.backtest.policy_replay import PolicyReplay
from driftline.backtest.trainings import Trainings
from driftline.backtest.versions import first_version
from driftline.errors import DriftlineError
from driftline.metrics import FloatArray, Task, metric, row_losses
from driftline.models import Model
from driftline.tuning import Search

_PROPER_LOSSES = {Task.BINARY: "brier", Task.MULTICLASS: "log_loss", Task.REGRESSION: "mean_squared_error"}


@dataclass(frozen=True, kw_only=True)
class Regret:
    """How much worse a policy was than the best schedule of at most as many trainings.

    Attributes:
        value: in the metric's unit, whatever its direction; 0.0 is as good, negative is better: a policy may do what
            no schedule does.
        metric: that the schedule is best by.
        best: this metric under the schedule, over all labelled rows.
        trained: when the schedule trains, oldest first.
    """

    value: float
    metric: str
    best: float
    trained: tuple[datetime, ...]


def regrets(
    past: Past, replays: Mapping[str, PolicyReplay], trainings: Trainings, *, shown: str, step: timedelta
) -> dict[str, Regret]:
    """Return the regret of each policy; hindsight trains by the pipeline's own recipe and window.

    It may train every `step` from the start on, and whenever one of the policies did: a policy that trains by this
    recipe, too, has no negative regret.

    Args:
        past: that was replayed.
        replays: what the policies made of it.
        trainings: what they fitted.
        shown: the metric of the backtest; where it is not a mean over rows, the proper loss of the task decides.
        step: between two trainings that hindsight may choose.
    """
    first = first_version(past, past.pipeline, trainings).model
    name = shown if metric(shown).losses else _PROPER_LOSSES[first.task]
    steps = int((past.window.end - past.window.start) / step)
    grid = {past.window.start + number * step for number in range(1, steps + 1)}
    tried = {retraining.at for replayed in replays.values() for retraining in replayed.retrainings}
    candidates = list(_candidates(past, trainings, first, name, sorted(grid | tried)))
    schedules = best_schedules(
        np.stack([candidate.losses for candidate in candidates]),
        [candidate.start for candidate in candidates],
        max(len(replayed.retrainings) for replayed in replays.values()),
    )
    regret = {}
    for policy, replayed in replays.items():
        parts = replayed.labelled.values()
        lost = np.concatenate([row_losses(name, part.task, part.truth, part.scores) for part in parts])
        schedule = schedules[len(replayed.retrainings)]
        best = schedule.loss / len(lost)
        regret[policy] = Regret(
            value=float(lost.mean()) - best,
            metric=name,
            best=1 - best if metric(name).greater_is_better else best,
            trained=tuple(candidates[number].at for number in schedule.chosen),
        )
    return regret


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """A model that hindsight may choose.

    Attributes:
        at: when it is trained.
        start: the first partition that it can serve, by its number.
        losses: on each partition, 0.0 before its start, shape (n_partitions,).
    """

    at: datetime
    start: int
    losses: FloatArray


def _candidates(
    past: Past, trainings: Trainings, first: Model, name: str, times: Iterable[datetime]
) -> Iterator[_Candidate]:
    """Give the first model, and those of `times` that could take its place, oldest first."""
    starts = [past.partitions.window(key).start for key in past.keys]
    event_times = past.frame[past.pipeline.time_column]
    cuts = event_times.searchsorted(pd.Series([*starts, past.window.end]).astype(event_times.dtype))
    truth = past.truth(past.frame, first)
    for at in (past.window.start, *times):
        start = bisect_left(starts, at)  # what is trained in the course of a partition serves from the next one on
        if start == len(starts):
            return
        try:
            model = _trained(past, trainings, at) if start else first
        except DriftlineError:  # as in production, where the champion goes on then
            continue
        if model.classes == first.classes:
            served = slice(cuts[start], cuts[-1])
            lost = _lost(name, model, past.frame[served], truth[served])
            sums = np.concatenate([[0.0], lost.cumsum()])[cuts[start:] - cuts[start]]
            yield _Candidate(at=at, start=start, losses=np.concatenate([np.zeros(start), np.diff(sums)]))


def _trained(past: Past, trainings: Trainings, at: datetime) -> Model:
    """Return the model that would serve after a training."""
    split = past.training(at)
    is_refitted = past.pipeline.promote.refit
    judged = None
    if not is_refitted or isinstance(past.pipeline.trainer, Search):
        judged = trainings.fit(at, None, split.train).result
    if judged is not None and not is_refitted:
        return judged
    return trainings.refit(at, None, pd.concat([split.train, split.holdout], ignore_index=True), judged=judged).result


def _lost(name: str, model: Model, rows: pd.DataFrame, truth: np.ndarray) -> FloatArray:
    """Return what each row loses, 0.0 where it has no label, shape (n_rows,)."""
    lost, labelled = np.zeros(len(rows)), ~np.isnan(truth)
    lost[labelled] = row_losses(name, model.task, truth[labelled], model.score(rows)[labelled])
    return lost
