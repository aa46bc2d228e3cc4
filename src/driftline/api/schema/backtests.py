"""Backtests: the past of a pipeline under several policies."""

from datetime import datetime
from typing import Any, get_args

import strawberry

from driftline.api.schema.fields import BigInt, closed_set, field
from driftline.backtest import Outcome
from driftline.json_values import finite
from driftline.store.decision_rows import Trigger

_Outcome = closed_set("BacktestOutcome", get_args(Outcome), description="How a retraining of a backtest ended.")


@strawberry.type(description="A metric of a policy over all labelled rows of the past.")
class PolicyMetric:
    """A metric of a policy."""

    name: str = strawberry.field(description="Its name.")
    value: float | None = strawberry.field(description="Its value; null where it is undefined.")


@strawberry.type(description="The metric of a backtest in one window.")
class BacktestWindow:
    """A window of a backtest."""

    start: datetime = strawberry.field(description="The first time inside.")
    end: datetime = strawberry.field(description="The first time after.")
    value: float | None = strawberry.field(description="The metric; null where it is undefined.")
    label_count: BigInt = strawberry.field(description="Labelled rows.")


@strawberry.type(description="A retraining that a policy would have started.")
class BacktestRetraining:
    """A retraining of a backtest."""

    at: datetime = strawberry.field(description="When it was started.")
    trigger: str = strawberry.field(graphql_type=Trigger, description="What asked for it.")
    outcome: str = strawberry.field(graphql_type=_Outcome, description="How it ended.")
    reason: str = strawberry.field(description="What asked for it, and how it ended.")


@strawberry.type(description="A change of the data that was marked.")
class BacktestChange:
    """A marked change."""

    at: datetime = strawberry.field(description="When the data changed.")
    delay_s: float | None = strawberry.field(description="Seconds to the first retraining by drift; null: none came.")


@strawberry.type(description="How much worse a policy was than the best schedule of at most as many trainings.")
class BacktestRegret:
    """The regret of a policy in hindsight."""

    value: float = strawberry.field(description="In the metric's unit, whatever its direction; 0 is as good.")
    metric: str = strawberry.field(description="What the schedule is best by.")
    best: float = strawberry.field(description="This metric under the schedule, over all labelled rows.")
    trained: list[datetime] = strawberry.field(description="When the schedule trains, oldest first.")


@strawberry.type(description="How one policy would have done in the past.")
class BacktestPolicy:
    """A policy of a backtest."""

    policy: str = strawberry.field(description="Its name; `last known label` is the baseline without a model.")
    metrics: list[PolicyMetric] = strawberry.field(description="Each metric over all labelled rows.")
    worst_window: float | None = strawberry.field(description="The backtest's metric in its worst window.")
    worst_window_start: datetime | None = strawberry.field(description="Where that window starts.")
    gain: float | None = strawberry.field(description="Over never retraining: the mean over the windows.")
    gain_low: float | None = strawberry.field(description="Lower end of its 95 % interval.")
    gain_high: float | None = strawberry.field(description="Upper end of its 95 % interval.")
    retrainings: int = strawberry.field(description="How many were started.")
    promotions: int = strawberry.field(description="How many challengers took the champion's place.")
    cpu_s: float = strawberry.field(description="CPU seconds of trainings and comparisons.")
    label_count: BigInt = strawberry.field(description="Labelled rows it is measured on.")
    false_alarms: int | None = strawberry.field(
        description="Retrainings no marked change explains; null: none is marked."
    )
    regret: BacktestRegret | None = strawberry.field(
        default=None, description="Against the best schedule in hindsight; null: not asked for, or the baseline."
    )
    changes: list[BacktestChange] = strawberry.field(description="The marked changes.")
    windows: list[BacktestWindow] = strawberry.field(description="The backtest's metric over time.")
    retrained: list[BacktestRetraining] = strawberry.field(description="The retrainings, oldest first.")


@strawberry.type(description="The past of a pipeline under several policies; nothing of it touched production.")
class Backtest:
    """A stored backtest."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    pipeline: str = strawberry.field(description="The pipeline.")
    window_start: datetime = strawberry.field(description="Start of what was replayed.")
    window_end: datetime = strawberry.field(description="Its end, not included.")
    metric: str = strawberry.field(description="The metric over time.")
    length: str = strawberry.field(description="The length of the windows over time, such as 7d.")
    created_at: datetime = strawberry.field(description="When it was made.")
    outcomes: strawberry.Private[list[dict[str, Any]]]

    @field("The policies in the order that was asked for, then the baselines.")
    def policies(self) -> list[BacktestPolicy]:
        """Return the policies."""
        return [_policy(values) for values in self.outcomes]


def _policy(values: dict[str, Any]) -> BacktestPolicy:
    lists = {
        "metrics": [PolicyMetric(name=name, value=finite(value)) for name, value in values["metrics"].items()],
        "changes": [BacktestChange(at=_time(item["at"]), delay_s=item["delay_s"]) for item in values["changes"]],
        "windows": [
            BacktestWindow(**{**item, "start": _time(item["start"]), "end": _time(item["end"])})
            for item in values["windows"]
        ],
        "retrained": [BacktestRetraining(**{**item, "at": _time(item["at"])}) for item in values["retrained"]],
    }
    start, regret = values["worst_window_start"], values.get("regret")  # which backtests of 0.2 lack
    if regret is not None:
        regret = BacktestRegret(**{**regret, "trained": [_time(at) for at in regret["trained"]]})
    worst = None if start is None else _time(start)
    return BacktestPolicy(**{**values, **lists, "worst_window_start": worst, "regret": regret})


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
