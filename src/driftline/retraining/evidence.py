"""What the decision to retrain looks at: a drift report, and what else is known of the pipeline."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from driftline.drift import Verdict
from driftline.health import Condition, Health, HealthRule
from driftline.retraining.looks import Look


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a drift report says, as far as the decision needs it.

    Attributes:
        report_id: the report.
        verdict: of the whole report.
        drifted: the kinds of alert that show drift.
        summary: the report in words.
        trigger: what the retrain trigger says; None where the report was made without one.
        trigger_note: that in words.
        newer_report: a report of the same pipeline that arrived together with it, on a later partition or made later;
            both are read together.
        serving: whether the version it is about is still champion.
        health: how the pipeline stood; None where no rule of recovery is declared.
        health_note: that in words.
    """

    report_id: int
    verdict: Verdict
    drifted: tuple[str, ...]
    summary: str
    trigger: Verdict | None = None
    trigger_note: str = ""
    newer_report: int | None = None
    serving: bool = True
    health: Health | None = None
    health_note: str = ""


def after_acceptance(health: Health, accepted_at: datetime | None) -> Health:
    """Return how a pipeline stands if a level was accepted since that was said: whatever was lost is given up."""
    if accepted_at is None or accepted_at < health.as_of:
        return health
    return replace(
        health,
        condition=Condition.SETTLED,
        rule=HealthRule.LEVEL_ACCEPTED,
        entered_at=None,
        changed_at=None,
        anchor_id=None,
        watched_from=None,
        rows_since_change=0,
    )


class StoredFinding(Protocol):
    """What the decision looks at of a finding, whether it was stored or not."""

    @property
    def kind(self) -> str:
        """Return what it is about."""

    @property
    def role(self) -> str:
        """Return whether it is an alert, or the trigger of a retraining."""

    @property
    def verdict(self) -> str:
        """Return what it says."""

    @property
    def note(self) -> str | None:
        """Return it as a sentence."""


def evidence_of(
    report_id: int,
    verdict: Verdict,
    summary: str,
    findings: Iterable[StoredFinding],
    *,
    serving: bool,
    newer_report: int | None = None,
    health: Health | None = None,
) -> Evidence:
    """Return what a drift report with its findings says to the decision."""
    findings = list(findings)
    alerts = [finding.kind for finding in findings if finding.role == "alert" and finding.verdict == Verdict.DRIFT]
    trigger = next((finding for finding in findings if finding.role == "trigger"), None)
    return Evidence(
        report_id=report_id,
        verdict=verdict,
        drifted=tuple(dict.fromkeys(alerts)),
        summary=summary,
        trigger=Verdict(trigger.verdict) if trigger else None,
        trigger_note=(trigger.note or "") if trigger else "",
        newer_report=newer_report,
        serving=serving,
        health=health,
        health_note=next((finding.note or "" for finding in findings if finding.role == "health"), ""),
    )


@dataclass(frozen=True, kw_only=True)
class RetrainState:
    """What else is known of a pipeline.

    Attributes:
        running: a decision whose retraining is under way.
        last_start: when the last retraining was started, failed ones included.
        starts: when retrainings were started in the last 7 days, failed ones included, oldest first.
        lost: when the retrainings since the last promotion were started whose challengers lost, oldest first.
        champion_since: when the champion took effect; None: nobody serves.
        new_labels: labelled rows since the champion's training, or since the last challenger that lost to it.
        looks: the retrainings that were judged, oldest first.
        training_length: how much time a training reads; 0 for a table.
        holdout_length: how much of that is its holdout, as declared.
        label_lag: how long after its event a label is known.
    """

    running: int | None
    last_start: datetime | None
    starts: tuple[datetime, ...] = ()
    lost: tuple[datetime, ...] = ()
    champion_since: datetime | None = None
    new_labels: int = 0
    looks: tuple[Look, ...] = ()
    training_length: timedelta = timedelta(0)
    holdout_length: timedelta = timedelta(0)
    label_lag: timedelta = timedelta(0)
