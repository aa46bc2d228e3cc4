"""What a policy makes of a stream of one seed, in figures, beside an oracle that always has the right rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from math import inf, sqrt

import numpy as np

from benchmarks.streams import LAST_STREAMS, START, STREAMS, YEAR, Case
from benchmarks.worlds import DAYS
from driftline import Recovery, Retrain, RetrainTrigger
from driftline.backtest import PolicyOutcome, backtest
from driftline.backtest.policies import Policy
from driftline.datasets import encode
from driftline.health import Health, HealthRule
from driftline.metrics import row_losses
from driftline.retraining import fit_model
from driftline.store.decision_rows import Trigger

ORACLE, NEVER = "oracle", "never"
POLICIES: dict[str, Policy | str] = {
    NEVER: NEVER,
    "weekly": "weekly",
    "monthly": "monthly",
    "alert": Policy(
        name="alert", retrain=Retrain(trigger=None, choice=None)
    ),  # the default of 0.2: what alerts people retrains, too
    "trigger": Policy(
        name="trigger", retrain=Retrain(trigger=RetrainTrigger(), choice=None)
    ),  # the active policy of 0.2
    "default": Policy(name="default", retrain=Retrain()),
}
SMOOTHED = 7  # days, around the one that is looked at
WEEK, MONTH = timedelta(days=7), timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a policy made of a stream of one seed; None: not applicable, or not known.

    Attributes:
        mean: accuracy in %, or RMSE, over all 52 weeks.
        last: the same over the last quarter.
        looks: retrainings that were started, whatever came of them.
        promotions: challengers that became champion.
        weeks: from the labels that show the change until half of what never retraining loses is regained; inf: it was
            not regained.
        regret: against the best schedule of as many trainings, in points of accuracy, or squared error.
        episodes: how often the level was lost.
        recalls: earlier versions that were put into use again.
        acceptances: lower levels that were accepted.
        false_episodes: episodes that do not begin in the four weeks after the labels that show the one change.
        weeks_to_acceptance: from the one change until a lower level is accepted; inf: it was not.
        later_looks: looks after that which evidence asked for.
        false_all_clears: levels said to be regained while more was lost than counts as regained.
        cpu_s: CPU seconds of trainings and judgements.
    """

    mean: float
    last: float
    looks: float | None = None
    promotions: float | None = None
    weeks: float | None = None
    regret: float | None = None
    episodes: float | None = None
    recalls: float | None = None
    acceptances: float | None = None
    false_episodes: float | None = None
    weeks_to_acceptance: float | None = None
    later_looks: float | None = None
    false_all_clears: float | None = None
    cpu_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class DailyLoss:
    """What was lost each day: errors or squared errors, shape (DAYS,), and the rows of each day, shape (DAYS,)."""

    lost: np.ndarray
    counts: np.ndarray

    def value(self, metric: str, *, first: int = 0) -> float:
        """Return accuracy in %, or RMSE, from a day on."""
        loss = float(self.lost[first:].sum() / self.counts[first:].sum())
        return sqrt(loss) if metric == "rmse" else 100 * (1 - loss)

    def smoothed(self) -> np.ndarray:
        """Return what a row lost in the seven days around each day, shape (DAYS,)."""
        around = np.ones(SMOOTHED)
        return np.convolve(self.lost, around, mode="same") / np.convolve(self.counts, around, mode="same")


def figures(name: str, seed: int, policies: Sequence[str]) -> list[dict[str, Figures]]:
    """Return the figures of the oracle, where there is one, and of each policy on each stream of a seed."""
    return [_case_figures(case, policies) for case in {**STREAMS, **LAST_STREAMS}[name].cases(seed)]


def _case_figures(case: Case, policies: Sequence[str]) -> dict[str, Figures]:
    chosen = [POLICIES[policy] for policy in dict.fromkeys((NEVER, *policies))]
    found = backtest(
        case.pipeline,
        chosen,
        start=case.start,
        end=case.start + YEAR,
        metric_name=case.metric,
        length="1d",
        hindsight="7d",
    )
    days = {outcome.policy: _daily_loss(case, outcome) for outcome in found.policies}
    oracle = _oracle(case)
    shown = {} if oracle is None else {ORACLE: _of(case.metric, oracle)}
    by_name = {outcome.policy: outcome for outcome in found.policies}
    for policy in policies:
        weeks = None
        if oracle is not None and case.world is not None:
            change, lag = case.world.change, case.pipeline.ground_truth.lag.days
            weeks = weeks_to_half(days[policy], never=days[NEVER], oracle=oracle, change=change, lag=lag)
        shown[policy] = _policy_figures(case, by_name[policy], days[policy], weeks)
    return shown


