"""Whole runs: what searches give, with all that they logged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from driftline.store.dataset_rows import EXTERNAL_DIGEST
from driftline.store.run_terms import table

AT_ONCE = 1_000  # runs of one statement
TRAINING = "training"  # the role of data that a run learns from; all others are what it is scored on
_FACTS = (
    "run_id", "name", "status", "user_name", "started_at", "ended_at", "archived_at", "parent_run_id", "source_url",
    "git_commit", "git_dirty",
    "dagster_run_id",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FoundRun:
    """A run with all that it logged; `metrics` are last values, None where that is not finite."""

    run_id: str
    experiment: str
    name: str
    status: str
    user_name: str
    started_at: datetime
    ended_at: datetime | None
    archived_at: datetime | None
    parent_run_id: str | None
    source_url: str | None
    git_commit: str | None
    git_dirty: bool | None
    dagster_run_id: str | None
    params: dict[str, Any]
    metrics: dict[str, float | None]
    tags: dict[str, str]

    @property
    def duration_s(self) -> float | None:
        """Return how long it took; None while it runs."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None

    @property
    def is_archived(self) -> bool:
        """Return whether it was archived."""
        return self.archived_at is not None


def found_runs(session: Session, numbers: Sequence[int]) -> list[FoundRun]:
    """Return the runs with these numbers, in their order; five statements for each thousand of them."""
    chunks = (numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE))
    return [run for chunk in chunks for run in _whole(session, chunk)]


def _whole(session: Session, numbers: Sequence[int]) -> Iterator[FoundRun]:
    run, experiment = table("run"), table("experiment")
    facts = select(*(run.c[name] for name in _FACTS), experiment.c.name.label("experiment"), run.c.id)
    facts = facts.where(run.c.id.in_(numbers), experiment.c.id == run.c.experiment_id)
    rows = {row.id: row for row in session.execute(facts)}
    param, metric, tag = table("param"), table("metric_summary"), table("tag")
    values = (param.c.value, metric.c.last, tag.c.text + tag.c.rest)
    of_runs: dict[int, tuple[dict[int, Any], ...]] = {number: ({}, {}, {}) for number in numbers}
    for part, (own, value) in enumerate(zip((param, metric, tag), values, strict=True)):
        logged = select(own.c.run, own.c.key, value).where(own.c.run.in_(numbers))
        for number, key, one in session.execute(logged).all():
            of_runs[number][part][key] = one
    used = sorted({key for parts in of_runs.values() for part in parts for key in part})
    names = [(name, key) for key, name in _names(session, used)]
    for number in numbers:
        params, metrics, tags = ({name: part[key] for name, key in names if key in part} for part in of_runs[number])
        yield FoundRun(
            **{name: getattr(rows[number], name) for name in _FACTS},
            experiment=rows[number].experiment,
            params=params,
            metrics=metrics,
            tags=tags,
        )


def _names(session: Session, keys: Sequence[int]) -> list[tuple[int, str]]:
    """Return keys with their names, by name."""
    key = table("logged_key")
    found: list[tuple[int, str]] = []
    for start in range(0, len(keys), AT_ONCE):
        rows = select(key.c.id, key.c.name).where(key.c.id.in_(keys[start : start + AT_ONCE]))
        found += [(number, name) for number, name in session.execute(rows).all()]
    return sorted(found, key=itemgetter(1))


@dataclass(frozen=True, kw_only=True)
class ScoredRun:
    """What a leaderboard needs of a run.

    Attributes:
        run_id: its id.
        score: the metric.
        params: by key.
        datasets: those that it used in another role than training, as `name@digest`.
    """

    run_id: str
    score: float
    params: dict[str, Any]
    datasets: frozenset[str]


def scored_runs(session: Session, numbers: Sequence[int], key: str, aggregate: str) -> list[ScoredRun]:
    """Return the runs with these numbers that have a finite value of an aggregate of a metric, in any order."""
    chunks = (numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE))
    return [one for chunk in chunks for one in _scored(session, chunk, key, aggregate)]


def _scored(session: Session, numbers: Sequence[int], key: str, aggregate: str) -> Iterator[ScoredRun]:
    run, metric, name, param = (table(one) for one in ("run", "metric_summary", "logged_key", "param"))
    used, dataset = table("run_input"), table("dataset_version")
    of_key = (metric.c.run == run.c.id, metric.c.key == name.c.id, name.c.name == key)
    value = metric.c[aggregate]
    scores = session.execute(
        select(run.c.id, run.c.run_id, value).where(run.c.id.in_(numbers), *of_key, value.is_not(None))
    ).all()
    params: dict[int, dict[str, Any]] = {number: {} for number, _, _ in scores}
    named = select(param.c.run, name.c.name, param.c.value).where(param.c.run.in_(params), name.c.id == param.c.key)
    for number, param_key, one in session.execute(named.order_by(param.c.run, name.c.name)).all():
        params[number][param_key] = one
    datasets: dict[str, set[str]] = {run_id: set() for _, run_id, _ in scores}
    versions = select(used.c.run_id, dataset.c.dataset, dataset.c.digest)
    joined = (
        dataset.c.id == used.c.dataset_version_id,
        used.c.role != TRAINING,
        ~dataset.c.digest.startswith(EXTERNAL_DIGEST, autoescape=True),  # it does not show that data are the same
    )
    for run_id, dataset_name, digest in session.execute(versions.where(used.c.run_id.in_(datasets), *joined)).all():
        datasets[run_id].add(f"{dataset_name}@{digest[:12]}")
    for number, run_id, score in scores:
        yield ScoredRun(run_id=run_id, score=score, params=params[number], datasets=frozenset(datasets[run_id]))


def key_names(session: Session) -> list[str]:
    """Return the names under which anything was ever logged."""
    return list(session.scalars(select(table("logged_key").c.name)))


def metric_names(session: Session, numbers: Sequence[int]) -> list[str]:
    """Return the names of the metrics that the first of some runs logged, by name."""
    metric, name = table("metric_summary"), table("logged_key")
    rows = select(name.c.name).where(name.c.id == metric.c.key, metric.c.run.in_(numbers[:AT_ONCE])).distinct()
    return sorted(session.scalars(rows))
