"""Whether to retrain: a pure function of the policy, what is known, and the time."""

from dataclasses import dataclass
from datetime import datetime

from driftline.declaration import Retrain
from driftline.drift import Verdict


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a drift report says, as far as the decision needs it.

    Attributes:
        report_id: the report.
        verdict: of the whole report.
        drifted: the kinds of finding that show drift.
        summary: the report in words.
        newer_report: a later report of the same pipeline; what it says counts instead.
        serving: whether the version it is about is still champion.
    """

    report_id: int
    verdict: Verdict
    drifted: tuple[str, ...]
    summary: str
    newer_report: int | None = None
    serving: bool = True


@dataclass(frozen=True, kw_only=True)
class State:
    """What else is known of a pipeline.

    Attributes:
        running: a decision whose retraining is under way.
        last_start: when the last retraining was started, failed ones included.
    """

    running: int | None
    last_start: datetime | None


@dataclass(frozen=True, kw_only=True)
class RetrainDecision:
    """Whether to retrain, and why or why not."""

    retrain: bool
    reason: str


def decide(  # noqa: PLR0911  (each return is a rule; the first that speaks decides)
    policy: Retrain, state: State, evidence: Evidence, now: datetime
) -> RetrainDecision:
    """Return whether a drift report calls for a retraining; the first rule that speaks decides.

    A blocked drift is not forgotten: if it is still there when the block ends, the next report says so.
    """
    if evidence.verdict is not Verdict.DRIFT:
        return _no(f"report {evidence.report_id} says {evidence.verdict}: {evidence.summary}")
    if evidence.newer_report is not None:
        return _no(f"report {evidence.report_id} is older than report {evidence.newer_report}, which counts instead")
    if not set(evidence.drifted) & set(policy.on_drift):
        kinds = " and ".join(evidence.drifted)
        return _no(
            f"{kinds} drift alone is for people to look at, the policy retrains on {_kinds(policy)}. {evidence.summary}"
        )
    if state.running is not None:
        return _no(f"the retraining of decision {state.running} is under way")
    if state.last_start is not None and now < state.last_start + policy.cooldown_time:
        until = state.last_start + policy.cooldown_time
        return _no(f"the last one started at {_minute(state.last_start)}, the cooldown lasts until {_minute(until)}")
    if not evidence.serving:
        return _no(f"report {evidence.report_id} is about a version that serves no longer")
    return RetrainDecision(retrain=True, reason=f"Retrain: {evidence.summary}")


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _kinds(policy: Retrain) -> str:
    return " or ".join(policy.on_drift) or "no kind of drift"


def _no(why: str) -> RetrainDecision:
    return RetrainDecision(retrain=False, reason=f"No retraining: {why.rstrip('.')}.")
