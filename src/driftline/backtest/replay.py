"""The replay of one policy: the production decision, training and judgement, on what was known at each moment."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from typing import Literal

import pandas as pd
from cronsim import CronSim

from driftline.backtest.past import Past, unstored_version
from driftline.datasets import Split
from driftline.declaration import ModelPipeline
from driftline.drift import ReferenceProfile, profile_columns
from driftline.errors import DriftlineError
from driftline.evaluation import Measurement
from driftline.models import Model
from driftline.monitoring import DriftHistory, Labelled, LiveReference, column_values, drift_report, live_reference
from driftline.registry import judge
from driftline.retraining import Fitted, State, decide, evidence_of, fit, fit_model, meet
from driftline.store.registry import ModelVersion

BLOCK = 28  # partitions that are scored together: one call of a model costs more than a day's rows

Outcome = Literal["promoted", "kept", "failed"]


@dataclass(frozen=True, kw_only=True)
class Retraining:
    """One retraining of a replay.

    Attributes:
        at: when it started; it takes no time.
        trigger: schedule, drift, age or labels.
        outcome: promoted, kept, or failed.
        reason: what asked for it, and what came of it.
        row_count: rows that it learnt from, holdout not included; 0 where it failed.
    """

    at: datetime
    trigger: str
    outcome: Outcome
    reason: str
    row_count: int


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What one policy made of the past.

    Attributes:
        labelled: what was said of each partition by the version that served then, with its labels.
        retrainings: oldest first.
        cpu_s: CPU seconds of all trainings and judgements, the first model not included.
    """

    labelled: dict[str, Labelled]
    retrainings: tuple[Retraining, ...]
    cpu_s: float


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of the replayed model.

    Attributes:
        row: what production would have stored of it.
        effective_at: when it took effect.
        model: what serves.
        judged: what was judged: the same, or what it was refitted from.
        scores: what the latter scored on its holdout.
        profile: of its training rows; None where no rule looks at columns.
    """

    row: ModelVersion
    effective_at: datetime
    model: Model
    judged: Model
    scores: tuple[Measurement, ...]
    profile: ReferenceProfile | None


def first_version(past: Past, *, refit: bool = False) -> Version:
    """Return the version that all policies start with, trained on what lies before the first partition.

    Raises:
        DatasetRefusedError: these rows do not pass their checks.
        TrainingDataError: there is nothing to learn from them.
    """
    pipeline, start = past.pipeline, past.window.start
    split = past.training(start)
    fitted = fit(pipeline, split.train, split.holdout)
    served = _served(pipeline, split, fitted, refit=refit)
    row = unstored_version(1, trained_through=start)
    return Version(
        row=row,
        effective_at=start,
        model=served.model,
        judged=fitted.model,
        scores=fitted.measurements,
        profile=profile_columns(column_values(pipeline, served.rows)),
    )


@dataclass(frozen=True, kw_only=True)
class _Served:
    """What serves after a promotion, and the rows that it learnt from."""

    model: Model
    rows: pd.DataFrame


def _served(pipeline: ModelPipeline, split: Split, fitted: Fitted, *, refit: bool) -> _Served:
    if not refit:
        return _Served(model=fitted.model, rows=split.train)
    rows = pd.concat([split.train, split.holdout], ignore_index=True)
    return _Served(model=fit_model(pipeline, rows), rows=rows)


def replay(past: Past, pipeline: ModelPipeline, first: Version) -> Replayed:
    """Return what the policy of `pipeline` makes of the past, moment by moment.

    The report of a partition comes when its last label is known, and the decision with it; what is trained then
    learns from what was known then, and serves from the next partition on. A schedule trains at its own times.
    """
    production = _Production(past, pipeline, first)
    for moment, key in merge(_reports(past), _ticks(past, pipeline)):
        if key:
            production.look(key, moment)
        else:
            production.retrain(moment, "schedule", f"Retrain: the schedule {pipeline.retrain.schedule} is due.")
    return production.result()


def _reports(past: Past) -> Iterator[tuple[datetime, str]]:
    for key in past.keys:
        known_at = past.partitions.window(key).end + past.lag
        if known_at < past.window.end:  # what is decided later changes nothing that is replayed
            yield known_at, key


def _ticks(past: Past, pipeline: ModelPipeline) -> Iterator[tuple[datetime, str]]:
    if pipeline.retrain.schedule is None:
        return
    just_before = past.window.start - timedelta(seconds=1)
    for tick in CronSim(pipeline.retrain.schedule, just_before):
        if tick >= past.window.end:
            return
        yield tick.astimezone(UTC), ""


class _Production:
    """Production at a moment of a replay: who serves, what was said, and what was decided."""

    def __init__(self, past: Past, pipeline: ModelPipeline, first: Version) -> None:
        self._past = past
        self._pipeline = pipeline
        self._versions = [first]
        self._retrainings: list[Retraining] = []
        self._labelled: dict[str, Labelled] = {}
        self._scored: dict[str, Labelled] = {}
        self._live: dict[str, LiveReference] = {}
        self._cpu_s = 0.0
        self._history = DriftHistory(
            pipeline,
            self._labelled,
            self._live,
            profile=lambda version_id: self._versions[version_id - 1].profile,
            score=self._score,
        )

    def look(self, key: str, now: datetime) -> None:
        """Predict a partition, report on it, and do what the policy makes of the report."""
        self._predict(key)
        if not self._pipeline.drift or key not in self._labelled:
            return
        version = self._serving(key)
        trigger = self._pipeline.retrain.trigger
        if trigger is not None:
            self._live[key] = live_reference(self._past.partitions, trigger, key, version.effective_at)
        findings = tuple(self._history.findings(key))
        report = drift_report(self._pipeline, key, version.row, findings, now)
        report.id = len(self._labelled)
        evidence = evidence_of(report, findings, serving=version is self._versions[-1])
        answer = decide(self._pipeline.retrain, self._state(), evidence, now)
        if answer.retrain:
            self.retrain(now, answer.trigger or "drift", answer.reason)

    def retrain(self, now: datetime, trigger: str, why: str) -> None:
        """Train a challenger on what is known now, and let it meet the champion."""
        started = time.process_time()
        try:
            outcome, said, row_count = self._challenge(now)
        except DriftlineError as error:  # as in production, where the decision has failed then
            outcome, said, row_count = "failed", str(error), 0
        self._cpu_s += time.process_time() - started
        self._retrainings.append(
            Retraining(at=now, trigger=trigger, outcome=outcome, reason=f"{why} {said}", row_count=row_count)
        )

    def result(self) -> Replayed:
        """Return what became of all partitions."""
        for key in self._past.keys:
            self._predict(key)
        labelled = {key: self._labelled[key] for key in self._past.keys if key in self._labelled}
        return Replayed(labelled=labelled, retrainings=tuple(self._retrainings), cpu_s=self._cpu_s)

    def _challenge(self, now: datetime) -> tuple[Outcome, str, int]:
        until = self._pipeline.training_time(now, first=False)
        split = self._past.training(until)
        fitted = fit(self._pipeline, split.train, split.holdout)
        meeting = meet(self._pipeline, split.holdout, fitted.model, self._versions[-1].judged)
        judgement = judge(
            self._pipeline.promote, meeting.challenger, meeting.comparison, champion_fault=meeting.champion_fault
        )
        if judgement.promote:
            self._promote(until, split, fitted)
        return "promoted" if judgement.promote else "kept", judgement.reason, len(split.train)

    def _promote(self, until: datetime, split: Split, fitted: Fitted) -> None:
        number = len(self._versions) + 1
        served = _served(self._pipeline, split, fitted, refit=self._pipeline.promote.refit)
        profiled = column_values(self._pipeline, served.rows) if self._pipeline.data_rules else None
        self._versions.append(
            Version(
                row=unstored_version(number, trained_through=until),
                effective_at=until,
                model=served.model,
                judged=fitted.model,
                scores=fitted.measurements,
                profile=None if profiled is None else profile_columns(profiled),
            )
        )

    def _predict(self, key: str) -> None:
        """Let the version that serves a partition score it, and some that follow with it."""
        if key in self._labelled:
            return
        version = self._serving(key)
        if key not in self._scored or self._scored[key].version.id != version.row.id:
            at = self._past.keys.index(key)
            block = self._past.keys[at : at + BLOCK]
            self._scored = self._past.predicted(block, version.model, version.row)
        if key in self._scored:
            self._labelled[key] = self._scored[key]

    def _serving(self, key: str) -> Version:
        start = self._past.partitions.window(key).start
        return next(version for version in reversed(self._versions) if version.effective_at <= start)

    def _score(self, version_id: int, metric: str) -> Measurement | None:
        scores = self._versions[version_id - 1].scores
        return next((measured for measured in scores if measured.metric == metric), None)

    def _state(self) -> State:
        champion, done = self._versions[-1], self._retrainings
        promoted = max((number for number, one in enumerate(done) if one.outcome == "promoted"), default=-1)
        lost = tuple(one.at for one in done[promoted + 1 :] if one.outcome == "kept")
        return State(
            running=None,
            last_start=done[-1].at if done else None,
            starts=tuple(one.at for one in done),
            lost=lost,
            champion_since=champion.effective_at,
            new_labels=self._new_labels(champion, lost),
        )

    def _new_labels(self, champion: Version, lost: tuple[datetime, ...]) -> int:
        if self._pipeline.retrain.min_new_labels is None:
            return 0
        learnt = max([champion.row.trained_through, *lost[-1:]]) - self._past.lag
        first = self._past.partitions.key(learnt)
        return sum(len(labelled.truth) for key, labelled in self._labelled.items() if key >= first)
