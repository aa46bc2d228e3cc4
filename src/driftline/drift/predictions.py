"""Whether the champion predicts otherwise than it did on its holdout."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import numpy as np

from driftline.clock import parse_duration
from driftline.drift.column_limits import ColumnLimits
from driftline.drift.column_tests import counts_of, judged, value_test
from driftline.drift.finding import Finding
from driftline.drift.rule import Need, ServiceView
from driftline.drift.verdict import FindingRule, Verdict
from driftline.metrics import Task, most_probable
from driftline.profiles import ColumnCounts, ReferenceProfile

_DIGITS = 9  # of a probability; what differs beyond is rounding


@dataclass(frozen=True, kw_only=True)
class PredictionDrift:
    """When the champion's predictions in a window differ from those on its holdout.

    It needs no labels, so it is the earliest signal. Probabilities, or predicted numbers, are tested like a numeric
    column and the shares of the predicted classes like categories, by the same policy as `DataDrift`. The reference
    is the champion's scores on its holdout, since those on its training rows are too sure; it moves with a promotion.

    Attributes:
        window: length of a window, like "7d" or "48h".
        alpha: chance that a report without drift names any of the predictions, in (0, 1).
        min_rows: predictions that are needed, of the holdout and of the window.
        min_wasserstein: Wasserstein-1 distance of the scores in standard deviations of the reference.
        min_ks: Kolmogorov-Smirnov distance of the scores, in [0, 1]; reaching this or the former counts.
        min_tvd: share of the predictions that changed class.

    Raises:
        InvalidDriftRuleError: a value breaks its rule.
        InvalidTimeError: `window` is not a length.
    """

    window: str = "7d"
    alpha: float = ColumnLimits.alpha
    min_rows: int = ColumnLimits.min_rows
    min_wasserstein: float = ColumnLimits.min_wasserstein
    min_ks: float = ColumnLimits.min_ks
    min_tvd: float = ColumnLimits.min_tvd

    needs: ClassVar[frozenset[Need]] = frozenset({Need.PREDICTION_PROFILE})
    tenure_span: ClassVar[timedelta] = timedelta(0)

    def __post_init__(self) -> None:
        parse_duration(self.window)
        ColumnLimits.of(self)

    @property
    def length(self) -> timedelta:
        """Return the length of a window."""
        return parse_duration(self.window)

    @property
    def reach(self) -> timedelta:
        """Return how far back one report reaches: its one window."""
        return self.length

    def findings(self, view: ServiceView) -> Iterable[Finding]:
        """Return what the predictions of the newest window show."""
        counts = view.prediction_counts(view.window(self.length))
        return prediction_findings(view.prediction_profile(), counts, self)


def prediction_columns(task: Task, scores: np.ndarray, classes: Sequence[object]) -> dict[str, np.ndarray]:
    """Return what is compared of predictions, by name: the scores, and the predicted classes as text.

    A tie of two classes goes to the first one also where it is broken by rounding, which differs between batches.

    Args:
        task: what the scores mean.
        scores: shape (n_rows,), or (n_rows, n_classes) for multiclass.
        classes: names of the classes in their order; not asked for in a regression.
    """
    if task is Task.REGRESSION:
        return {"prediction": scores}
    named = np.array([str(label) for label in classes], dtype=object)
    probabilities = {"probability": scores}
    if task is Task.MULTICLASS:
        probabilities = {f"probability of {name}": scores[:, place] for place, name in enumerate(named)}
    return {**probabilities, "predicted class": named[most_probable(task, scores.round(_DIGITS))]}


def prediction_findings(
    reference: ReferenceProfile | None, counts: Mapping[str, ColumnCounts], rule: PredictionDrift
) -> tuple[Finding, ...]:
    """Return what was found in the scores and in the predicted classes; p-values are Holm-adjusted over them.

    Args:
        reference: of the champion's predictions on its holdout; None for a version that was trained without one.
        counts: of the window's predictions on the bins of `reference`, by name.
        rule: what was declared.

    Raises:
        SchemaDriftError: the window's predictions are about other classes.
        InvalidProfileError: counts were taken on the bins of another reference.
    """
    if reference is None:
        return (
            Finding(
                kind="prediction",
                name="predictions",
                method="none",
                verdict=Verdict.UNDEFINED,
                rule=FindingRule.NO_REFERENCE,
                values={"need": Need.PREDICTION_PROFILE},
            ),
        )
    limits = ColumnLimits.of(rule)
    checks = [
        value_test(profile, counts_of(profile, counts), limits, kind="prediction") for profile in reference.columns
    ]
    return tuple(judged(checks, limits, kind="prediction"))
