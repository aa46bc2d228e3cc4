"""Whether the champion's loss rose enough to train a challenger."""

from collections.abc import Sequence
from dataclasses import replace

from driftline.drift.finding import Finding
from driftline.drift.performance import performance_finding, window_verdict
from driftline.drift.rules import PerformanceDrift, RetrainTrigger
from driftline.drift.status import Verdict
from driftline.evaluation import Measurement, Task


def trigger_finding(
    trigger: RetrainTrigger,
    task: Task,
    reference: Measurement,
    window: Measurement,
    *,
    reference_labels: Sequence[int],
    prediction_count: int | None = None,
) -> Finding:
    """Return whether one window is worse than the champion's first live windows, marked as the trigger's.

    Args:
        trigger: what was declared.
        task: of the model; decides the metric where none is declared.
        reference: the metric over all rows of the reference windows.
        window: the metric over the labelled rows of a window after them.
        reference_labels: labelled rows of each reference window that has passed; with too few windows, or too few
            labels in one of them, the trigger is silent: too few rows.
        prediction_count: all predictions of the window, labelled or not; only said in the note.
    """
    rule = trigger.rule(task)
    there = sum(labels >= trigger.min_labels for labels in reference_labels)
    if there < trigger.reference_windows:
        return _silent(trigger, rule, there, sum(reference_labels), window.row_count)
    found = window_verdict(rule, reference, window, prediction_count=prediction_count)
    return replace(
        performance_finding(rule, [found]),
        method="z test against the first live windows",
        role="trigger",
        note=f"{found.sentence} The reference is the champion's first {trigger.reference_windows} live windows.",
    )


def _silent(
    trigger: RetrainTrigger, rule: PerformanceDrift, there: int, reference_rows: int, analysis_rows: int
) -> Finding:
    needed = f"the champion's first {trigger.reference_windows} live windows"
    return Finding(
        kind="performance",
        name=rule.metric,
        method="z test against the first live windows",
        statistic=None,
        effect_name="drop",
        effect=None,
        threshold=None,
        p_value=None,
        reference_rows=reference_rows,
        analysis_rows=analysis_rows,
        verdict=Verdict.TOO_FEW_ROWS,
        note=f"{rule.metric}: the retrain trigger is silent, {there} of {needed} are there with their labels.",
        role="trigger",
    )
