"""How a pipeline stands against the level that it has reached, as a finding of a report."""

from driftline.drift import Finding, FindingRule, Verdict
from driftline.health import LOSSES, Health, HealthRule
from driftline.metrics import Task

_UNKNOWN = frozenset({HealthRule.NO_LEVEL, HealthRule.TOO_FEW_LABELS})


def health_finding(health: Health, task: Task) -> Finding:
    """Return the finding: degraded while the level is lost, ok while it is kept."""
    loss, level = health.loss, health.level
    verdict = Verdict.OK if health.is_settled else Verdict.DEGRADED
    if health.is_settled and health.rule in _UNKNOWN:
        verdict = Verdict.TOO_FEW_ROWS
    return Finding(
        kind="performance",
        name=LOSSES[task],
        method="level of the pipeline",
        verdict=verdict,
        rule=FindingRule(health.rule.value),
        values=health.values(LOSSES[task]),
        effect_name="rise",
        effect=None if loss is None or level is None else loss.value - level,
        threshold=level,
        analysis_rows=loss.row_count if loss else 0,
        role="health",
    )
