"""The streams of benchmarks/recovery.py, by seed: worlds behind a pipeline, and electricity from other days on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pandas as pd

from assets.electricity import electricity
from benchmarks import river_worlds, worlds
from benchmarks.worlds import DAYS, World
from driftline import (
    Daily,
    GroundTruth,
    LightGBM,
    ModelPipeline,
    Newest,
    PerformanceDrift,
    Promote,
    Retrain,
    Target,
    Window,
)
from driftline.metrics import Task

START = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday
YEAR = timedelta(days=DAYS)
TRAINER = LightGBM(trees=60, num_leaves=7)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A stream of one seed, 52 weeks of service.

    Attributes:
        pipeline: its declaration.
        start: of the service.
        world: what an oracle knows; None: nobody does.
    """

    pipeline: ModelPipeline
    start: datetime
    world: World | None

    @property
    def changed_at(self) -> datetime | None:
        """Return when the world changed, where it did so once and in one day; None: it did not, or nobody knows."""
        if self.world is None or len(self.world.renewals) != 2:
            return None
        return self.start + timedelta(days=self.world.renewals[1])

    @property
    def metric(self) -> str:
        """Return what is shown over time and watched for people."""
        return self.pipeline.performance_rules[0].metric


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A stream of any seed.

    Attributes:
        title: for people.
        cases: gives the streams of a seed: one, or several first days of recorded rows.
    """

    title: str
    cases: Callable[[int], Sequence[Case]]


def seen(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a world as its pipeline sees them: `day` has become a time."""
    times = pd.Timestamp(START) + pd.to_timedelta(rows["day"], unit="D").dt.round("us")
    return rows.drop(columns="day").assign(time=times)


def _stream(world: Callable[[int], World], *, task: Task = Task.BINARY, late: bool = False) -> Stream:
    """Return the stream of a world, whose labels come after a day, or late: after 28; its title is the world's own."""
    title = (world.__doc__ or "").rstrip(".") + (", and labels come 28 days late" if late else "")
    return Stream(title=f"{title}.", cases=partial(_cases, world, task, late))


def _cases(world: Callable[[int], World], task: Task, late: bool, seed: int) -> list[Case]:  # noqa: FBT001  (by partial)
    made = world(seed)
    rows = seen(made.rows)

    def read(window: Window | None) -> pd.DataFrame:
        return rows if window is None else rows[window.contains(rows["time"])]

    loss, shown = {
        Task.BINARY: ("brier", "accuracy"),
        Task.MULTICLASS: ("log_loss", "accuracy"),
        Task.REGRESSION: ("mean_squared_error", "rmse"),
    }[task]
    pipeline = ModelPipeline(
        name="recovery",
        dataset=read,
        target=Target("y", task=task, positive_class="yes" if task is Task.BINARY else None),
        trainer=TRAINER,
        metrics=(loss, shown),
        holdout=Newest(duration="7d"),
        partitions=Daily(f"{START:%Y-%m-%d}", end=f"{START + YEAR:%Y-%m-%d}"),
        training_window="84d" if late else "56d",  # about 56 labelled days
        ground_truth=GroundTruth(delay="28d" if late else "1d"),
        drift=(PerformanceDrift(shown, window="7d"),),
        promote=Promote(refit=True),
    )
    return [Case(pipeline=pipeline, start=START, world=made)]


def _electricity(days: int, seed: int) -> list[Case]:
    """Return years of electricity from four first days on, `days` and more after its own first day.

    Where a year begins moves the accuracy of a policy by half a point and more, so a seed alone says little. First days
    lie 4 days apart, seeds 16, and each set of seeds begins a day later.
    """
    number, of_set = seed % 100 - 1, seed // 100
    pipeline = replace(
        electricity,
        trainer=TRAINER,
        metrics=("brier", "accuracy"),
        drift=(PerformanceDrift("accuracy", window="7d"),),
        retrain=Retrain(),
        promote=Promote(refit=True),
        floor=None,
    )
    first = electricity.stream.first + timedelta(days=days + 16 * number + of_set)
    return [Case(pipeline=pipeline, start=first + timedelta(days=later), world=None) for later in (0, 4, 8, 12)]


STREAMS = {
    "stationary": _stream(worlds.stationary),
    "sudden": _stream(worlds.sudden),
    "mild": _stream(worlds.mild),
    "gradual": _stream(worlds.gradual),
    "recurring": _stream(worlds.recurring),
    "incremental": _stream(worlds.incremental),
    "harder": _stream(worlds.harder),
    "season": _stream(worlds.season),
    "covariates": _stream(worlds.covariates),
    "classes": _stream(worlds.classes, task=Task.MULTICLASS),
    "rare_classes": _stream(worlds.rare_classes, task=Task.MULTICLASS),
    "regression": _stream(worlds.regression, task=Task.REGRESSION),
    "sea": _stream(river_worlds.sea),
    "agrawal": _stream(river_worlds.agrawal),
    "rbf": _stream(river_worlds.rbf),
    "hyperplane": _stream(river_worlds.hyperplane),
    "sudden_late": _stream(worlds.sudden, late=True),
    "gradual_late": _stream(worlds.gradual, late=True),
    "recurring_late": _stream(worlds.recurring, late=True),
    "incremental_late": _stream(worlds.incremental, late=True),
    "electricity_1": Stream(title="Electricity, a year of its first half.", cases=partial(_electricity, 0)),
    "electricity_2": Stream(title="Electricity, a year of its second half.", cases=partial(_electricity, 450)),
}
SEEDS = (1, 2, 3, 4, 5)

# For a last run alone: nothing was chosen with these in sight.
LAST_STREAMS = {"regional": _stream(worlds.regional), "jumps": _stream(worlds.jumps)}
LAST_SEEDS = {1: (101, 102, 103, 104, 105), 2: (201, 202, 203, 204, 205)}
