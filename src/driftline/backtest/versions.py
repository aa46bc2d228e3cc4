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
from driftline.models import Model
from driftline.profiles import ReferenceProfile, profile_columns
from driftline.retraining import Fitted


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of the replayed model, with what it is compared with in reports.

    Attributes:
        number: from 1 on.
        trained_through: the end of the time it was trained on.
        effective_at: when it took effect.
        model: what serves.
        judged: what was judged on the holdout: the same, or what it was refitted from.
        profile: of its training rows; this and the next two are None where no rule looks at them.
        prediction_profile: of what the judged model predicts on its holdout.
        rows: some training rows, by column.
    """

    number: int
    trained_through: datetime
    effective_at: datetime
    model: Model
    judged: Fitted
    profile: ReferenceProfile | None
    prediction_profile: ReferenceProfile | None
    rows: Mapping[str, np.ndarray] | None


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
    version, _ = trained_version(pipeline, 1, start, split, trainings.fit(start, split).result, trainings=trainings)
    return version


def trained_version(
    pipeline: ModelPipeline, number: int, until: datetime, split: Split, fitted: Fitted, *, trainings: Trainings
) -> tuple[Version, float]:
    """Return the version that takes effect at `until`, what was judged or its refit, and the CPU seconds saved."""
    rows, model, needs, saved_cpu_s = split.train, fitted.model, pipeline.drift_needs, 0.0
    if pipeline.promote.refit:
        rows = pd.concat([split.train, split.holdout], ignore_index=True)
        refitted = trainings.refit(until, rows)
        model, saved_cpu_s = refitted.result, refitted.saved_cpu_s
    columns = prediction_columns(model.task, fitted.scores, model.classes) if Need.PREDICTION_PROFILE in needs else None
    version = Version(
        number=number,
        trained_through=until,
        effective_at=until,
        model=model,
        judged=fitted,
        profile=profile_columns(column_values(pipeline, rows)) if Need.PROFILE in needs else None,
        prediction_profile=None if columns is None else profile_columns(columns),
        rows=joint_values(pipeline, [drawn_rows(pipeline, rows)]) if Need.ROWS in needs else None,
    )
    return version, saved_cpu_s
