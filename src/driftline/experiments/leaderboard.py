"""The best params of an experiment: runs that differ in nothing but a seed or a fold count as one."""

import re
import statistics
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from driftline.experiments.errors import (
    InvalidDirectionError,
    NoDecidingMetricError,
    UnknownExperimentError,
    metric_of_no_run,
)
from driftline.experiments.lost import end_lost_runs
from driftline.experiments.search import MOST_RESULTS
from driftline.filters import Aggregate, And, Attribute, Comparison, Operator
from driftline.store import Session, found_runs, run_rows
from driftline.store.found_runs import ScoredRun
from driftline.store.run_rows import Experiment
from driftline.store.run_search import Search, search
from driftline.workspace import Workspace, read_workspace

REPEATED = ("seed", "random_seed", "random_state", "fold", "cv_fold", "split", "repeat")
_SMALLER_IS_BETTER = {
    "loss", "error", "rmse", "mse", "mae", "mape", "brier", "deviance", "perplexity", "nll", "duration", "latency",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LeaderboardEntry:
    """Runs of the same params but for seeds and folds.

    Attributes:
        rank: from 1; None below the line.
        params: those in which entries differ.
        mean: of the metric over the runs.
        standard_deviation: of single runs around it, with n - 1; None of one run.
        n: runs with a finite value.
        run_ids: of these runs, the best first.
        lacks: dataset versions that others are scored on and these runs are not, as `name@digest`.
    """

    rank: int | None
    params: Mapping[str, Any]
    mean: float
    standard_deviation: float | None
    n: int
    run_ids: tuple[str, ...]
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Leaderboard:
    """The entries of an experiment, the best first; those that are not scored on the same data come last, unranked.

    Attributes:
        experiment: its name.
        metric: which decides, as `auc` or `auc.max`.
        direction: `max` or `min` is better.
        datasets: what ranked runs are scored on, as `name@digest`.
        entries: the best first.
    """

    experiment: str
    metric: str
    direction: str
    datasets: tuple[str, ...]
    entries: tuple[LeaderboardEntry, ...]


def leaderboard(
    experiment: str,
    *,
    metric: str | None = None,
    direction: str | None = None,
    repeated: Collection[str] = REPEATED,
    workspace: Workspace | None = None,
) -> Leaderboard:
    """Return the finished runs of an experiment, grouped by their params and ranked by a metric.

    Ranked are groups that are scored on the dataset versions that those of most runs are scored on; the others say what
    they lack. Of a group, runs that are scored on none of these do not count.

    Args:
        experiment: its name.
        metric: the last value of a metric, as `auc`, or another one, as `auc.max`; by default the one that decides in
            the experiment.
        direction: `max` where larger is better, or `min`; by default the experiment's, that of a metric of this name,
            or `min` of what is named a loss or an error.
        repeated: params that runs of one group may differ in, wherever they belong, as `model__random_state` does.
        workspace: where they are stored; by default where the settings say.

    Raises:
        UnknownExperimentError: no run was ever logged under the name.
        NoDecidingMetricError: no metric is given, and the experiment has none.
        MetricNotLoggedError: no finished run has a finite value of the metric.
        InvalidDirectionError: the direction is neither `max` nor `min`.
    """
    workspace = workspace or read_workspace()
    end_lost_runs(workspace)
    with workspace.database.reading() as session:
        row = _experiment(session, experiment)
        numbers = _finished(session, experiment)
        metric = metric or row.metric
        if metric is None:
            raise NoDecidingMetricError(experiment, found_runs.metric_names(session, numbers))
        runs = _runs(session, numbers, metric)
    direction = _direction(direction, row, metric)
    sign = -1.0 if direction == "max" else 1.0
    groups = _groups(runs, set(repeated))
    needed = _needed([own for _, own in groups])
    scored = [(_entry(params, _comparable(own, needed), sign), _lacks(own, needed)) for params, own in groups]
    scored.sort(key=lambda one: (bool(one[1]), sign * one[0].mean))
    entries = [
        replace(entry, rank=None if lacks else rank, lacks=lacks) for rank, (entry, lacks) in enumerate(scored, start=1)
    ]
    return Leaderboard(
        experiment=experiment,
        metric=metric,
        direction=direction,
        datasets=tuple(sorted(needed)),
        entries=tuple(entries),
    )


def _experiment(session: Session, name: str) -> Experiment:
    experiments = {row.name: row for row in run_rows.experiments(session)}
    if name not in experiments:
        raise UnknownExperimentError(name, experiments)
    return experiments[name]


def _finished(session: Session, experiment: str) -> list[int]:
    """Return the numbers of the finished runs of an experiment, newest first."""
    of = Comparison(field=Attribute.EXPERIMENT, operator=Operator.EQUAL, value=experiment)
    finished = Comparison(field=Attribute.STATUS, operator=Operator.EQUAL, value=str(run_rows.RunStatus.FINISHED))
    places = search(session, Search(condition=And(terms=(of, finished))), first=MOST_RESULTS)
    return [place.number for place in places]


def _runs(session: Session, numbers: Sequence[int], metric: str) -> list[ScoredRun]:
    """Return the runs with a finite value of a metric, which may itself be named like an aggregate, as `auc.max`."""
    keys = found_runs.metric_names(session, numbers)
    key, _, aggregate = metric.rpartition(".")
    if metric in keys or aggregate not in set(Aggregate):
        key, aggregate = metric, str(Aggregate.LAST)
    runs = found_runs.scored_runs(session, numbers, key, aggregate)
    if not runs:
        raise metric_of_no_run(metric, keys)
    return runs


def _direction(given: str | None, experiment: Experiment, metric: str) -> str:
    if given not in {None, "max", "min"}:
        raise InvalidDirectionError(str(given))
    if given is not None:
        return given
    if experiment.direction is not None and experiment.metric == metric:
        return experiment.direction
    return "min" if set(re.split(r"[^a-z]+", metric.lower())) & _SMALLER_IS_BETTER else "max"


def _needed(groups: Sequence[Sequence[ScoredRun]]) -> frozenset[str]:
    """Return what the groups of most runs are scored on; of equally many, what the larger set is.

    The runs of a group may each be scored on data of their own, as folds are.
    """
    counts: Counter[frozenset[str]] = Counter()
    for runs in groups:
        counts[_covered(runs)] += len(runs)
    del counts[frozenset()]
    return max(counts, key=lambda own: (counts[own], len(own), sorted(own)), default=frozenset())


def _covered(runs: Sequence[ScoredRun]) -> frozenset[str]:
    return frozenset[str]().union(*(run.datasets for run in runs))


def _lacks(runs: Sequence[ScoredRun], needed: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(needed - _covered(runs)))


def _comparable(runs: Sequence[ScoredRun], needed: frozenset[str]) -> Sequence[ScoredRun]:
    """Return the runs of a group that are scored on data that counts; all of them where none is."""
    return [run for run in runs if run.datasets & needed] or runs


def _groups(runs: Sequence[ScoredRun], repeated: set[str]) -> list[tuple[dict[str, Any], list[ScoredRun]]]:
    """Return runs of the same params, with those params in which groups differ."""
    grouped: dict[str, tuple[dict[str, Any], list[ScoredRun]]] = {}
    for run in runs:
        own = {key: value for key, value in run.params.items() if _last_part(key) not in repeated}
        grouped.setdefault(repr(own), (own, []))[1].append(run)
    groups = list(grouped.values())
    first = groups[0][0]
    shared = {key for key in first if all(repr(params.get(key)) == repr(first[key]) for params, _ in groups)}
    return [({key: value for key, value in params.items() if key not in shared}, own) for params, own in groups]


def _last_part(key: str) -> str:
    """Return the name of a param in what it belongs to: `random_state` of `model__random_state`."""
    return re.split(r"__|[/.]", key)[-1]


def _entry(params: Mapping[str, Any], runs: Sequence[ScoredRun], sign: float) -> LeaderboardEntry:
    best_first = sorted(runs, key=lambda run: (sign * run.score, run.run_id))
    scores = [run.score for run in best_first]
    return LeaderboardEntry(
        rank=None,
        params=params,
        mean=statistics.fmean(scores),
        standard_deviation=statistics.stdev(scores) if len(scores) > 1 else None,
        n=len(scores),
        run_ids=tuple(run.run_id for run in best_first),
    )
