"""Whether to retrain: a pure function of the policy, what is known, and the time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from driftline.declaration import Retrain
from driftline.drift import Finding, Verdict
from driftline.store.drift_rows import DriftFindingRow

Trigger = Literal["drift", "age", "labels"]

WEEK = timedelta(days=7)
MANY_LOSSES = 3  # in a row; from then on the cooldown counts double


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


def evidence_of(
    report_id: int,
    verdict: Verdict,
    summary: str,
    findings: Sequence[Finding | DriftFindingRow],
    *,
    serving: bool,
    newer_report: int | None = None,
) -> Evidence:
    """Return what a drift report with its findings says to the decision."""
    alerts = [found.kind for found in findings if found.role == "alert" and found.verdict == Verdict.DRIFT]
    trigger = next((found for found in findings if found.role == "trigger"), None)
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
class State:
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
        retrain: the answer.
        reason: the rule that spoke with its values, in words.
        trigger: what asks for a retraining, also where something blocks it; None where nothing asks.
        not_before: when a block ends, or by age the next retraining is due; None: no time is known.
    """

    retrain: bool
    reason: str
    trigger: Trigger | None = None
    not_before: datetime | None = None


def decide(policy: Retrain, state: State, evidence: Evidence, now: datetime) -> RetrainDecision:
    """Return whether to retrain after a drift report.

    A retraining under way, the cooldown and the budget block; drift, age and new labels ask, the first of them is the
    trigger. A blocked drift is not forgotten: if it is still there when the block ends, the next report says so.
    """
    if evidence.newer_report is not None:
        return _no(f"report {evidence.report_id} is older than report {evidence.newer_report}, which counts instead")
    drift, no_drift = _drift(policy, evidence)
    asking: list[tuple[Trigger, str]] = [("drift", drift)] if drift else []
    asking += _due(policy, state, now)
    if not asking:
        return _no(" ".join([_sentence(no_drift), *_outlook(policy, state)]), not_before=_age_due(policy, state))
    blocked = _block(policy, state, now)
    if blocked is not None:
        why, until = blocked
        return _no(why, trigger=asking[0][0], not_before=until)
    if drift and not evidence.serving:
        del asking[0]
    if not asking:
        return _no(f"report {evidence.report_id} is about a version that serves no longer")
    trigger = asking[0][0]
    said = " Also: ".join(_sentence(why) for _, why in asking)
    return RetrainDecision(retrain=True, reason=f"Retrain: {said}{_futile(state)}", trigger=trigger)


def _drift(policy: Retrain, evidence: Evidence) -> tuple[str, str]:
    """Return what the report asks with, or why it does not; one of the two is empty."""
    apart = policy.trigger is not None
    if apart and evidence.trigger is Verdict.DRIFT:
        return evidence.trigger_note, ""
    note = f" {evidence.trigger_note or 'It was made without the retrain trigger.'}" if apart else ""
    if evidence.verdict is not Verdict.DRIFT:
        return "", f"report {evidence.report_id} says {evidence.verdict}: {evidence.summary}{note}"
    asking = set(policy.on_drift) - ({"performance"} if apart else set())
    if not set(evidence.drifted) & asking:
        kinds = " and ".join(evidence.drifted)
        what = f"its trigger{''.join(f' or {kind}' for kind in sorted(asking))}" if apart else _kinds(policy)
        people = f"{kinds} drift alone is for people to look at, the policy retrains on {what}"
        return "", f"{people}. {evidence.summary}{note}"
    return evidence.summary, ""


def _due(policy: Retrain, state: State, now: datetime) -> Iterator[tuple[Trigger, str]]:
    """Give what asks for a retraining beside drift."""
    due = _age_due(policy, state)
    if due is not None and due <= now:
        yield "age", f"the champion serves since {_minute(state.champion_since)}, longer than {policy.max_age}"
    if policy.min_new_labels is not None and state.new_labels >= policy.min_new_labels:
        yield "labels", f"{state.new_labels} new labels, of {policy.min_new_labels} that are worth a retraining"


def _age_due(policy: Retrain, state: State) -> datetime | None:
    """Return when the champion is too old; a challenger that lost to it has renewed its term."""
    if policy.longest_service is None or state.champion_since is None:
        return None
    return max([state.champion_since, *state.lost[-1:]]) + policy.longest_service


def _block(policy: Retrain, state: State, now: datetime) -> tuple[str, datetime | None] | None:
    """Return what speaks against a retraining now, and until when; None if nothing does."""
    if state.running is not None:
        return f"the retraining of decision {state.running} is under way", None
    futile = len(state.lost) >= MANY_LOSSES
    cooldown = policy.cooldown_time * (2 if futile else 1)
    if state.last_start is not None and now < state.last_start + cooldown:
        until = state.last_start + cooldown
        counted = ", counted double" if futile else ""
        why = f"the last one started at {_minute(state.last_start)}, the cooldown lasts until {_minute(until)}{counted}"
        return f"{why}.{_futile(state)}", until
    starts = [start for start in state.starts if start > now - WEEK]
    if len(starts) >= policy.budget_per_week:
        until = starts[-policy.budget_per_week] + WEEK
        why = f"{len(starts)} were started in the last 7 days of a budget of {policy.budget_per_week}"
        return f"{why}, the next may start at {_minute(until)}", until
    return None


def _outlook(policy: Retrain, state: State) -> Iterator[str]:
    """Give when what does not ask yet will."""
    due = _age_due(policy, state)
    if due is not None:
        yield f"By age at {_minute(due)}."
    if policy.min_new_labels is not None:
        yield f"{state.new_labels} of {policy.min_new_labels} new labels."


def _futile(state: State) -> str:
    lost = len(state.lost)
    return f" Retraining does not help: the last {lost} challengers lost." if lost >= MANY_LOSSES else ""


def _minute(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _kinds(policy: Retrain) -> str:
    return " or ".join(policy.on_drift) or "no kind of drift"


def _sentence(text: str) -> str:
    return f"{text.rstrip('.')}."


def _no(why: str, *, trigger: Trigger | None = None, not_before: datetime | None = None) -> RetrainDecision:
    return RetrainDecision(
        retrain=False, reason=f"No retraining: {why.rstrip('.')}.", trigger=trigger, not_before=not_before
    )
