"""Whether the champion's loss rose enough to train a challenger."""

from collections.abc import Sequence
from dataclasses import replace

from driftline.drift.finding import Finding
from driftline.drift.performance import performance_finding, window_verdict
from driftline.drift.rules import PerformanceDrift, RetrainTrigger
from driftline.drift.status import Verdict
from driftline.metrics import Measurement, Task


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
        reference_labels: labelled rows of each reference window that has passed; without one that has enough of them
            the trigger is silent: too few rows.
        prediction_count: all predictions of the window, labelled or not; only said in the note.
    """
    rule = trigger.rule(task)
    there = sum(labels >= trigger.min_labels for labels in reference_labels)
    if not there:
        return _silent(trigger, rule, sum(reference_labels), window.row_count)
    found = window_verdict(rule, reference, window, prediction_count=prediction_count)
    return replace(
        performance_finding(rule, [found]),
        method="z test against the first live windows",
        role="trigger",
        note=f"{found.sentence} {_reference(there, trigger)}",
    )


def _reference(there: int, trigger: RetrainTrigger) -> str:
    windows = "window is" if there == 1 else f"{there} windows are"
    still = "" if there >= trigger.reference_windows else f", of {trigger.reference_windows} to come"
    return f"The champion's first live {windows} the reference{still}."


def _silent(trigger: RetrainTrigger, rule: PerformanceDrift, reference_rows: int, analysis_rows: int) -> Finding:
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
        note=f"{rule.metric}: the retrain trigger is silent until the champion's first live window of "
        f"{trigger.window} has {trigger.min_labels} labels, and another one has come.",
        role="trigger",
    )
