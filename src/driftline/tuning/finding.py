"""From trials to the winner: chosen on the validation rows, fitted on all rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from driftline.capture import Usage
from driftline.metrics import metric
from driftline.models import Model, Trainer
from driftline.tuning.blending import blend_of, ranked
from driftline.tuning.errors import nothing_chosen
from driftline.tuning.recipe import recipe_of, trainer_of
from driftline.tuning.recording import Recorder
from driftline.tuning.result import leaderboard_of
from driftline.tuning.sampler import Sampler
from driftline.tuning.stopping import Stop
from driftline.tuning.trial import Rows, Trial, TrialStatus, mean_value
from driftline.tuning.trials import Rule, run_trials


@dataclass(frozen=True, kw_only=True, eq=False)
class Finding:
    """What a search has found; see `SearchResult`.

    Attributes:
        model: the winner, fitted on all rows.
        trainer: the winner's.
        best_trial: the trainer of the best trial alone.
        metric: what trials were judged by.
        value: of the winner on the validation rows.
        leaderboard: a row for each trial, best first.
        stopped_by: why there are no more trials.
    """

    model: Model
    trainer: Trainer
    best_trial: Trainer
    metric: str
    value: float
    leaderboard: Sequence[Mapping[str, Any]]
    stopped_by: Stop


def find(
    sampler: Sampler,
    rows: Rows,
    rule: Rule,
    *,
    trainers: Mapping[str, Trainer],
    recorder: Recorder,
    usage: Callable[[], Usage],
) -> Finding:
    """Return what a search finds.

    Args:
        sampler: proposes the trials.
        rows: what they learn from and are judged by; the winner learns from all of them.
        rule: how they are judged.
        trainers: of the search, by their labels.
        recorder: where it is written to.
        usage: what it has used so far.

    Raises:
        SearchFailedError: no trial has succeeded; the table of trials is kept all the same.
        LibraryMissingError: a library is not installed.
    """
    greater = metric(rule.metric, rows.task).greater_is_better
    trials, stop = run_trials(sampler, rows, rule, recorder=recorder, usage=usage)
    table = leaderboard_of(trials, rule.metric, greater_is_better=greater)
    recorder.table(table)
    best = ranked(trials, greater_is_better=greater)
    if stop is None or not best or best[0].value is None:
        raise nothing_chosen(len(trials), next((one.error for one in trials if one.error), "none has ended"))
    members, value = [(best[0], 1.0)], best[0].value
    if rule.blend > 1:
        members = blend_of(best, rows.truth, name=rule.metric, task=rows.task, most=rule.blend)
        value = _value(members, rows, rule.metric)
    recipe = recipe_of(members)
    trainer = trainer_of(recipe, trainers)
    model = trainer.fit(rows.features, rows.target, task=rows.task, classes=rows.classes, seed=rows.seed)
    recorder.result(
        {"trainer": trainer.name, **trainer.params()},
        {**_counts(trials), rule.metric: value, f"best_trial/{rule.metric}": best[0].value},
        {"search_stopped_by": stop.value},
    )
    return Finding(
        model=replace(model, recipe=recipe),
        trainer=trainer,
        best_trial=trainer_of(recipe_of([(best[0], 1.0)]), trainers),
        metric=rule.metric,
        value=value,
        leaderboard=table,
        stopped_by=stop,
    )


def _value(members: Sequence[tuple[Trial, float]], rows: Rows, name: str) -> float:
    """Return the value of a blend on the validation rows."""
    means = [
        np.sum([weight * trial.scores[fold] for trial, weight in members], axis=0) for fold in range(len(rows.folds))
    ]
    if rows.classes:
        means = [mean.clip(0.0, 1.0) for mean in means]  # rounding
    return mean_value(name, rows.task, rows.truth, means)


def _counts(trials: Sequence[Trial]) -> dict[str, float]:
    counts = {status: sum(one.status is status for one in trials) for status in TrialStatus}
    return {"trials": float(len(trials)), **{str(status): float(count) for status, count in counts.items()}}
