"""The candidates of a retraining: models of several spans of the training window, and earlier versions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from driftline.datasets import Label, Window, encode
from driftline.declaration import Choice, ModelPipeline
from driftline.errors import InvalidInputError
from driftline.health import losses_and_excess
from driftline.models import Model
from driftline.retraining.choice import Candidate
from driftline.retraining.fitting import scored_about

RARER_CLASS = 0.1  # of the rows that a span needs, as many of each class


@dataclass(frozen=True, kw_only=True)
class Recallable:
    """An earlier champion that may serve again.

    Attributes:
        version_id: its row id.
        seen_until: no row of this time or later was used for it.
        model: it, loaded.
    """

    version_id: int
    seen_until: datetime
    model: Model


Fit = Callable[[datetime | None, pd.DataFrame, Model | None], Model]


def candidates(
    pipeline: ModelPipeline,
    training: pd.DataFrame,
    holdout: pd.DataFrame,
    *,
    window: Window | None,
    changed_at: datetime | None,
    recallable: Sequence[Recallable],
    fit: Fit,
) -> list[Candidate]:
    """Return what may meet the champion: the whole window first, then shorter spans, then versions from new to old.

    A span of too few rows, or of one that is there already, is left out; so is a version that was trained on rows
    of the holdout or that cannot score it.

    Args:
        pipeline: the declaration.
        training: the rows of the whole window without the holdout.
        holdout: the rows that all candidates are scored on.
        window: the times of both; None for a table, which has no spans. A share is one of the time before the holdout.
        changed_at: when the world is estimated to have changed.
        recallable: earlier champions, newest first.
        fit: trains on rows from a time on (None: on all), with the params of a model where one is given: a search is
            made once, on the whole window.

    Raises:
        TrainingError: there is nothing to learn from the whole window.
        TargetClassError: the holdout has a class that the training rows lack.
    """
    whole = fit(None, training, None)
    truth = encode(pipeline.target, holdout, classes=whole.classes)
    days = _days(pipeline, holdout)

    def candidate(model: Model, rows: int, start: datetime | None = None, recalled: int | None = None) -> Candidate:
        losses, _ = losses_and_excess(model.task, truth, model.score(holdout))
        return Candidate(trained_from=start, recalled=recalled, row_count=rows, model=model, losses=losses, days=days)

    found = [candidate(whole, len(training))]
    choice = pipeline.retrain.choice
    if choice is None or window is None:
        return found
    first = holdout[pipeline.time_column].min()
    for start, rows in _spans(pipeline, training, Window(window.start, first), changed_at, whole.classes):
        model = fit(start, rows, whole)
        if scored_about(model) == scored_about(whole):
            found.append(candidate(model, len(rows), start))
    for version in [one for one in recallable if one.seen_until <= first][: choice.versions]:
        if scored_about(version.model) != scored_about(whole):
            continue
        try:
            found.append(candidate(version.model, 0, recalled=version.version_id))
        except InvalidInputError:  # it reads another schema
            continue
    return found


def describe_candidates(found: Sequence[Candidate], chosen: int, numbers: Mapping[int, int]) -> list[dict[str, Any]]:
    """Return the candidates as JSON values: what a decision keeps of the choice.

    Args:
        found: the candidates.
        chosen: the place of the one that meets the champion.
        numbers: of the versions by their row ids.
    """
    return [
        {
            "trained_from": one.trained_from.isoformat() if one.trained_from else None,
            "version": None if one.recalled is None else numbers[one.recalled],
            "rows": one.row_count,
            "loss": one.loss,
            "chosen": place == chosen,
        }
        for place, one in enumerate(found)
    ]


def rows_from(pipeline: ModelPipeline, rows: pd.DataFrame, start: datetime | None) -> pd.DataFrame:
    """Return the rows of a span: those from `start` on; all for None."""
    return rows if start is None else rows[rows[pipeline.time_column] >= start]


def _days(pipeline: ModelPipeline, rows: pd.DataFrame) -> np.ndarray:
    """Return the day of each row of a stream, counted from the first one; 0 for a table, shape (n_rows,)."""
    if not pipeline.partitions.is_stream:
        return np.zeros(len(rows), dtype=np.intp)
    times = rows[pipeline.time_column]
    return np.asarray((times - times.min()) // pd.Timedelta(days=1), dtype=np.intp)


def _spans(
    pipeline: ModelPipeline,
    training: pd.DataFrame,
    window: Window,
    changed_at: datetime | None,
    classes: tuple[Label, ...],
) -> Iterator[tuple[datetime, pd.DataFrame]]:
    """Give the shorter spans with their rows, the longest first."""
    choice, length = pipeline.retrain.choice or Choice(), window.end - window.start
    starts = [window.end - length * span for span in choice.spans if span != "change"]
    if changed_at is not None and "change" in choice.spans:
        starts.append(changed_at)
    before = len(training)
    for start in sorted(set(starts)):
        rows = rows_from(pipeline, training, start)
        if len(rows) < before and _is_enough(pipeline, choice, rows, classes):
            before = len(rows)
            yield start, rows


def _is_enough(pipeline: ModelPipeline, choice: Choice, rows: pd.DataFrame, classes: tuple[Label, ...]) -> bool:
    if len(rows) < choice.min_rows:
        return False
    if not classes:
        return True  # numbers
    labels = encode(pipeline.target, rows, classes=classes)
    return int(np.bincount(labels.astype(np.intp), minlength=len(classes)).min()) >= RARER_CLASS * choice.min_rows
