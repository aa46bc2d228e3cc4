"""Policies: when to retrain, and when a challenger may take the champion's place."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, get_args

from driftline.clock import parse_duration
from driftline.declaration.choice import Choice
from driftline.declaration.errors import RuleValueError
from driftline.drift import FindingKind, RetrainTrigger
from driftline.errors import listing
from driftline.health import Recovery


@dataclass(frozen=True, kw_only=True)
class Retrain:
    """When to retrain: by schedule (passive), on evidence (active), or both.

    Age and new labels are looked at with each new drift report, also with one that says ok.

    Attributes:
        schedule: a cron line in UTC, such as `0 7 * * *`; None: never by schedule.
        on_drift: the kinds of drift that are evidence enough. Drift of columns or predictions alone alerts: it may be
            harmless.
        trigger: the rule by which performance asks for a retraining; the alerts of the pipeline's `drift` are for
            people then. None: these alerts ask for a retraining, too, as they do for a table, which has no time.
        choice: what a retraining of a stream may choose from, whatever asked for it; None: the whole training window.
        cooldown: the least time between two starts, failed ones included; twice as long after 3 retrainings in a
            row that lost.
        max_age: how long a champion may serve, such as `30d`, from when it took effect; None: as long as it is good.
        min_new_labels: labelled rows since the champion's training that are worth another one; None: no number is.
        budget_per_week: the most retrainings that may be started in 7 days, failed ones included.
    """

    schedule: str | None = None
    on_drift: tuple[str, ...] = ("performance",)
    trigger: Recovery | RetrainTrigger | None = field(default_factory=Recovery)
    choice: Choice | None = field(default_factory=Choice)
    cooldown: str = "1d"
    max_age: str | None = None
    min_new_labels: int | None = None
    budget_per_week: int = 3

    def __post_init__(self) -> None:
        if isinstance(self.on_drift, str):
            raise RuleValueError("Retrain", "on_drift", self.on_drift, f"a tuple, as ({self.on_drift!r},)")
        unknown = set(self.on_drift) - set(get_args(FindingKind))
        if unknown:
            raise RuleValueError(
                "Retrain", "on_drift", sorted(unknown), f"kinds of drift: {listing(get_args(FindingKind))}"
            )
        if self.schedule is not None and len(self.schedule.split()) != 5:
            raise RuleValueError(
                "Retrain", "schedule", self.schedule, "a cron line of five fields, such as '0 7 * * *'"
            )
        if isinstance(self.trigger, RetrainTrigger) and "performance" not in self.on_drift:
            raise RuleValueError("Retrain", "on_drift", self.on_drift, "'performance', too, since it has a trigger")
        if self.min_new_labels is not None and self.min_new_labels < 1:
            raise RuleValueError("Retrain", "min_new_labels", self.min_new_labels, "1 or more, or None")
        if self.budget_per_week < 1:
            raise RuleValueError("Retrain", "budget_per_week", self.budget_per_week, "1 or more")
        _ = self.cooldown_time, self.longest_tenure

    @property
    def cooldown_time(self) -> timedelta:
        """Return the least time between two starts."""
        return parse_duration(self.cooldown)

    @property
    def longest_tenure(self) -> timedelta | None:
        """Return how long a champion may serve; None where its age does not matter."""
        return None if self.max_age is None else parse_duration(self.max_age)


@dataclass(frozen=True, kw_only=True)
class Promote:
    """When a challenger becomes champion.

    Attributes:
        min_gain: how much better than the champion it must be on the first metric, in that metric's unit.
        confidence: of the paired one-sided test that it is better at all; None: any gain over `min_gain` is enough.
        if_champion_fails: what to do where the champion cannot score the holdout, after a change of schema on purpose:
            `keep` it, with the decision failed, or `promote` the challenger without a comparison.
        refit: whether the winner is fitted again with the holdout's rows before it serves, as a version of its own that
            names the judged one. For a stream, whose newest rows are the most worth: what is judged is the recipe, and
            the score of the version that serves is unmeasured until labels come.
        slice_margin: how much worse than the champion it may be on any slice of the holdout, in the metric's unit; it
            must be sure not to be worse than that. None: slices do not matter.
        on_small_slice: a slice that is too small to tell is named in the reason (`warn`) or keeps the champion
            (`block`).
    """

    min_gain: float = 0.0
    confidence: float | None = 0.95
    if_champion_fails: Literal["keep", "promote"] = "keep"
    refit: bool = False
    slice_margin: float | None = None
    on_small_slice: Literal["warn", "block"] = "warn"

    def __post_init__(self) -> None:
        if not self.min_gain >= 0:  # NaN, too
            raise RuleValueError(
                "Promote", "min_gain", self.min_gain, "0 or more, since a worse challenger is never promoted"
            )
        if self.confidence is not None and not 0.5 <= self.confidence < 1:
            raise RuleValueError(
                "Promote", "confidence", self.confidence, "a probability from 0.5 up to but without 1, or None"
            )
        if self.slice_margin is not None and not self.slice_margin > 0:
            raise RuleValueError(
                "Promote", "slice_margin", self.slice_margin, "more than 0, since no test can confirm a margin of 0"
            )
        if self.on_small_slice not in {"warn", "block"}:
            raise RuleValueError("Promote", "on_small_slice", self.on_small_slice, "'warn' or 'block'")
