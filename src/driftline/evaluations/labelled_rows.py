"""Labelled predictions as values: one frame for all that a version predicted, and its part of each partition."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd

from driftline.datasets import Label
from driftline.metrics import Task

ROW, SCORE, KEY, SLICE = "row", "score", "key", "slice"


@dataclass(frozen=True, kw_only=True, eq=False)
class Scorer:
    """Who predicted.

    Attributes:
        version_id: the version's row id.
        version: its number.
        task: what truth and scores mean.
        classes: that it distinguishes, in their order; empty for numbers.
    """

    version_id: int
    version: int
    task: Task
    classes: tuple[Label, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledFrame:
    """What one version predicted of many partitions, with the labels that are known; made by `labelled_frame`.

    Columns of the frame are pairs, so that no name of a user is one of ours: ("row", "partition"), "time" (in UTC; NaT
    for a table), "truth" (encoded; NaN without a label that can be measured), "delivered", where there are labels that
    cannot be, "unknown" (their text, else ""), and where a bandit logged, "served" and "propensity"; ("score", "0") and
    so on; ("key", name) and ("slice", name) under the user's names.

    Attributes:
        scorer: who predicted.
        frame: a row for each prediction; those of a partition follow each other.
    """

    scorer: Scorer
    frame: pd.DataFrame

    @cached_property
    def truth(self) -> np.ndarray:
        """Return the encoded labels, NaN without one, shape (n_rows,)."""
        return np.asarray(self.frame[ROW, "truth"])

    @cached_property
    def times(self) -> np.ndarray:
        """Return the times of the events in UTC, shape (n_rows,)."""
        return np.asarray(self.frame[ROW, "time"])

    @cached_property
    def delivered(self) -> np.ndarray:
        """Return whether each label was delivered, shape (n_rows,)."""
        return np.asarray(self.frame[ROW, "delivered"])

    @cached_property
    def unknown(self) -> np.ndarray | None:
        """Return the text of each label that cannot be measured, else "", shape (n_rows,); None: there is none."""
        return np.asarray(self.frame[ROW, "unknown"]) if (ROW, "unknown") in self.frame.columns else None

    @cached_property
    def scores(self) -> np.ndarray:
        """Return the scores, shape (n_rows,) or (n_rows, n_classes)."""
        scores = cast("pd.DataFrame", self.frame[SCORE]).to_numpy()
        return np.ascontiguousarray(scores[:, 0] if scores.shape[1] == 1 else scores)

    @cached_property
    def keys(self) -> pd.DataFrame:
        """Return the row keys, shape (n_rows, n_key_columns)."""
        return cast("pd.DataFrame", self.frame[KEY])

    @cached_property
    def slices(self) -> dict[str, np.ndarray]:
        """Return the values of each slice column as texts, shape (n_rows,) each."""
        pairs = [pair for pair in self.frame.columns if pair[0] == SLICE]
        return {pair[1]: np.asarray(self.frame[pair], dtype=object).astype(str) for pair in pairs}

    @cached_property
    def logged(self) -> pd.DataFrame | None:
        """Return what a bandit logged, `served` and `propensity`, missing where none ran; None where none ever ran."""
        if (ROW, "served") not in self.frame.columns:
            return None
        return cast("pd.DataFrame", self.frame[ROW])[["served", "propensity"]]

    def by_partition(
        self, features: Mapping[str, pd.DataFrame], batch_ids: Mapping[str, int] | None = None
    ) -> dict[str, "LabelledRows"]:
        """Return the part of each partition of which `features` has the dataset's rows; nothing is copied.

        Args:
            features: the rows of the dataset by partition.
            batch_ids: the stored prediction batch of each partition; None: they are not stored.
        """
        partitions = self.frame[ROW, "partition"].cat
        ends = partitions.codes.to_numpy().searchsorted(np.arange(len(partitions.categories)), side="right").tolist()
        places = dict(zip(partitions.categories, map(slice, [0, *ends[:-1]], ends), strict=True))
        return {
            key: LabelledRows(whole=self, place=places[key], features=rows, batch_id=(batch_ids or {}).get(key))
            for key, rows in features.items()
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledRows:
    """The predictions of one partition by one version, with the labels that are known.

    Attributes:
        whole: the frame that they are a part of.
        place: which of its rows.
        features: the rows of the dataset, shape (n_dataset_rows, n_columns).
        batch_id: the prediction batch that they are; None where it is not stored.
    """

    whole: LabelledFrame
    place: slice
    features: pd.DataFrame
    batch_id: int | None = None

    @property
    def version_id(self) -> int:
        """Return the row id of the version that predicted."""
        return self.whole.scorer.version_id

    @property
    def version(self) -> int:
        """Return its number."""
        return self.whole.scorer.version

    @property
    def task(self) -> Task:
        """Return what truth and scores mean."""
        return self.whole.scorer.task

    @property
    def classes(self) -> tuple[Label, ...]:
        """Return the classes that it distinguishes, in their order; empty for numbers."""
        return self.whole.scorer.classes

    @property
    def row_count(self) -> int:
        """Return how many predictions there are, labelled or not."""
        return int(self.place.stop - self.place.start)

    @property
    def label_count(self) -> int:
        """Return how many of them are labelled, with labels that can be measured."""
        return len(self.truth)

    @cached_property
    def unknown(self) -> pd.Series:
        """Return the labels that the version cannot be measured on, as text, with their places among the predictions.

        They are of a class that it does not know, or not finite.
        """
        if self.whole.unknown is None:
            return pd.Series([], dtype=object)
        texts = pd.Series(self.whole.unknown[self.place], dtype=object)
        return texts[texts != ""]

    @property
    def delivered_count(self) -> int:
        """Return how many labels were delivered; the others are the dataset's."""
        return int(self.whole.delivered[self.place].sum())

    @cached_property
    def is_labelled(self) -> np.ndarray:
        """Return whether each prediction is labelled, shape (row_count,)."""
        return np.asarray(~np.isnan(self.whole.truth[self.place]))

    @cached_property
    def truth(self) -> np.ndarray:
        """Return the encoded labels, shape (n_labelled,)."""
        values = self._labelled(self.whole.truth)
        return values if self.task is Task.REGRESSION else values.astype(np.int64)

    @property
    def all_scores(self) -> np.ndarray:
        """Return what the version predicts for each row, shape (row_count,) or (row_count, n_classes)."""
        return np.asarray(self.whole.scores[self.place])

    @cached_property
    def scores(self) -> np.ndarray:
        """Return what it predicts for the labelled rows, shape (n_labelled,) or (n_labelled, n_classes)."""
        return self._labelled(self.whole.scores)

    @property
    def times(self) -> np.ndarray:
        """Return the times of the labelled rows' events in UTC, shape (n_labelled,); NaT for a table."""
        return self._labelled(self.whole.times)

    @property
    def is_logged(self) -> bool:
        """Return whether a bandit logged which rows the version serves."""
        return self.whole.logged is not None and bool(self.whole.logged["served"].iloc[self.place].notna().all())

    @property
    def served(self) -> np.ndarray:
        """Return whether the version serves each labelled row, shape (n_labelled,): all, but while a bandit ran."""
        if self.whole.logged is None or not self.is_logged:
            return np.ones(self.label_count, dtype=bool)
        return self._labelled(np.asarray(self.whole.logged["served"])).astype(bool)

    @property
    def propensities(self) -> np.ndarray:
        """Return how probable it was that the version serves each labelled row, shape (n_labelled,)."""
        if self.whole.logged is None or not self.is_logged:
            return np.ones(self.label_count)
        return self._labelled(np.asarray(self.whole.logged["propensity"], dtype=float))

    @property
    def keys(self) -> pd.DataFrame:
        """Return the row keys of the labelled rows, shape (n_labelled, n_key_columns)."""
        return self.whole.keys.iloc[self.place][self.is_labelled]

    @cached_property
    def slices(self) -> dict[str, np.ndarray]:
        """Return for each slice column of the pipeline the values of the labelled rows, shape (n_labelled,) each."""
        return {name: self._labelled(values) for name, values in self.whole.slices.items()}

    def _labelled(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(values[self.place][self.is_labelled])


def labelled_frame(
    scorer: Scorer,
    row_counts: Mapping[str, int],
    *,
    keys: pd.DataFrame,
    times: np.ndarray | None,
    truth: np.ndarray,
    scores: np.ndarray,
    unknown: np.ndarray | None = None,
    delivered: np.ndarray | None = None,
    slices: Mapping[str, np.ndarray] | None = None,
    logged: pd.DataFrame | None = None,
) -> LabelledFrame:
    """Return the labelled predictions of many partitions.

    Args:
        scorer: who predicted.
        row_counts: predictions of each partition; their rows follow each other in this order.
        keys: the row keys, shape (n_rows, n_key_columns).
        times: of the events in UTC, shape (n_rows,); None for a table.
        truth: encoded labels, NaN where none is known, shape (n_rows,).
        scores: shape (n_rows,) or (n_rows, n_classes).
        unknown: the text of each label that cannot be measured, else "", shape (n_rows,); None: there is none.
        delivered: whether each label was delivered, shape (n_rows,); None: none was.
        slices: the values of slice columns as texts, shape (n_rows,) each.
        logged: what a bandit logged, `served` and `propensity`, missing where none ran; None: nothing.
    """
    row_count, columns = len(truth), scores if scores.ndim > 1 else scores[:, np.newaxis]
    numbers = np.repeat(np.arange(len(row_counts)), list(row_counts.values()))
    rows: dict[tuple[str, str], object] = {
        (ROW, "partition"): pd.Categorical.from_codes(numbers, categories=pd.Index(list(row_counts), dtype=object)),
        (ROW, "time"): np.full(row_count, np.datetime64("NaT", "us")) if times is None else times,
        (ROW, "truth"): truth,
        (ROW, "delivered"): np.zeros(row_count, dtype=bool) if delivered is None else delivered,
    }
    if unknown is not None:
        rows[ROW, "unknown"] = unknown
    if logged is not None:
        rows |= {(ROW, name): logged[name].array for name in ("served", "propensity")}
    rows |= {(SCORE, str(number)): columns[:, number] for number in range(columns.shape[1])}
    rows |= {(KEY, name): keys[name].array for name in keys.columns}
    rows |= {(SLICE, name): values for name, values in (slices or {}).items()}
    return LabelledFrame(scorer=scorer, frame=pd.DataFrame(rows))
