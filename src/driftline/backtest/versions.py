"""The versions of a replayed model, each with what reports compare it with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from driftline.backtest.past import Past
from driftline.backtest.trainings import Trainings
from driftline.datasets import Split
from driftline.declaration import ModelPipeline
from driftline.dossier import column_values, drawn_rows, joint_values
from driftline.drift import Need, prediction_columns
from driftline.health import HoldoutLoss
from driftline.models import Model
from driftline.profiles import ReferenceProfile, profile_columns
from driftline.retraining import Fitted, holdout_loss, measured_on, rows_from


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of the replayed model, with what it is compared with in reports.

    Attributes:
        number: from 1 on.
        trained_through: the end of the time it was trained on.
        model: what serves.
        judged: what was judged on the holdout: the same, or what it was refitted from.
        holdout: what the judged model lost there.
        profile: of its training rows; this and the next two are None where no rule looks at them.
        prediction_profile: of what the judged model predicts on its holdout.
        rows: some training rows, by column.
    """

    number: int
    trained_through: datetime
    model: Model
    judged: Fitted
    holdout: HoldoutLoss
    profile: ReferenceProfile | None
    prediction_profile: ReferenceProfile | None
    rows: Mapping[str, np.ndarray] | None


@dataclass(frozen=True, kw_only=True)
class Service:
    """A version that serves from a time on, once more where it was recalled."""

    version: Version
    since: datetime


def first_version(past: Past, pipeline: ModelPipeline, trainings: Trainings) -> Version:
    """Return the version that a policy starts with, trained on what lies before the first partition.

    Args:
        past: that is replayed.
        pipeline: with the policy in place of its own.
        trainings: what all policies of the backtest fit.

    Raises:
        InvalidDatasetError: these rows do not pass their checks.
        TrainingError: there is nothing to learn from them.
    """
    start = past.window.start
    split = past.training(start)
    fitted = measured_on(pipeline, trainings.fit(start, None, split.train).result, split.holdout)
    version, _ = trained_version(pipeline, 1, start, split, fitted, trained_from=None, trainings=trainings)
    return version


def trained_version(
    pipeline: ModelPipeline,
    number: int,
    until: datetime,
    split: Split,
    fitted: Fitted,
    *,
    trained_from: datetime | None,
    trainings: Trainings,
) -> tuple[Version, float]:
    """Return the version that takes effect at `until`, what was judged or its refit, and the CPU seconds saved."""
    model, needs, saved_cpu_s = fitted.model, pipeline.drift_needs, 0.0
    rows = rows_from(pipeline, split.train, trained_from)
    if pipeline.promote.refit:
        rows = pd.concat([rows, split.holdout], ignore_index=True)
        refitted = trainings.refit(until, trained_from, rows, judged=fitted.model)
        model, saved_cpu_s = refitted.result, refitted.saved_cpu_s
    columns = prediction_columns(model.task, fitted.scores, model.classes) if Need.PREDICTION_PROFILE in needs else None
    version = Version(
        number=number,
        trained_through=until,
        model=model,
        judged=fitted,
        holdout=holdout_loss(fitted),
        profile=profile_columns(column_values(pipeline, rows)) if Need.PROFILE in needs else None,
        prediction_profile=None if columns is None else profile_columns(columns),
        rows=joint_values(pipeline, [drawn_rows(pipeline, rows)]) if Need.ROWS in needs else None,
    )
    return version, saved_cpu_s
