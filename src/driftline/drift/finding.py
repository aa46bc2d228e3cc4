"""One statement about drift with its evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from driftline.drift.status import Verdict

FindingKind = Literal["performance", "column", "prediction", "multivariate"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one check found, as plain numbers and text that JSON can hold.

    Attributes:
        kind: of the model's performance, of one column, of the predictions, or of
            all columns together.
        name: the metric, the column or columns, or what is predicted.
        method: the test, and for a column what was tested ("missing share", "non-finite share").
        statistic: the test's statistic; None where nothing was tested.
        effect_name: what `effect` measures.
        effect: size of the change; 0.0 is none. For performance, how much worse (negative is better).
        threshold: the effect from which on a significant change counts. For a rule with `below` or `above`,
            the declared level of the metric.
        p_value: of the test; for a column Holm-adjusted over all checks of the report. None without a test.
        reference_rows: rows of the reference that were used.
        analysis_rows: rows of the analysis window that were used.
        verdict: ok, drift, too_few_rows or undefined.
        note: a sentence for people.
        role: which rule it serves: an alert, which makes the report's verdict, or the trigger of a retraining.
    """

    kind: FindingKind
    name: str
    method: str
    statistic: float | None
    effect_name: str | None
    effect: float | None
    threshold: float | None
    p_value: float | None
    reference_rows: int
    analysis_rows: int
    verdict: Verdict
    note: str | None
    role: Literal["alert", "trigger"] = "alert"


def overall_verdict(findings: Iterable[Finding]) -> Verdict:
    """Return drift if any finding is, else ok if any was evaluated, else why none was."""
    verdicts = {finding.verdict for finding in findings}
    for verdict in (Verdict.DRIFT, Verdict.OK, Verdict.TOO_FEW_ROWS):
        if verdict in verdicts:
            return verdict
    return Verdict.UNDEFINED
