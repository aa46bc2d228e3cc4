"""A challenger against a champion on the same rows."""

from dataclasses import dataclass

import numpy.typing as npt

from driftline.metrics.measurement import Measurement
from driftline.metrics.metrics import measure_rows, metric
from driftline.metrics.rows import scored_rows
from driftline.metrics.significance import PairedTest
from driftline.metrics.task import Task


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How much better a challenger is than a champion, with the evidence.

    Attributes:
        metric: the metric's name.
        champion: its measurement.
        challenger: its measurement.
        gain: how much better the challenger is, in the metric's unit and whatever its direction; 0.0 is a
            tie, negative is worse, None is not known.
        standard_error: of the gain; None without a test.
        ci_low: lower end of the two-sided 95 % interval of the gain.
        ci_high: its upper end.
        p_value: one-sided, of the hypothesis that the challenger is not better; 0.5 for a tie, None without
            a test.
        p_value_two_sided: of the hypothesis that both are equal; 1.0 for a tie.
        method: the paired test.
        note: why something is None, or that the models tie.
    """

    metric: str
    champion: Measurement
    challenger: Measurement
    gain: float | None
    standard_error: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    p_value_two_sided: float | None
    method: str
    note: str | None


def compare(
    metric_name: str,
    task: Task,
    truth: npt.ArrayLike,
    champion_scores: npt.ArrayLike,
    challenger_scores: npt.ArrayLike,
    *,
    seed: int = 0,
) -> Comparison:
    """Return the paired comparison of two models that scored the same rows.

    AUROC is compared by DeLong's test, other metrics of the order of scores by the z test of what each row adds,
    accuracy by McNemar's mid-p, mean losses by the paired t test, RMSE by the t test on squared errors, all others by a
    paired bootstrap of which `seed` chooses the draws. Rows count as independent: on a stream whose errors follow each
    other the intervals are too short.

    Raises:
        InvalidScoresError: truth or a model's scores break the rules of `task`; a NaN never wins.
        UnknownMetricError: no metric has that name.
        UnknownMetricError: it is not defined for `task`.
    """
    entry = metric(metric_name, task)
    champion = scored_rows(task, truth, champion_scores)
    challenger = scored_rows(task, truth, challenger_scores)
    if champion.row_count:
        test = entry.paired_test(champion, challenger, seed)
    else:
        test = PairedTest(method="none", gain=None, note="no rows")
    return Comparison(
        metric=entry.name,
        champion=measure_rows(entry.name, champion),
        challenger=measure_rows(entry.name, challenger),
        gain=test.gain,
        standard_error=test.standard_error,
        ci_low=test.ci_low,
        ci_high=test.ci_high,
        p_value=test.p_value,
        p_value_two_sided=test.p_value_two_sided,
        method=test.method,
        note=test.note,
    )
