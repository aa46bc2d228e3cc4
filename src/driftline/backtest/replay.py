"""The replay of one policy: the production decision, training and judgement, on what was known at each moment."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from typing import Literal

import numpy as np
from cronsim import CronSim

from driftline.backtest.past import Past
from driftline.backtest.trainings import Trainings
from driftline.backtest.versions import Version, first_version, trained_version
from driftline.declaration import ModelPipeline
from driftline.drift_reports import DriftHistory, Tenure, drift_report, tenure
from driftline.errors import DriftlineError
from driftline.evaluations import LabelledRows
from driftline.metrics import Measurement
from driftline.profiles import ReferenceProfile
from driftline.registry import judge
from driftline.retraining import RetrainState, compare_on_holdout, decide, evidence_of
from driftline.store.decision_rows import Trigger

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
        row_count: rows that it was trained on, without the holdout; 0 where it failed.
    """

    at: datetime
    trigger: str
    outcome: Outcome
    reason: str
    row_count: int


@dataclass(frozen=True, kw_only=True)
class PolicyReplay:
    """What one policy made of the past.

    Attributes:
        labelled: the predictions of each partition by the version that served then, with its labels.
        retrainings: oldest first.
        cpu_s: CPU seconds of all trainings and judgements, the first model not included; of what another policy
            trained before, those that it cost then.
    """

    labelled: dict[str, LabelledRows]
    retrainings: tuple[Retraining, ...]
    cpu_s: float


def replay(past: Past, pipeline: ModelPipeline, trainings: Trainings) -> PolicyReplay:
    """Return what the policy of `pipeline` makes of the past, moment by moment.

    The report of a partition comes when its last label is known, and the decision with it; what is trained then
    learns from what was known then, and serves from the next partition on. A schedule trains at its own times.

    Args:
        past: that is replayed.
        pipeline: with the policy in place of its own.
        trainings: what all policies of the backtest fit.
    """
    production = _Production(past, pipeline, trainings)
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
    """Production at a moment of a replay: who serves, what was predicted, and what was decided.

    It gives its versions' references to the reports, as the database does in production.
    """

    def __init__(self, past: Past, pipeline: ModelPipeline, trainings: Trainings) -> None:
        self._past = past
        self._pipeline = pipeline
        self._trainings = trainings
        self._versions = [first_version(past, pipeline, trainings)]
        self._retrainings: list[Retraining] = []
        self._labelled: dict[str, LabelledRows] = {}
        self._scored: dict[str, LabelledRows] = {}
        self._tenures: dict[str, Tenure] = {}
        self._cpu_s = 0.0
        self._history = DriftHistory(pipeline, self._labelled, self._tenures, references=self, horizon=past.window.end)

    def profile(self, version_id: int) -> ReferenceProfile | None:
        """Return the profile of the training rows of a version."""
        return self._versions[version_id - 1].profile

    def prediction_profile(self, version_id: int) -> ReferenceProfile | None:
        """Return the profile of what a version predicts on its holdout."""
        return self._versions[version_id - 1].prediction_profile

    def rows(self, version_id: int) -> Mapping[str, np.ndarray] | None:
        """Return some training rows of a version, by column."""
        return self._versions[version_id - 1].rows

    def score(self, version_id: int, metric: str) -> Measurement | None:
        """Return what a version scored on its holdout."""
        scores = self._versions[version_id - 1].judged.measurements
        return next((measured for measured in scores if measured.metric == metric), None)

    def look(self, key: str, now: datetime) -> None:
        """Predict a partition, report on it, and do what the policy makes of the report."""
        self._predict(key)
        if not self._pipeline.drift or key not in self._labelled:
            return
        version = self._serving(key)
        served = tenure(self._pipeline, key, version.effective_at)
        if served is not None:
            self._tenures[key] = served
        findings = tuple(self._history.findings(key))
        report = drift_report(self._pipeline, key, findings, version_id=version.number, version=version.number)
        evidence = evidence_of(
            len(self._labelled), report.verdict, report.summary, findings, serving=version is self._versions[-1]
        )
        answer = decide(self._pipeline.retrain, self._state(), evidence, now)
        if answer.retrain:
            self.retrain(now, answer.trigger or Trigger.DRIFT, answer.reason)

    def retrain(self, now: datetime, trigger: str, why: str) -> None:
        """Train a challenger on what is known now, and let it meet the champion."""
        started = time.process_time()
        try:
            outcome, reason, row_count = self._challenge(now)
        except DriftlineError as error:  # as in production, where the decision has failed then
            outcome, reason, row_count = "failed", str(error), 0
        self._cpu_s += time.process_time() - started
        self._retrainings.append(
            Retraining(at=now, trigger=trigger, outcome=outcome, reason=f"{why} {reason}", row_count=row_count)
        )

    def result(self) -> PolicyReplay:
        """Return what became of all partitions."""
        for key in self._past.keys:
            self._predict(key)
        labelled = {key: self._labelled[key] for key in self._past.keys if key in self._labelled}
        return PolicyReplay(labelled=labelled, retrainings=tuple(self._retrainings), cpu_s=self._cpu_s)

    def _challenge(self, now: datetime) -> tuple[Outcome, str, int]:
        until = self._pipeline.training_time(now, first=False)
        split = self._past.training(until)
        training = self._trainings.fit(until, split)
        self._cpu_s += training.saved_cpu_s
        fitted = training.result
        compared = compare_on_holdout(self._pipeline, split.holdout, fitted.model, self._versions[-1].judged.model)
        judgement = judge(
            self._pipeline.promote,
            compared.challenger,
            compared.comparison,
            champion_fault=compared.champion_fault,
            slices=compared.slices,
        )
        if judgement.promote:
            number = len(self._versions) + 1
            version, saved_cpu_s = trained_version(
                self._pipeline, number, until, split, fitted, trainings=self._trainings
            )
            self._cpu_s += saved_cpu_s
            self._versions.append(version)
        return "promoted" if judgement.promote else "kept", judgement.reason, len(split.train)

    def _predict(self, key: str) -> None:
        """Let the version that serves a partition score it, and some that follow with it."""
        if key in self._labelled:
            return
        version = self._serving(key)
        if key not in self._scored or self._scored[key].version != version.number:
            at = self._past.keys.index(key)
            block = self._past.keys[at : at + BLOCK]
            self._scored = self._past.predicted(block, version.model, version.number)
        if key in self._scored:
            self._labelled[key] = self._scored[key]

    def _serving(self, key: str) -> Version:
        start = self._past.partitions.window(key).start
        return next(version for version in reversed(self._versions) if version.effective_at <= start)

    def _state(self) -> RetrainState:
        champion, done = self._versions[-1], self._retrainings
        promoted = max(
            (number for number, retraining in enumerate(done) if retraining.outcome == "promoted"), default=-1
        )
        lost = tuple(retraining.at for retraining in done[promoted + 1 :] if retraining.outcome == "kept")
        return RetrainState(
            running=None,
            last_start=done[-1].at if done else None,
            starts=tuple(retraining.at for retraining in done),
            lost=lost,
            champion_since=champion.effective_at,
            new_labels=self._new_labels(champion, lost),
        )

    def _new_labels(self, champion: Version, lost: tuple[datetime, ...]) -> int:
        if self._pipeline.retrain.min_new_labels is None:
            return 0
        covered = max([champion.trained_through, *lost[-1:]]) - self._past.lag
        first = self._past.partitions.key(covered)
        return sum(len(labelled.truth) for key, labelled in self._labelled.items() if key >= first)
