"""Production at a moment of a replay: the production decision, training and judgement on what was known then."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from driftline.backtest.past import Past
from driftline.backtest.policy_replay import PolicyReplay, Retraining
from driftline.backtest.scores import Scores
from driftline.backtest.trainings import Trainings
from driftline.backtest.versions import Service, Version, first_version, trained_version
from driftline.datasets import Split
from driftline.declaration import ModelPipeline
from driftline.drift_reports import (
    Champion,
    DriftHistory,
    HealthHistory,
    Tenure,
    drift_report,
    tenure,
)
from driftline.errors import DriftlineError
from driftline.evaluations import LabelledRows
from driftline.health import Accepted, Health
from driftline.metrics import Measurement
from driftline.models import Model
from driftline.profiles import ReferenceProfile
from driftline.registry import judge
from driftline.retraining import (
    Candidate,
    Fitted,
    Look,
    Recallable,
    RetrainState,
    candidates,
    choose,
    compare_on_holdout,
    decide,
    evidence_of,
    look_of,
    measured_on,
)
from driftline.store.decision_rows import Trigger


class Production:
    """Production at a moment of a replay: who serves, what was predicted, and what was decided.

    It gives its versions' references to the reports, as the database does in production.
    """

    def __init__(self, past: Past, pipeline: ModelPipeline, trainings: Trainings) -> None:
        self._past = past
        self._pipeline = pipeline
        self._trainings = trainings
        first = first_version(past, pipeline, trainings)
        self._versions = [first]
        self._services = [Service(version=first, since=past.window.start)]
        self._retrainings: list[Retraining] = []
        self._looks: list[Look] = []
        self._labelled: dict[str, LabelledRows] = {}
        self._scores = Scores(past)
        self._tenures: dict[str, Tenure] = {}
        self._cpu_s = 0.0
        self._history = DriftHistory(pipeline, self._labelled, self._tenures, references=self, horizon=past.window.end)
        self._losses = HealthHistory(
            pipeline, self._labelled, score_again=self._score, holdout=lambda id_: self._versions[id_ - 1].holdout
        )
        self._health: list[Health] = []
        self._accepted: list[Accepted] = []

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
        service = self._serving(key)
        served = tenure(self._pipeline, key, service.since)
        if served is not None:
            self._tenures[key] = served
        findings, health = tuple(self._history.findings(key)), self._assess(key)
        number = service.version.number
        task = self._labelled[key].task
        report = drift_report(
            self._pipeline, key, findings, version_id=number, version=number, task=task, health=health
        )
        evidence = evidence_of(
            len(self._labelled),
            report.verdict,
            report.summary,
            report.findings,
            serving=service is self._services[-1],
            health=health,
        )
        answer = decide(self._pipeline.retrain, self._state(), evidence, now)
        if answer.accepted_level is not None:
            self._accepted.append(Accepted(level=answer.accepted_level, at=now))
        if answer.retrain:
            self.retrain(now, answer.trigger or Trigger.DRIFT, answer.reason, plan=answer.details.get("plan"))

    def retrain(self, now: datetime, trigger: str, why: str, *, plan: Mapping[str, Any] | None = None) -> None:
        """Train on what is known now, and let the best candidate meet the champion."""
        started = time.process_time()
        try:
            done = self._challenge(now, trigger, why)
        except DriftlineError as error:  # as in production, where the decision has failed then
            done = Retraining(at=now, trigger=trigger, outcome="failed", reason=f"{why} {error}", row_count=0, fits=0)
        self._cpu_s += time.process_time() - started
        self._retrainings.append(done)
        if done.outcome != "failed":
            self._looks.append(look_of(now, done.outcome == "promoted", plan))

    def result(self) -> PolicyReplay:
        """Return what became of all partitions."""
        for key in self._past.keys:
            self._predict(key)
        labelled = {key: self._labelled[key] for key in self._past.keys if key in self._labelled}
        return PolicyReplay(
            labelled=labelled,
            retrainings=tuple(self._retrainings),
            cpu_s=self._cpu_s,
            health=tuple(self._health),
            accepted=tuple(self._accepted),
        )

    def _assess(self, key: str) -> Health | None:
        rule = self._pipeline.recovery
        if rule is None:
            return None
        service, previous = self._services[-1], self._health[-1] if self._health else None
        new = [one for one in self._accepted if previous is not None and one.at >= previous.as_of]
        health = self._losses.health(
            rule,
            key,
            previous,
            Champion(version_id=service.version.number, since=service.since),
            accepted=new[-1] if new else None,
            looks=[look.at for look in self._looks],
        )
        self._health.append(health)
        return health

    def _challenge(self, now: datetime, trigger: str, why: str) -> Retraining:
        until = self._pipeline.training_time(now, first=False)
        changed_at = self._health[-1].changed_at if self._health else None
        split = self._past.training(until, changed_at=changed_at)
        tried = candidates(
            self._pipeline,
            split.train,
            split.holdout,
            window=self._past.training_window(until),
            changed_at=changed_at,
            recallable=self._recallable(),
            fit=lambda start, rows, like: self._fit(until, start, rows, like),
        )
        chosen = tried[choose(tried)]
        fits = sum(one.recalled is None for one in tried)
        fitted = measured_on(self._pipeline, chosen.model, split.holdout)
        champion = self._services[-1].version
        compared = compare_on_holdout(self._pipeline, split.holdout, fitted.model, champion.judged.model)
        judgement = judge(
            self._pipeline.promote,
            compared.challenger,
            compared.comparison,
            champion_fault=compared.champion_fault,
            slices=compared.slices,
            tried=len(tried),
        )
        if judgement.promote:
            self._promote(until, split, fitted, chosen)
        return Retraining(
            at=now,
            trigger=trigger,
            outcome="promoted" if judgement.promote else "kept",
            reason=f"{why} {judgement.reason}",
            row_count=chosen.row_count,
            fits=fits + (judgement.promote and chosen.recalled is None and self._pipeline.promote.refit),
            recalled=chosen.recalled if judgement.promote else None,
        )

    def _promote(self, until: datetime, split: Split, fitted: Fitted, chosen: Candidate) -> None:
        if chosen.recalled is not None:
            version = self._versions[chosen.recalled - 1]
        else:
            version, saved_cpu_s = trained_version(
                self._pipeline,
                len(self._versions) + 1,
                until,
                split,
                fitted,
                trained_from=chosen.trained_from,
                trainings=self._trainings,
            )
            self._cpu_s += saved_cpu_s
            self._versions.append(version)
        self._services.append(Service(version=version, since=until))

    def _recallable(self) -> list[Recallable]:
        """Return who has served and serves no longer, newest first."""
        champion = self._services[-1].version
        earlier = dict.fromkeys(service.version.number for service in reversed(self._services))
        versions = [self._versions[number - 1] for number in earlier if number != champion.number]
        return [
            Recallable(
                version_id=version.number,
                seen_until=version.trained_through - self._past.lag,
                model=version.model,
            )
            for version in versions
        ]

    def _fit(self, until: datetime, start: datetime | None, rows: pd.DataFrame, like: Model | None) -> Model:
        training = self._trainings.fit(until, start, rows, like=like)
        self._cpu_s += training.saved_cpu_s
        return training.result

    def _predict(self, key: str) -> None:
        """Let the version that serves a partition score it."""
        if key in self._labelled:
            return
        number = self._serving(key).version.number
        scored = self._score(number, [key])
        if key in scored:
            self._labelled[key] = scored[key]

    def _score(self, number: int, keys: Sequence[str]) -> dict[str, LabelledRows]:
        return self._scores.of(number, self._versions[number - 1].model, keys)

    def _serving(self, key: str) -> Service:
        start = self._past.partitions.window(key).start
        return next(service for service in reversed(self._services) if service.since <= start)

    def _state(self) -> RetrainState:
        service, done = self._services[-1], self._retrainings
        promoted = max(
            (number for number, retraining in enumerate(done) if retraining.outcome == "promoted"), default=-1
        )
        lost = tuple(retraining.at for retraining in done[promoted + 1 :] if retraining.outcome == "kept")
        return RetrainState(
            running=None,
            last_start=done[-1].at if done else None,
            starts=tuple(retraining.at for retraining in done),
            lost=lost,
            champion_since=service.since,
            new_labels=self._new_labels(service.version, lost),
            looks=tuple(self._looks),
            training_length=self._pipeline.training_length,
            holdout_length=self._pipeline.holdout_length,
            label_lag=self._past.lag,
        )

    def _new_labels(self, champion: Version, lost: tuple[datetime, ...]) -> int:
        if self._pipeline.retrain.min_new_labels is None:
            return 0
        covered = max([champion.trained_through, *lost[-1:]]) - self._past.lag
        first = self._past.partitions.key(covered)
        return sum(len(labelled.truth) for key, labelled in self._labelled.items() if key >= first)
