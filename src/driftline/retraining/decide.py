"""Whether to retrain: a pure function of the policy, what is known, and the time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from driftline.declaration import Retrain
from driftline.drift import RetrainTrigger, Verdict
from driftline.health import Recovery
from driftline.retraining.evidence import Evidence, RetrainState
from driftline.retraining.looks import LookPlan, LookRule, plan_look
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
    LEVEL_ACCEPTED = "level_accepted"


@dataclass(frozen=True, kw_only=True)
class RetrainDecision:
    """Whether to retrain, and why or why not.

    Attributes:
        rule: that decided.
        details: the values that it decided on, as JSON can hold them.
        trigger: what asks for a retraining, also where something blocks it; None where nothing asks.
        not_before: when a block ends, or by age the next retraining is due; None: no time is known.
        accepted_level: the mean loss that is the level from now on; None: it stays.
    """

    rule: RetrainRule
    details: Mapping[str, Any]
    trigger: Trigger | None = None
    not_before: datetime | None = None
    accepted_level: float | None = None

    @property
    def retrain(self) -> bool:
        """Return the answer."""
        return self.rule is RetrainRule.RETRAIN

    @property
    def reason(self) -> str:
        """Return rule and values as a sentence."""
        return decision_sentence(self.rule, self.details)


def decide(
    policy: Retrain, state: RetrainState, evidence: Evidence, now: datetime, *, older: Sequence[Evidence] = ()
) -> RetrainDecision:
    """Return whether to retrain after a drift report.

    A retraining under way, the cooldown and the budget block; drift, age and new labels ask, the first of them is the
    trigger. A blocked drift is not forgotten: if it is still there when the block ends, the next report says so.

    Args:
        policy: what was declared.
        state: what else is known of the pipeline.
        evidence: the report.
        now: the time that counts.
        older: reports that arrived together with it, newest first. They are read with it: what one of them shows of
            the version that serves is drift, too. Health needs them not, it remembers.
    """
    if evidence.newer_report is not None:
        newer = {"report_id": evidence.report_id, "newer_report": evidence.newer_report}
        return RetrainDecision(rule=RetrainRule.NEWER_REPORT, details=newer)
    plan = _look_plan(policy, state, evidence, now)
    if plan is not None and plan.accept is not None and state.running is None:
        return RetrainDecision(
            rule=RetrainRule.LEVEL_ACCEPTED,
            details=_accepted_details(evidence, state, plan.accept),
            accepted_level=plan.accept,
        )
    shown = _shown(policy, (evidence, *older), plan)
    drift = _drift(policy, shown, plan)
    asks = [*([] if drift is None else [drift]), *_due(policy, state, now)]
    if not asks:
        return _nothing_asks(policy, state, evidence, plan)
    blocked = _block(policy, state, now, Trigger(asks[0]["trigger"]))
    if blocked is not None:
        return blocked
    if drift is not None and not shown.serving and "look" not in drift:  # health is the pipeline's, not a version's
        del asks[0]
    if not asks:
        return RetrainDecision(rule=RetrainRule.SERVES_NO_LONGER, details={"report_id": evidence.report_id})
    details = {"asks": asks, **_losses(state), **({"plan": plan.details()} if plan else {})}
    return RetrainDecision(rule=RetrainRule.RETRAIN, details=details, trigger=Trigger(asks[0]["trigger"]))


def _look_plan(policy: Retrain, state: RetrainState, evidence: Evidence, now: datetime) -> LookPlan | None:
    """Return whether health asks for a look; None where no rule of recovery is declared, or nobody serves."""
    if evidence.health is None or not isinstance(policy.trigger, Recovery) or state.champion_since is None:
        return None
    return plan_look(
        policy.trigger,
        evidence.health,
        state.looks,
        now,
        training_length=state.training_length,
        holdout_length=state.holdout_length,
        label_lag=state.label_lag,
        champion_since=state.champion_since,
    )


def _accepted_details(evidence: Evidence, state: RetrainState, level: float) -> dict[str, Any]:
    health = evidence.health
    entered = health.entered_at if health else None
    looks = [look for look in state.looks if entered is not None and look.at >= entered]
    return {
        "report_id": evidence.report_id,
        "level": level,
        "level_before": health.level if health else None,
        "changed_at": health.changed_at.isoformat() if health and health.changed_at else None,
        "looks": len(looks),
        "lost": sum(not look.won for look in looks),
        "rows_since_change": health.rows_since_change if health else 0,
    }


def _shown(policy: Retrain, reports: Sequence[Evidence], plan: LookPlan | None) -> Evidence:
    """Return the report that counts: the newest that asks for a retraining of what serves, else the newest."""
    asking = (one for one in reports if one.serving and _drift(policy, one, plan) is not None)
    return next(asking, reports[0])


def _drift(policy: Retrain, evidence: Evidence, plan: LookPlan | None) -> dict[str, Any] | None:
    """Return what the report asks with, or None."""
    cause: dict[str, Any] = {"trigger": Trigger.DRIFT.value, "report_id": evidence.report_id}
    if plan is not None and plan.rule is not None:
        by_age = plan.rule is LookRule.TIME_HAS_PASSED
        trigger = Trigger.AGE if by_age else Trigger.DRIFT
        return {**cause, "trigger": trigger.value, "look": plan.rule.value, "summary": evidence.health_note}
    if isinstance(policy.trigger, RetrainTrigger) and evidence.trigger is Verdict.DRIFT:
        return {**cause, "summary": evidence.trigger_note}
    if evidence.verdict is Verdict.DRIFT and set(evidence.drifted) & set(_triggers(policy, plan)):
        return {**cause, "summary": evidence.summary}
    return None


def _triggers(policy: Retrain, plan: LookPlan | None) -> tuple[str, ...]:
    """Return the kinds of drift alert that ask for a retraining; with a rule of its own, performance does not."""
    if plan is None and not isinstance(policy.trigger, RetrainTrigger):
        return policy.on_drift
    return tuple(kind for kind in policy.on_drift if kind != "performance")


def _nothing_asks(policy: Retrain, state: RetrainState, evidence: Evidence, plan: LookPlan | None) -> RetrainDecision:
    due = min(filter(None, [_age_due(policy, state), plan.next_at if plan else None]), default=None)
    details: dict[str, Any] = {
        "report_id": evidence.report_id,
        "verdict": evidence.verdict.value,
        "summary": evidence.summary,
        "age_due": due.isoformat() if due else None,
        "new_labels": state.new_labels,
        "enough_labels": policy.min_new_labels,
    }
    if plan is not None:
        details["plan"] = plan.details()
    if isinstance(policy.trigger, RetrainTrigger):
        details["trigger_note"] = evidence.trigger_note or "It was made without the retrain trigger."
    if evidence.verdict is not Verdict.DRIFT:
        return RetrainDecision(rule=RetrainRule.NO_DRIFT, details=details, not_before=due)
    own = isinstance(policy.trigger, RetrainTrigger)
    triggers = [*(["the retrain trigger"] if own else []), *_triggers(policy, plan)]
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