def _of(metric: str, days: DailyLoss) -> Figures:
    return Figures(mean=days.value(metric), last=days.value(metric, first=DAYS - DAYS // 4))


def _policy_figures(case: Case, outcome: PolicyOutcome, days: DailyLoss, weeks: float | None) -> Figures:
    regret = outcome.regret.value if outcome.regret else None
    found = replace(
        _of(case.metric, days),
        looks=len(outcome.retrainings),
        promotions=outcome.promotions,
        weeks=weeks,
        regret=100 * regret if regret is not None and case.metric == "accuracy" else regret,
        cpu_s=outcome.cpu_s,
    )
    return _with_health(found, case, outcome) if outcome.health else found


def _with_health(found: Figures, case: Case, outcome: PolicyOutcome) -> Figures:
    """Return the figures with those of a policy that keeps a level."""
    changed_at = case.changed_at
    shown = None if changed_at is None else changed_at + case.pipeline.ground_truth.lag
    accepted = [one.at for one in outcome.accepted if changed_at is not None and one.at > changed_at]
    drift = [retraining.at for retraining in outcome.retrainings if retraining.trigger == Trigger.DRIFT]
    return replace(
        found,
        episodes=len(outcome.level_lost_at),
        recalls=outcome.recalls,
        acceptances=len(outcome.accepted),
        false_episodes=sum(shown is None or not shown < at <= shown + MONTH for at in outcome.level_lost_at),
        weeks_to_acceptance=(accepted[0] - changed_at) / WEEK if accepted and changed_at else inf,
        later_looks=sum(at > accepted[0] for at in drift) if accepted else 0,
        false_all_clears=sum(map(_is_false, outcome.health)),
    )


def _is_false(health: Health) -> bool:
    """Return whether the level is said to be regained although more is lost than counts as regained."""
    if health.rule is not HealthRule.LEVEL_REGAINED or health.loss is None or health.level is None:
        return False
    return health.loss.value >= (1 + Recovery().min_relative_drop) * health.level


def _daily_loss(case: Case, outcome: PolicyOutcome) -> DailyLoss:
    """Return what a policy lost each day, from the daily values of its metric."""
    lost, counts = np.zeros(DAYS), np.zeros(DAYS)
    for window in outcome.windows:
        if window.value is not None:
            day = (window.window.start - case.start).days
            loss = window.value**2 if case.metric == "rmse" else 1 - window.value
            lost[day], counts[day] = loss * window.label_count, window.label_count
    return DailyLoss(lost=lost, counts=counts)


def _oracle(case: Case) -> DailyLoss | None:
    """Return what is lost each day by models of fresh rows of the concept in force; None where nobody knows it."""
    if case.world is None:
        return None
    pipeline, world, parts = case.pipeline, case.world, []
    for start, end in pairwise((*world.renewals, DAYS)):
        model = fit_model(pipeline, world.right_rows(start, end).assign(time=START))
        rows = world.rows[world.rows["day"].between(start, end, inclusive="left")]
        truth = encode(pipeline.target, rows, classes=model.classes)
        loss = "mean_squared_error" if case.metric == "rmse" else case.metric
        parts.append(row_losses(loss, model.task, truth, model.score(rows)))
    days = world.rows["day"].to_numpy()
    days = days[days >= 0].astype(int)
    lost = np.bincount(days, weights=np.concatenate(parts), minlength=DAYS)
    return DailyLoss(lost=lost, counts=np.bincount(days, minlength=DAYS).astype(float))


def weeks_to_half(own: DailyLoss, *, never: DailyLoss, oracle: DailyLoss, change: int | None, lag: int) -> float | None:
    """Return the weeks from the labels that show a change until half of what never retraining loses is regained.

    They end on the first day around which, over seven days, the policy lies nearer to the oracle than to never
    retraining; inf: there is none.

    Args:
        own: of the policy.
        never: of never retraining.
        oracle: of the oracle.
        change: the day; None: there is not one, nor an answer.
        lag: days until a label is known.
    """
    if change is None:
        return None
    lost, regained = never.smoothed() - oracle.smoothed(), never.smoothed() - own.smoothed()
    days = np.flatnonzero((np.arange(DAYS) >= change) & (regained >= lost / 2))
    known = change + 1 + lag  # when the last label of the first day is known
    return max(0.0, (int(days[0]) - known) / 7) if len(days) else inf
