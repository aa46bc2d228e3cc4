"""What a policy made of the past, in figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

import numpy as np

from driftline.backtest.past import Past
from driftline.backtest.policy_replay import PolicyReplay, Retraining
from driftline.backtest.regret import Regret
from driftline.datasets import Window
from driftline.evaluations import LabelledRows
from driftline.health import Accepted, Health
from driftline.metrics import Measurement, mean_interval, measure, metric


@dataclass(frozen=True, kw_only=True)
class WindowValue:
    """The metric of one window; None where it is undefined there."""

    window: Window
    value: float | None
    label_count: int


@dataclass(frozen=True, kw_only=True)
class Gain:
    """How much better than never retraining, in the metric's unit: the mean over windows, with its 95 % interval."""

    value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change of the world that the user has marked, and when the policy first acted on it.

    Attributes:
        at: when the world changed.
        delay: until the first retraining by drift, before the next change; None: it never came.
    """

    at: datetime
    delay: timedelta | None


@dataclass(frozen=True, kw_only=True)
class PolicyOutcome:
    """One policy of a backtest.

    Attributes:
        policy: its name; `last known label` is the baseline without a model.
        measurements: each metric over all labelled rows; the intervals count rows as independent.
        windows: the backtest's metric over time.
        gain: over never retraining; None where fewer than two windows can be compared.
        retrainings: oldest first.
        cpu_s: CPU seconds of its trainings and judgements.
        changes: the marked changes; empty where none is marked.
        false_alarms: retrainings by drift that no marked change explains; None where none is marked.
        health: at each partition that was reported on; empty where no rule of recovery is declared.
        accepted: the lower levels that were accepted.
        regret: against the best schedule in hindsight; None where it was not asked for, and for the baseline.
    """

    policy: str
    measurements: tuple[Measurement, ...]
    windows: tuple[WindowValue, ...]
    gain: Gain | None
    retrainings: tuple[Retraining, ...]
    cpu_s: float
    changes: tuple[Change, ...] = ()
    false_alarms: int | None = None
    health: tuple[Health, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    regret: Regret | None = None

    @property
    def level_lost_at(self) -> tuple[datetime, ...]:
        """Return when the level of the pipeline was lost."""
        return tuple(sorted({health.entered_at for health in self.health if health.entered_at is not None}))

    @property
    def recalls(self) -> int:
        """Return how many of them were earlier versions that were put into use again."""
        return sum(retraining.recalled is not None for retraining in self.retrainings)

    @property
    def promotions(self) -> int:
        """Return how many challengers took the champion's place."""
        return sum(retraining.outcome == "promoted" for retraining in self.retrainings)

    def value(self, name: str) -> float | None:
        """Return a metric over all labelled rows; None where it is undefined or not measured."""
        return next((measured.value for measured in self.measurements if measured.metric == name), None)

    def worst_window(self, name: str) -> WindowValue | None:
        """Return the window in which the metric `name` of the backtest was worst; None without a defined window."""
        defined = [(window.value, window) for window in self.windows if window.value is not None]
        sign = 1 if metric(name).greater_is_better else -1
        return min(defined, key=lambda pair: sign * pair[0])[1] if defined else None


def outcome_of(
    past: Past,
    name: str,
    replayed: PolicyReplay,
    *,
    metrics: Sequence[str],
    length: timedelta,
    changes: Sequence[datetime],
) -> PolicyOutcome:
    """Return the figures of one policy; the first of `metrics` is the one over time."""
    measurements = tuple(measure_partitions(measured, list(replayed.labelled.values())) for measured in metrics)
    alarms = [retraining.at for retraining in replayed.retrainings if retraining.trigger == "drift"]
    marked, false_alarms = _detected(past, sorted(changes), alarms)
    return PolicyOutcome(
        policy=name,
        measurements=measurements,
        windows=tuple(window_values(past, metrics[0], replayed.labelled, length)),
        gain=None,
        retrainings=replayed.retrainings,
        cpu_s=replayed.cpu_s,
        changes=marked,
        false_alarms=false_alarms if changes else None,
        health=replayed.health,
        accepted=replayed.accepted,
    )


def measure_partitions(name: str, parts: Sequence[LabelledRows]) -> Measurement:
    """Return a metric over all rows of some partitions."""
    truth = np.concatenate([part.truth for part in parts])
    return measure(name, parts[0].task, truth, np.concatenate([part.scores for part in parts]))


def window_values(past: Past, name: str, labelled: Mapping[str, LabelledRows], length: timedelta) -> list[WindowValue]:
    """Return a metric in windows that follow each other from the start of the past; a last part of one is left out."""
    values = []
    start = past.window.start
    while start + length <= past.window.end:
        window = Window(start, start + length)
        parts = [labelled[key] for key in past.partitions.keys(window) if key in labelled]
        if parts:
            measured = measure_partitions(name, parts)
            values.append(WindowValue(window=window, value=measured.value, label_count=measured.row_count))
        start += length
    return values


def gain_over(name: str, outcome: PolicyOutcome, baseline: PolicyOutcome) -> Gain | None:
    """Return how much better `outcome` is than `baseline`, over the windows that both have."""
    sign = 1 if metric(name).greater_is_better else -1
    before = {value.window: value.value for value in baseline.windows}
    pairs = [(value.value, before.get(value.window)) for value in outcome.windows]
    gains = np.array([sign * (value - other) for value, other in pairs if value is not None and other is not None])
    if len(gains) < 2:
        return None
    mean = float(gains.mean())
    interval = mean_interval(mean, float(gains.std(ddof=1)) / sqrt(len(gains)), len(gains))
    return Gain(value=mean, ci_low=interval.low, ci_high=interval.high)


def _detected(past: Past, changes: Sequence[datetime], alarms: Sequence[datetime]) -> tuple[tuple[Change, ...], int]:
    """Return the first alarm after each change, and how many alarms no change explains.

    A change explains the first alarm after it, and all that come while a training still sees rows from before it.
    """
    ends = [*changes, past.window.end][1:]
    first = [
        next((alarm for alarm in alarms if at <= alarm < end), None) for at, end in zip(changes, ends, strict=True)
    ]
    marked = tuple(
        Change(at=at, delay=None if alarm is None else alarm - at) for at, alarm in zip(changes, first, strict=True)
    )
    memory = past.training_window(past.window.end)
    reach = memory.end - memory.start
    explained = [alarm for alarm in alarms if any(at <= alarm < at + reach for at in changes)]
    return marked, len(set(alarms) - {*explained, *first})
