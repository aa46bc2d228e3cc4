"""What a declaration says of itself: all of a pipeline but its code, so that the store can keep it and read it back."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from driftline.clock import parse_duration
from driftline.datasets import Holdout, Newest, Target, Window
from driftline.datasets.errors import MissingColumnError
from driftline.declaration.alerts import DEFAULT_ALERTS, Alert
from driftline.declaration.dagster_names import Kind
from driftline.declaration.errors import DeclarationError
from driftline.declaration.ground_truth import GroundTruth
from driftline.declaration.partitions import Partitions
from driftline.declaration.policies import Promote, Retrain
from driftline.declaration.reserved_names import RESERVED_PREFIX, reserved_names
from driftline.declaration.whole_table import Partitioning, WholeTable
from driftline.drift import DriftRule, Need, PerformanceDrift, RetrainTrigger
from driftline.health import Recovery
from driftline.metrics import metric
from driftline.quality import QualityRule

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What a user says about a model, but for the functions: which data, how it is judged, watched and kept accurate.

    Attributes:
        name: of the model, its assets and its experiment: letters, digits and underscores.
        target: the column to learn.
        metrics: names of what is measured, driftline's or scikit-learn's; the first one decides.
        holdout: which rows are never trained on; champion and challenger are both scored on them.
        partitions: the time partitions of a stream; a table is one partition by itself.
        time_column: the event time of a stream's rows.
        entity: the columns that tell rows of the same time apart; they are no features, unless they are named there.
        features: the columns to learn from; empty: all but the target, the event time, the entity and `ignore`.
        ignore: columns that nothing looks at: they are dropped as soon as they are read, and may come and go.
        quality: what must hold of the rows that are read for a training, each rule as a check of its own.
        training_window: how much of a stream a model learns from, such as `30d`, holdout included.
        ground_truth: when labels are known, and where they come from.
        drift: what is watched.
        retrain: when to retrain.
        promote: when a challenger becomes champion.
        slices: columns of at most 20 values; each evaluation is also measured by them.
        floor: an evaluation whose first metric is surely worse than this, by its interval, warns; None: no floor.
        alerts: what people are told of; by default drift and failed retrainings, where a channel is configured.
        owners: e-mail addresses or `team:name`.
        description: for people, in Markdown.
        version: change it when the recipe or the schema changes on purpose.
    """

    name: str
    target: Target
    metrics: tuple[str, ...]
    holdout: Holdout
    partitions: Partitioning = field(default_factory=WholeTable)
    time_column: str = "time"
    entity: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    quality: tuple[QualityRule, ...] = ()
    training_window: str | None = None
    ground_truth: GroundTruth = field(default_factory=GroundTruth)
    drift: tuple[DriftRule, ...] = ()
    retrain: Retrain = field(default_factory=Retrain)
    promote: Promote = field(default_factory=Promote)
    slices: tuple[str, ...] = ()
    floor: float | None = None
    alerts: tuple[Alert, ...] = DEFAULT_ALERTS
    owners: tuple[str, ...] = ()
    description: str = ""
    version: str = "1"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DeclarationError(self.name, "its name must be letters, digits and underscores")
        self._check_tuples()
        if isinstance(self.holdout, Newest) and self.holdout.time_column is None:
            object.__setattr__(self, "holdout", replace(self.holdout, time_column=self.time_column))
        if not self.metrics:
            raise DeclarationError(self.name, "it has no metric: name at least one, the first decides")
        object.__setattr__(self, "metrics", tuple(metric(name).name for name in self.metrics))
        doubled = [name for name in self.metrics if self.metrics.count(name) > 1]
        if doubled:
            raise DeclarationError(self.name, f"it names the metric {doubled[0]!r} twice")
        unknown = [rule.metric for rule in self.performance_rules if rule.metric not in self.metrics]
        if unknown:
            raise DeclarationError(self.name, f"it watches {unknown[0]!r}, which is not among its metrics")
        if self.promote.slice_margin is not None and not self.slices:
            raise DeclarationError(self.name, "its promotion has a slice_margin and it has no slices")
        if self.target.column in self.slices or len(set(self.slices)) < len(self.slices):
            raise DeclarationError(self.name, "its slices are columns other than the target, each named once")
        reserved = reserved_names((self.target.column, self.time_column, *self.entity, *self.slices))
        if reserved:
            fault = f"its column {reserved[0]!r} begins with {RESERVED_PREFIX!r}, as driftline's own do: rename it"
            raise DeclarationError(self.name, fault)
        self._check_partitions()
        self._check_alerts()
        self._check_retrain()

    def _check_tuples(self) -> None:
        several = {
            "quality": "one rule as (RowCount(min_rows=1000),)",
            "drift": "one rule as (DataDrift(),)",
            "alerts": "one as (Alert(on='drift'),)",
        }
        names = ("metrics", "entity", "features", "ignore", "slices", "owners", *several)
        for name in names:
            if not isinstance(getattr(self, name), tuple | list):
                hint = several.get(name, "one name as ('name',)")
                raise DeclarationError(self.name, f"its {name} is {getattr(self, name)!r}: write a tuple, {hint}")

    def _check_partitions(self) -> None:
        """Refuse a stream without what it needs, and a table with what only a stream has."""
        if not isinstance(self.partitions, Partitioning):
            fault = f"its partitions are {self.partitions!r}: write Daily(start) or the like, or nothing for a table"
            raise DeclarationError(self.name, fault)
        if self.training_window is not None:
            parse_duration(self.training_window)
        elif self.partitions.is_stream:
            raise DeclarationError(self.name, "a stream needs a training_window, such as '30d'")
        if self.partitions.is_stream:
            return
        if self.ground_truth.delivered:
            raise DeclarationError(self.name, "its labels are delivered, which only a stream with partitions has")
        if any(rule.method == "sequential" for rule in self.performance_rules):
            raise DeclarationError(self.name, "it watches errors one by one, and only a stream's have an order")

    def _check_retrain(self) -> None:
        """Refuse what would never be asked: age and labels are looked at with the drift reports of partitions."""
        asked = [name for name in ("max_age", "min_new_labels") if getattr(self.retrain, name) is not None]
        asked += ["trigger"] if isinstance(self.retrain.trigger, RetrainTrigger) else []
        if asked and not (self.partitions.is_stream and self.drift):
            fault = f"its {asked[0]} is looked at with the drift reports of a stream, and it has none: use a schedule"
            raise DeclarationError(self.name, fault)

    @property
    def training_length(self) -> timedelta:
        """Return how much time of a stream a training reads; 0 for a table."""
        return timedelta(0) if self.training_window is None else parse_duration(self.training_window)

    @property
    def holdout_length(self) -> timedelta:
        """Return how much of that is its holdout, as declared; 0 where the holdout is no stretch of time."""
        return self.holdout.length if isinstance(self.holdout, Newest) else timedelta(0)

    @property
    def performance_rules(self) -> tuple[PerformanceDrift, ...]:
        """Return the rules on measured performance."""
        return tuple(rule for rule in self.drift if isinstance(rule, PerformanceDrift))

    @property
    def drift_rules(self) -> tuple[DriftRule, ...]:
        """Return all rules that reports look at: those of the alerts, then the retrain trigger."""
        return (*self.drift, *([self.retrain.trigger] if isinstance(self.retrain.trigger, RetrainTrigger) else []))

    @property
    def recovery(self) -> Recovery | None:
        """Return the rule of health; None for a table, where nothing is watched, or where another rule retrains."""
        rule = self.retrain.trigger
        return rule if isinstance(rule, Recovery) and self.partitions.is_stream and self.drift else None

    @property
    def drift_needs(self) -> frozenset[Need]:
        """Return the references that these rules compare with."""
        return frozenset[Need]().union(*(rule.needs for rule in self.drift_rules))

    @property
    def row_key(self) -> tuple[str, ...]:
        """Return the columns that a prediction and its ground truth are joined by."""
        return self.partitions.row_key(self.time_column, self.entity)

    @property
    def stream(self) -> Partitions:
        """Return the partitions of a stream.

        Raises:
            NotAStreamError: the pipeline has no time partitions.
        """
        return self.partitions.stream(self.name)

    @property
    def monitoring_kinds(self) -> tuple[Kind, ...]:
        """Return the assets that watch production; only a stream waits for labels, and drift may not be watched."""
        ground_truth = (Kind.GROUND_TRUTH,) if self.partitions.is_stream else ()
        drift = (Kind.DRIFT,) if self.drift else ()
        return (Kind.PREDICTIONS, *ground_truth, Kind.EVALUATION, *drift)

    def partition_keys(self, times: pd.Series) -> np.ndarray:
        """Return the key of the partition of each time of a stream, shape (n_rows,), also before the first one.

        Rows from before the first partition are never predicted, but the first model learns from them.

        Raises:
            NotAStreamError: the pipeline has no time partitions.
        """
        in_utc = times.dt.tz_convert("UTC").dt.tz_localize(None)
        return self.stream.keys_at(in_utc.to_numpy(dtype="datetime64[us]"))

    def is_feature(self, column: str) -> bool:
        """Return whether a model learns from a column of that name."""
        if self.features:
            return column in self.features
        times = self.partitions.time_columns(self.time_column)
        return column not in (self.target.column, *times, *self.entity, *self.ignore)

    def feature_names(self, columns: Iterable[str]) -> list[str]:
        """Return those of `columns` that a model learns from, in their order.

        Raises:
            MissingColumnError: a declared feature is not among them.
        """
        columns = list(columns)
        lacking = [name for name in self.features if name not in columns]
        if lacking:
            raise MissingColumnError(lacking, columns)
        return [name for name in columns if self.is_feature(name)]

    @property
    def checked_columns(self) -> frozenset[str]:
        """Return the columns that quality rules name; those that nothing else looks at are read for checks alone."""
        return frozenset(name for rule in self.quality for name in rule.column_names)

    def is_read(self, column: str) -> bool:
        """Return whether anything but quality rules looks at a column: as a feature, or for what it says of its row."""
        roles = (
            self.target.column,
            self.time_column,
            *self.entity,
            *self.slices,
            getattr(self.holdout, "column", None),
        )
        return self.is_feature(column) or (column in roles and column not in self.ignore)

    def training_time(self, as_of: datetime, *, first: bool) -> datetime:
        """Return the time up to which a training at `as_of` may look.

        The first model of a stream learns from what lies before its first partition, so that every
        partition has a champion; a stream that has ended is looked at as of its end.
        """
        return self.partitions.training_time(as_of, first=first)

    def training_rows(self, until: datetime) -> Window | None:
        """Return the window that a training up to `until` reads; None for a table."""
        return self.partitions.training_window(until, self.training_window)

    def alert_metric(self, rule: Alert) -> str:
        """Return the metric that an alert on evaluations watches."""
        return rule.metric or self.metrics[0]

    def alert_limit(self, rule: Alert) -> float | None:
        """Return the value that an evaluation must not be worse than; None: an alert without a limit."""
        return self.floor if rule.worse_than is None else rule.worse_than

    def _check_alerts(self) -> None:
        watched = [(rule.on, self.alert_metric(rule) if rule.on == "evaluation" else None) for rule in self.alerts]
        if len(set(watched)) < len(watched):
            raise DeclarationError(self.name, "two of its alerts watch the same: give one of them up")
        for rule in self.alerts:
            if rule.on == "evaluation" and self.alert_metric(rule) not in self.metrics:
                raise DeclarationError(self.name, f"it alerts on {rule.metric!r}, which is not among its metrics")
            if rule.on == "evaluation" and self.alert_limit(rule) is None:
                raise DeclarationError(self.name, "it alerts on evaluations without worse_than or a floor")
            if rule.on == "evaluation" and rule.worse_than is None and self.alert_metric(rule) != self.metrics[0]:
                raise DeclarationError(
                    self.name, f"the floor is for {self.metrics[0]!r}: give the alert on {rule.metric!r} a worse_than"
                )
            if rule.on == "label_lateness" and not self.partitions.is_stream:
                raise DeclarationError(self.name, "it alerts on late labels, which only a stream with partitions has")
