"""Filters on runs as SQL: conditions on the number of a run, and the index by which the runs of a term are found."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Float, Select, String, and_, case, cast, false, func, not_, or_, select, true

from driftline.filters import (
    Aggregate,
    And,
    Attribute,
    Comparison,
    Condition,
    Field,
    Membership,
    Metric,
    Not,
    Or,
    Param,
    Presence,
    Tag,
)
from driftline.store.run_terms import (
    Column,
    Leaf,
    exists,
    holds_text,
    is_range,
    logged_ranges,
    number_meets,
    param_meets,
    table,
    tag_meets,
    text_meets,
)

PARTITION_TAG = "dagster/partition"  # as Dagster names it
SECONDS_A_DAY = 86_400
Rows = Select[Any]  # of numbers of runs

_RUN_COLUMNS = {
    Attribute.RUN_ID: "run_id",
    Attribute.RUN_NAME: "name",
    Attribute.STATUS: "status",
    Attribute.USER_ID: "user_name",
    Attribute.START_TIME: "started_at",
    Attribute.END_TIME: "ended_at",
    Attribute.PARENT: "parent_run_id",
    Attribute.GIT_COMMIT: "git_commit",
    Attribute.DAGSTER_RUN_ID: "dagster_run_id",
}
_INDEXED = {Attribute.RUN_ID, Attribute.PARENT, Attribute.DAGSTER_RUN_ID, Attribute.START_TIME, Attribute.EXPERIMENT}
_JOINED = {Attribute.MODEL, Attribute.DATASET_NAME, Attribute.DATASET_DIGEST, Attribute.DATASET_ROLE}


@dataclass(frozen=True, kw_only=True)
class AliasHolder:
    """A version that an alias points at, by the run that trained it."""

    model: str
    alias: str
    run_id: str


@dataclass(frozen=True, kw_only=True)
class Start:
    """How the runs of a condition are found.

    Attributes:
        rows: statements that together give the numbers of these runs.
        is_ranged: an index leads to just these; otherwise all values of the field are looked at.
    """

    rows: tuple[Rows, ...]
    is_ranged: bool = False


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """Makes the SQL of conditions.

    Attributes:
        dialect: "sqlite" or "postgresql".
        keys: the numbers of the keys that a search names; one that nobody logged has none.
        holders: who holds which alias now.
    """

    dialect: str
    keys: Mapping[str, int]
    holders: Collection[AliasHolder]

    def of(self, condition: Condition, number: Column) -> Column:
        """Return whether a condition holds of the run with this number."""
        match condition:
            case And(terms=terms):
                return and_(true(), *(self.of(term, number) for term in terms))
            case Or(terms=terms):
                return or_(false(), *(self.of(term, number) for term in terms))
            case Not(term=term):
                return not_(self.of(term, number))
            case Presence(field=field, is_missing=True):
                return not_(self._leaf(Presence(field=field, is_missing=False), number))
        return self._leaf(condition, number)

    def start(self, condition: Condition) -> Start | None:
        """Return how all runs of a condition are found without looking at every run; None: not at all."""
        match condition:
            case Or(terms=terms):
                arms = [arm for term in terms if (arm := self.start(term))]
                if len(arms) < len(terms):
                    return None
                rows = tuple(rows for arm in arms for rows in arm.rows)
                return Start(rows=rows, is_ranged=all(arm.is_ranged for arm in arms))
            case Comparison() | Membership() | Presence(is_missing=False):
                return self._start(condition)
        return None

    def metric_column(self, metric: Metric) -> tuple[int, str]:
        """Return the number of a metric's key and the column of its aggregate.

        Where nobody logged `auc`, `auc.max` is the last value of a metric that is named so.
        """
        whole = f"{metric.key}.{metric.aggregate}"
        if metric.aggregate is not Aggregate.LAST and metric.key not in self.keys and whole in self.keys:
            return self.keys[whole], str(Aggregate.LAST)
        return self.key(metric.key), str(metric.aggregate)

    def key(self, name: str) -> int:
        """Return the number of a key, or 0, which none has."""
        return self.keys.get(name, 0)

    def run_value(self, attribute: Attribute, run: Any) -> Column:
        """Return the value of an attribute that a row of the table `run` has."""
        if attribute is Attribute.DURATION:
            return self._duration(run)
        if attribute is Attribute.ARCHIVED:
            return case((run.c.archived_at.is_(None), 0), else_=1)
        if attribute is Attribute.EXPERIMENT:
            experiment = table("experiment")
            return select(experiment.c.name).where(experiment.c.id == run.c.experiment_id).scalar_subquery()
        return run.c[_RUN_COLUMNS[attribute]]  # type: ignore[no-any-return]

    def run_lacks(self, attribute: Attribute, run: Any) -> Column:
        """Return whether a row of the table `run` has no value of an attribute."""
        attribute = Attribute.END_TIME if attribute is Attribute.DURATION else attribute
        return self.run_value(attribute, run).is_(None)

    def _duration(self, run: Any) -> Column:
        """Return the seconds that a run took; SQLite counts milliseconds."""
        if self.dialect != "sqlite":
            return cast(func.extract("epoch", run.c.ended_at - run.c.started_at), Float)
        days = func.julianday(cast(run.c.ended_at, String)) - func.julianday(cast(run.c.started_at, String))
        return func.round(days * SECONDS_A_DAY, 3, type_=Float)

    def _leaf(self, condition: Leaf, number: Column) -> Column:
        match stored_field(condition.field):
            case Metric() as metric:
                (key, name), row = self.metric_column(metric), table("metric_summary")
                return exists(row.c.run == number, row.c.key == key, number_meets(summary_value(row, name), condition))
            case Param(key=key):
                row = table("param")
                return exists(
                    row.c.run == number, row.c.key == self.key(key), param_meets(row, condition, self.dialect)
                )
            case Tag(key=key):
                row = table("tag")
                return exists(row.c.run == number, row.c.key == self.key(key), tag_meets(row, condition, self.dialect))
            case Attribute() as attribute:
                run = table("run")
                return exists(run.c.id == number, self.run_meets(run, attribute, condition))

    def run_meets(self, run: Any, attribute: Attribute, condition: Leaf) -> Column:
        """Return whether a row of the table `run` meets a condition on an attribute."""
        if attribute in _JOINED:
            return exists(*self._joined(run, attribute, condition))
        match attribute:
            case Attribute.ALIAS:
                held = {one.run_id for one in self.holders if holds_text(_spellings(one), condition)}
                return run.c.run_id.in_(sorted(held))  # type: ignore[no-any-return]
            case Attribute.EXPERIMENT:
                experiment = table("experiment")
                named = select(experiment.c.id).where(text_meets(experiment.c.name, condition, self.dialect))
                return run.c.experiment_id.in_(named)  # type: ignore[no-any-return]
            case Attribute.ARCHIVED:
                is_archived = isinstance(condition, Comparison) and condition.value is True
                return run.c.archived_at.is_not(None) if is_archived else run.c.archived_at.is_(None)  # type: ignore[no-any-return]
        return text_meets(self.run_value(attribute, run), condition, self.dialect)

    def _start(self, condition: Leaf) -> Start:
        match stored_field(condition.field):
            case Metric() as metric:
                (key, name), row = self.metric_column(metric), table("metric_summary", "start")
                rows = select(row.c.run).where(row.c.key == key, number_meets(summary_value(row, name), condition))
                return Start(rows=(rows,), is_ranged=name == str(Aggregate.LAST) and is_range(condition))
            case Param(key=key):
                row = table("param", "start")
                meets = (row.c.key == self.key(key), param_meets(row, condition, self.dialect))
                return _logged_start(row, meets, condition)
            case Tag(key=key):
                row = table("tag", "start")
                meets = (row.c.key == self.key(key), tag_meets(row, condition, self.dialect))
                return _logged_start(row, meets, condition)
            case Attribute() as attribute:
                run = table("run", "start")
                rows = select(run.c.id.label("run"))
                if attribute in _JOINED:
                    return Start(rows=(rows.where(*self._joined(run, attribute, condition)).distinct(),))
                is_ranged = attribute is Attribute.ALIAS or (attribute in _INDEXED and is_range(condition))
                return Start(rows=(rows.where(self.run_meets(run, attribute, condition)),), is_ranged=is_ranged)

    def _joined(self, run: Any, attribute: Attribute, condition: Leaf) -> tuple[Column, ...]:
        """Return the conditions under which a row of `run` has rows in other tables."""
        if attribute is Attribute.MODEL:
            version, model = table("model_version"), table("registered_model")
            joined = (version.c.run_id == run.c.run_id, model.c.id == version.c.model_id)
            return (*joined, text_meets(model.c.name, condition, self.dialect))
        used, dataset = table("run_input"), table("dataset_version")
        column = {
            Attribute.DATASET_NAME: dataset.c.dataset,
            Attribute.DATASET_DIGEST: dataset.c.digest,
            Attribute.DATASET_ROLE: used.c.role,
        }[attribute]
        joined = (used.c.run_id == run.c.run_id, dataset.c.id == used.c.dataset_version_id)
        return (*joined, text_meets(column, condition, self.dialect))


def summary_value(row: Any, name: str) -> Column:
    """Return an aggregate of a metric as a float: PostgreSQL would round what a count is compared with."""
    return cast(row.c[name], Float) if name == str(Aggregate.COUNT) else row.c[name]


def stored_field(field: Field) -> Field:
    """Return the field under which a field is stored: the partition of a run is a tag."""
    return Tag(key=PARTITION_TAG) if field is Attribute.PARTITION else field


def _logged_start(row: Any, meets: tuple[Column, ...], condition: Leaf) -> Start:
    ranges = tuple(select(row.c.run).where(*meets, part) for part in logged_ranges(row, condition))
    return Start(rows=ranges or (select(row.c.run).where(*meets),), is_ranged=bool(ranges))


def _spellings(holder: AliasHolder) -> tuple[str, str]:
    return holder.alias, f"{holder.model}@{holder.alias}"
