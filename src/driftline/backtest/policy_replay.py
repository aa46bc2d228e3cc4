"""What one policy made of the past: its retrainings, and what was served."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from driftline.evaluations import LabelledRows
from driftline.health import Accepted, Health

Outcome = Literal["promoted", "kept", "failed"]


@dataclass(frozen=True, kw_only=True)
class Retraining:
    """One retraining of a replay.

    Attributes:
        at: when it started; it takes no time.
        trigger: schedule, drift, age or labels.
        outcome: promoted, kept, or failed.
        reason: what asked for it, and what came of it.
        row_count: rows that it was trained on, without the holdout; 0 where it failed or none was trained.
        fits: models that were fitted: one for each span, and the refit of a winner.
        recalled: the number of the earlier version that was promoted; None: none was.
    """

    at: datetime
    trigger: str
    outcome: Outcome
    reason: str
    row_count: int
    fits: int = 1
    recalled: int | None = None


@dataclass(frozen=True, kw_only=True)
class PolicyReplay:
    """What one policy made of the past.

    Attributes:
        labelled: the predictions of each partition by the version that served then, with its labels.
        retrainings: oldest first.
        cpu_s: CPU seconds of all trainings and judgements, the first model not included; of what another policy
            trained before, those that it cost then.
        health: at each report, where a rule of recovery is declared.
        accepted: the levels that were accepted.
    """

    labelled: dict[str, LabelledRows]
    retrainings: tuple[Retraining, ...]
    cpu_s: float
    health: tuple[Health, ...] = ()
    accepted: tuple[Accepted, ...] = ()
