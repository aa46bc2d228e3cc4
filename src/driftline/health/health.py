"""How a pipeline stands against the level that it has reached: what a drift report keeps for the next one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from driftline.health.losses import MeanLoss, upper_bound


class Condition(StrEnum):
    """settled: the level is kept. recovering: it was lost and is neither regained nor given up yet."""

    SETTLED = "settled"
    RECOVERING = "recovering"


class HealthRule(StrEnum):
    """Which rule the condition follows from."""

    NO_LEVEL = "no_level_reached"
    TOO_FEW_LABELS = "too_few_labels_for_the_level"
    LEVEL_KEPT = "reached_level_kept"
    LEVEL_LOST = "reached_level_lost"
    LEVEL_NOT_REGAINED = "level_not_regained"
    LEVEL_REGAINED = "level_regained"
    LEVEL_ACCEPTED = "level_accepted"
    ROWS_ARE_HARDER = "rows_are_harder"
    NOT_BETTER_THAN_BASELINE = "not_better_than_baseline"


@dataclass(frozen=True, kw_only=True)
class Health:
    """How a pipeline stood when a partition was reported on.

    Attributes:
        as_of: what was known then counts.
        condition: settled or recovering.
        rule: that it follows from.
        champion_id: the row id of the version that served the partition.
        level: the mean loss that was reached and kept, with two standard errors; None before there is one.
        level_excess: the mean excess of the rows that made the level, with two standard errors, too.
        level_since: what was served before plays no part in the level; None: all does.
        loss: the champion's in the window that decided; None where too few labels are known.
        entered_at: when the level was lost; None while settled, as the next three.
        changed_at: when the world is estimated to have changed.
        anchor_id: the row id of the version whose losses tell that.
        watched_from: the first time of its losses that are looked at.
        rows_since_change: labelled rows from the change to the newest holdout.
    """

    as_of: datetime
    condition: Condition
    rule: HealthRule
    champion_id: int
    level: float | None = None
    level_excess: float | None = None
    level_since: datetime | None = None
    loss: MeanLoss | None = None
    entered_at: datetime | None = None
    changed_at: datetime | None = None
    anchor_id: int | None = None
    watched_from: datetime | None = None
    rows_since_change: int = 0

    @property
    def is_settled(self) -> bool:
        """Return whether the level is kept."""
        return self.condition is Condition.SETTLED

    @property
    def bound(self) -> float | None:
        """Return the loss with two standard errors: what a level would be that is taken from it."""
        return None if self.loss is None else upper_bound(self.loss)

    def values(self, loss_name: str) -> dict[str, float | int | str | None]:
        """Return what a sentence about it is made of."""
        return {
            "loss": loss_name,
            "level": self.level,
            "value": self.loss.value if self.loss else None,
            "standard_error": self.loss.standard_error if self.loss else None,
            "label_count": self.loss.row_count if self.loss else 0,
            "changed_at": self.changed_at.isoformat() if self.changed_at else None,
            "rows_since_change": self.rows_since_change,
        }

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values; times in ISO 8601."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in {**asdict(self), "loss": _loss_to_json(self.loss)}.items()
        }


_TIMES = frozenset({"as_of", "level_since", "entered_at", "changed_at", "watched_from"})


def health_of_json(stored: Mapping[str, Any]) -> Health:
    """Return what `Health.to_json` gave."""
    known = {field.name: stored[field.name] for field in fields(Health) if field.name in stored}
    times = {name: datetime.fromisoformat(known[name]) for name in _TIMES & known.keys() if known[name]}
    read: dict[str, Any] = {
        **known,
        **times,
        "condition": Condition(known["condition"]),
        "rule": HealthRule(known["rule"]),
        "loss": _loss_of_json(known["loss"]),
    }
    return Health(**read)


def _loss_to_json(loss: MeanLoss | None) -> dict[str, Any] | None:
    return None if loss is None else {**asdict(loss), "covered": loss.covered.total_seconds()}


def _loss_of_json(stored: Mapping[str, Any] | None) -> MeanLoss | None:
    return None if stored is None else MeanLoss(**{**stored, "covered": timedelta(seconds=stored["covered"])})
