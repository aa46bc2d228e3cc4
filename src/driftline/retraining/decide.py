"""Whether to retrain: a pure function of the policy, what is known, and the time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from driftline.declaration import Retrain
from driftline.drift import Verdict
from driftline.sentences import decision_sentence
from driftline.store.decision_rows import Trigger

WEEK = timedelta(days=7)
MANY_LOSSES = 3  # in a row; from then on the cooldown counts double


class RetrainRule(StrEnum):
    """The rules of the decision; the first that applies decides."""

    RETRAIN = "retrain"
    NEWER_REPORT = "newer_report"
    NO_DRIFT = "no_drift"
    NOT_A_TRIGGER = "not_a_trigger"
    RETRAINING_RUNS = "retraining_runs"
    COOLDOWN = "cooldown"
    BUDGET_SPENT = "budget_spent"
    SERVES_NO_LONGER = "serves_no_longer"


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
        newer_report: a later report of the same pipeline; what it says counts instead.
        serving: whether the version it is about is still champion.
    """

    report_id: int
    verdict: Verdict
    drifted: tuple[str, ...]
    summary: str
    trigger: Verdict | None = None
    trigger_note: str = ""
    newer_report: int | None = None
    serving: bool = True


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
    """

    running: int | None
    last_start: datetime | None
    starts: tuple[datetime, ...] = ()
    lost: tuple[datetime, ...] = ()
    champion_since: datetime | None = None
    new_labels: int = 0


@dataclass(frozen=True, kw_only=True)
class RetrainDecision:
    """Whether to retrain, and why or why not.

    Attributes:
        rule: that decided.
        details: the values that it decided on, as JSON can hold them.
        trigger: what asks for a retraining, also where something blocks it; None where nothing asks.
        not_before: when a block ends, or by age the next retraining is due; None: no time is known.
    """

    rule: RetrainRule
    details: Mapping[str, Any]
    trigger: Trigger | None = None
    not_before: datetime | None = None

    @property
    def retrain(self) -> bool:
        """Return the answer."""
        return self.rule is RetrainRule.RETRAIN

    @property
    def reason(self) -> str:
        """Return rule and values as a sentence."""
        return decision_sentence(self.rule, self.details)


def decide(policy: Retrain, state: RetrainState, evidence: Evidence, now: datetime) -> RetrainDecision:
    """Return whether to retrain after a drift report.

    A retraining under way, the cooldown and the budget block; drift, age and new labels ask, the first of them is the
    trigger. A blocked drift is not forgotten: if it is still there when the block ends, the next report says so.
    """
    if evidence.newer_report is not None:
        newer = {"report_id": evidence.report_id, "newer_report": evidence.newer_report}
        return RetrainDecision(rule=RetrainRule.NEWER_REPORT, details=newer)
    drift = _drift(policy, evidence)
    asks = [*([] if drift is None else [drift]), *_due(policy, state, now)]
    if not asks:
        return _nothing_asks(policy, state, evidence)
    blocked = _block(policy, state, now, Trigger(asks[0]["trigger"]))
    if blocked is not None:
        return blocked
    if drift is not None and not evidence.serving:
        del asks[0]
    if not asks:
        return RetrainDecision(rule=RetrainRule.SERVES_NO_LONGER, details={"report_id": evidence.report_id})
    details = {"asks": asks, **_losses(state)}
    return RetrainDecision(rule=RetrainRule.RETRAIN, details=details, trigger=Trigger(asks[0]["trigger"]))


def _drift(policy: Retrain, evidence: Evidence) -> dict[str, Any] | None:
    """Return what the report asks with, or None."""
    cause: dict[str, Any] = {"trigger": Trigger.DRIFT.value, "report_id": evidence.report_id}
    if policy.trigger is not None and evidence.trigger is Verdict.DRIFT:
        return {**cause, "summary": evidence.trigger_note}
    if evidence.verdict is Verdict.DRIFT and set(evidence.drifted) & set(_triggers(policy)):
        return {**cause, "summary": evidence.summary}
    return None


def _triggers(policy: Retrain) -> tuple[str, ...]:
    """Return the kinds of drift alert that ask for a retraining; with a trigger of its own, performance does not."""
    if policy.trigger is None:
        return policy.on_drift
    return tuple(kind for kind in policy.on_drift if kind != "performance")


def _nothing_asks(policy: Retrain, state: RetrainState, evidence: Evidence) -> RetrainDecision:
    due = _age_due(policy, state)
    details: dict[str, Any] = {
        "report_id": evidence.report_id,
        "verdict": evidence.verdict.value,
        "summary": evidence.summary,
        "age_due": due.isoformat() if due else None,
        "new_labels": state.new_labels,
        "enough_labels": policy.min_new_labels,
    }
    if policy.trigger is not None:
        details["trigger_note"] = evidence.trigger_note or "It was made without the retrain trigger."
    if evidence.verdict is not Verdict.DRIFT:
        return RetrainDecision(rule=RetrainRule.NO_DRIFT, details=details, not_before=due)
    triggers = [*(["the retrain trigger"] if policy.trigger else []), *_triggers(policy)]
    details |= {"drifted": list(evidence.drifted), "triggers": triggers}
    return RetrainDecision(rule=RetrainRule.NOT_A_TRIGGER, details=details, not_before=due)


def _due(policy: Retrain, state: RetrainState, now: datetime) -> Iterator[dict[str, Any]]:
    """Give what asks for a retraining beside drift."""
    due = _age_due(policy, state)
    if due is not None and due <= now and state.champion_since is not None:
        since = state.champion_since.isoformat()
        yield {"trigger": Trigger.AGE.value, "since": since, "max_age": policy.max_age}
    if policy.min_new_labels is not None and state.new_labels >= policy.min_new_labels:
        yield {"trigger": Trigger.LABELS.value, "count": state.new_labels, "enough": policy.min_new_labels}


def _age_due(policy: Retrain, state: RetrainState) -> datetime | None:
    """Return when the champion is too old; a challenger that lost to it has renewed its term."""
    if policy.longest_tenure is None or state.champion_since is None:
        return None
    return max([state.champion_since, *state.lost[-1:]]) + policy.longest_tenure


def _block(policy: Retrain, state: RetrainState, now: datetime, trigger: Trigger) -> RetrainDecision | None:
    """Return what speaks against a retraining now, and until when; None if nothing does."""
    if state.running is not None:
        details: dict[str, Any] = {"decision_id": state.running}
        return RetrainDecision(rule=RetrainRule.RETRAINING_RUNS, details=details, trigger=trigger)
    futile = len(state.lost) >= MANY_LOSSES
    cooldown = policy.cooldown_time * (2 if futile else 1)
    if state.last_start is not None and now < state.last_start + cooldown:
        until = state.last_start + cooldown
        details = {
            "last_start": state.last_start.isoformat(),
            "until": until.isoformat(),
            "doubled": futile,
            **_losses(state),
        }
        return RetrainDecision(rule=RetrainRule.COOLDOWN, details=details, trigger=trigger, not_before=until)
    starts = [start for start in state.starts if start > now - WEEK]
    if len(starts) >= policy.budget_per_week:
        until = starts[-policy.budget_per_week] + WEEK
        details = {"starts": len(starts), "budget": policy.budget_per_week, "until": until.isoformat()}
        return RetrainDecision(rule=RetrainRule.BUDGET_SPENT, details=details, trigger=trigger, not_before=until)
    return None


def _losses(state: RetrainState) -> dict[str, int]:
    """Return how many challengers lost in a row, where that is many."""
    return {"lost": len(state.lost)} if len(state.lost) >= MANY_LOSSES else {}
