"""Whether the champion says other things than it said on its holdout."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from driftline.drift.columns import counts_of, judged, value_finding
from driftline.drift.finding import Finding
from driftline.drift.shift_rules import PredictionDrift
from driftline.drift.status import Verdict
from driftline.metrics import Task, most_probable
from driftline.profiles import ColumnCounts, ReferenceProfile


def prediction_columns(task: Task, scores: np.ndarray, classes: Sequence[object]) -> dict[str, np.ndarray]:
    """Return what is compared of predictions, by name: the scores, and the predicted classes as text.

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
    return {**probabilities, "predicted class": named[most_probable(task, scores)]}


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
        BinsMismatchError: counts were taken on the bins of another reference.
    """
    if reference is None:
        return (_no_reference(),)
    found = [value_finding(profile, counts_of(profile, counts), rule.rule) for profile in reference.columns]
    return tuple(replace(finding, kind="prediction") for finding in judged(found, rule.rule))


def _no_reference() -> Finding:
    return Finding(
        kind="prediction",
        name="predictions",
        method="none",
        statistic=None,
        effect_name=None,
        effect=None,
        threshold=None,
        p_value=None,
        reference_rows=0,
        analysis_rows=0,
        verdict=Verdict.UNDEFINED,
        note="No reference: what this version says of its holdout was not kept. The next champion brings one.",
    )
