"""One statement about drift with its evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from driftline.drift.verdict import FindingRule, Verdict
from driftline.sentences import Value, finding_sentence

FindingKind = Literal["performance", "column", "prediction", "multivariate"]
FindingRole = Literal["alert", "trigger", "health"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one check found, as plain numbers and text that JSON can hold.

    Attributes:
        kind: of the model's performance, of one column, of the predictions, or of
            all columns together.
        name: the metric, the column or columns, or what is predicted.
        method: the test, and for a column what was tested ("missing share", "non-finite share").
        verdict: ok, drift, degraded, too_few_rows or undefined.
        rule: which rule of decision the verdict follows from.
        values: what the sentence about it is made of; numbers are finite.
        statistic: the test's statistic; None where nothing was tested.
        effect_name: what `effect` measures.
        effect: size of the change; 0.0 is none. For performance, how much worse (negative is better).
        threshold: the effect from which on a significant change counts. For a rule with `below` or `above`,
            the declared level of the metric.
        p_value: of the test; for a column Holm-adjusted over all checks of the report. None without a test.
        reference_rows: rows of the reference that were used.
        analysis_rows: rows of the analysis window that were used.
        role: which rule it serves: an alert or the health of the pipeline, which make the report's verdict, or the
            trigger of a retraining.
    """

    kind: FindingKind
    name: str
    method: str
    verdict: Verdict
    rule: FindingRule
    values: Mapping[str, Value]
    statistic: float | None = None
    effect_name: str | None = None
    effect: float | None = None
    threshold: float | None = None
    p_value: float | None = None
    reference_rows: int = 0
    analysis_rows: int = 0
    role: FindingRole = "alert"

    @property
    def note(self) -> str:
        """Return the finding as a sentence."""
        return finding_sentence(self.rule, self.values)

    def to_row(self) -> dict[str, Any]:
        """Return what a table stores of it: its values as details, and its sentence."""
        stored = asdict(self)
        return {**stored, "details": dict(stored.pop("values")), "note": self.note}


def overall_verdict(findings: Iterable[Finding]) -> Verdict:
    """Return drift if any finding is, else degraded, else ok if any was evaluated, else why none was."""
    verdicts = {finding.verdict for finding in findings}
    for verdict in (Verdict.DRIFT, Verdict.DEGRADED, Verdict.OK, Verdict.TOO_FEW_ROWS):
        if verdict in verdicts:
            return verdict
    return Verdict.UNDEFINED
