"""A decision as it is remembered: a question, the events of its life, and the comparison that it stands on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from driftline.store.decision_rows import DecisionKind, DecisionStatus, Trigger

Value = TypeVar("Value")

_ENDED = frozenset(
    {
        DecisionStatus.PROMOTED,
        DecisionStatus.KEPT,
        DecisionStatus.FAILED,
        DecisionStatus.CANCELLED,
        DecisionStatus.ACCEPTED,
    }
)


@dataclass(frozen=True, kw_only=True)
class DecisionEvent:
    """Something that happened to a decision.

    Attributes:
        status: what.
        recorded_at: when it was stored.
        actor: who.
        rule: the code of the rule that decided.
        details: the values that it decided on.
        text: both as a sentence.
        attempt: of the training, from 1.
        dagster_run_id: the Dagster run it happened in.
        challenger_version_id: who was trained or judged.
        holdout_version_id: the rows that it was scored on.
        serving_version_id: the champion from then on.
    """

    status: DecisionStatus
    recorded_at: datetime
    actor: str
    rule: str
    details: Mapping[str, Any]
    text: str
    attempt: int = 1
    dagster_run_id: str | None = None
    challenger_version_id: int | None = None
    holdout_version_id: int | None = None
    serving_version_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class AdjudicationSlice:
    """A challenger against the champion on the rows that share a value; `note` says why there is no comparison."""

    slice_column: str
    slice_value: str
    champion_score: float | None
    challenger_score: float | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    standard_error: float | None
    row_count: int
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Adjudication:
    """The comparison of a challenger with the champion on one holdout, and the rule that decided on it.

    Attributes:
        challenger_version_id: who was judged.
        champion_version_id: with whom it was compared; None: there was no champion.
        holdout_version_id: on which rows; None for a bandit, whose rewards are of production.
        metric: of the scores.
        champion_score: None without a champion.
        challenger_score: None where it is undefined.
        gain: how much better the challenger is, in the metric's unit; negative is worse.
        gain_low: lower end of its 95 % interval.
        gain_high: upper end.
        standard_error: of the gain.
        method: the paired test.
        p_value: one-sided.
        p_value_two_sided: of the hypothesis that both are equal.
        note: why something is None.
        promote: the answer.
        rule: that gave it.
        details: the values that it decided on.
        guardrails: what the policy asked for beside the gain.
        slices: every slice that was compared.
    """

    challenger_version_id: int
    champion_version_id: int | None = None
    holdout_version_id: int | None = None
    metric: str
    champion_score: float | None = None
    challenger_score: float | None = None
    gain: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None
    standard_error: float | None = None
    method: str | None = None
    p_value: float | None = None
    p_value_two_sided: float | None = None
    note: str | None = None
    promote: bool
    rule: str
    details: Mapping[str, Any]
    guardrails: Mapping[str, Any] = field(default_factory=dict)
    slices: tuple[AdjudicationSlice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A question about a model, and its life so far.

    Attributes:
        id: of its row.
        model_id: of the model's row.
        kind: what is decided.
        trigger: what asked.
        actor: who asked.
        as_of: the time that was decided at; a replay dates it back.
        recorded_at: when it was stored.
        drift_report_id: the report that it is an answer to.
        declaration_digest: the declaration that was in force.
        events: oldest first; at least one.
        adjudication: the comparison that it stands on.
    """

    id: int
    model_id: int
    kind: DecisionKind
    trigger: Trigger
    actor: str
    as_of: datetime
    recorded_at: datetime
    drift_report_id: int | None
    declaration_digest: str | None
    events: tuple[DecisionEvent, ...]
    adjudication: Adjudication | None = None

    @property
    def status(self) -> DecisionStatus:
        """Return where it stands."""
        return self.events[-1].status

    @property
    def reason(self) -> str:
        """Return why it was asked for, or declined, as a sentence."""
        return self.events[0].text

    @property
    def outcome(self) -> str | None:
        """Return what became of it as a sentence; None while it goes on, or where it was declined."""
        return self.events[-1].text if self.status in _ENDED else None

    @property
    def attempt(self) -> int:
        """Return the number of the training's newest attempt, from 1."""
        return self.events[-1].attempt

    @property
    def tried(self) -> int:
        """Return of how many candidates the challenger was the best on its holdout; 1 where none was chosen."""
        trained = [event.details for event in self.events if event.status is DecisionStatus.TRAINED]
        return max(1, *(len(details.get("candidates", ())) for details in trained)) if trained else 1

    @property
    def started_at(self) -> datetime | None:
        """Return when the newest training started; None: none did."""
        return self._newest_time(DecisionStatus.TRAINING)

    @property
    def judged_at(self) -> datetime | None:
        """Return when challenger and champion were compared; None: they were not."""
        return self._newest_time(DecisionStatus.JUDGED)

    @property
    def dagster_run_id(self) -> str | None:
        """Return the newest Dagster run that it happened in."""
        return _last([event.dagster_run_id for event in self.events])

    @property
    def challenger_version_id(self) -> int | None:
        """Return who was to take the champion's place."""
        return _last([event.challenger_version_id for event in self.events])

    @property
    def holdout_version_id(self) -> int | None:
        """Return the rows that both are scored on."""
        return _last([event.holdout_version_id for event in self.events])

    @property
    def serving_version_id(self) -> int | None:
        """Return who is champion from the decision on."""
        return _last([event.serving_version_id for event in self.events])

    def _newest_time(self, status: DecisionStatus) -> datetime | None:
        return _last([event.recorded_at if event.status is status else None for event in self.events])


def _last(values: Sequence[Value | None]) -> Value | None:
    """Return the last of `values` that is not None, or None."""
    return next((value for value in reversed(values) if value is not None), None)
