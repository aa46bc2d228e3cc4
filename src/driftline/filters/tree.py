"""A filter as a tree, and an order as a tuple: plain values, which the store turns into SQL."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Aggregate(StrEnum):
    """Which value of a metric is meant; of points that are not finite only the count knows."""

    FIRST = "first"
    LAST = "last"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    COUNT = "count"


class Attribute(StrEnum):
    """What a run has besides its params, metrics and tags."""

    RUN_ID = "run_id"
    RUN_NAME = "run_name"
    EXPERIMENT = "experiment"
    STATUS = "status"
    USER_ID = "user_id"
    START_TIME = "start_time"
    END_TIME = "end_time"
    DURATION = "duration"
    ARCHIVED = "archived"
    PARENT = "parent"
    GIT_COMMIT = "git_commit"
    DAGSTER_RUN_ID = "dagster_run_id"
    PARTITION = "partition"
    MODEL = "model"
    ALIAS = "alias"
    DATASET_NAME = "dataset.name"
    DATASET_DIGEST = "dataset.digest"
    DATASET_ROLE = "dataset.role"


class Operator(StrEnum):
    """How a field is compared with a value; `!=` and NOT LIKE hold only where there is a value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LIKE = "LIKE"
    NOT_LIKE = "NOT LIKE"
    ILIKE = "ILIKE"
    NOT_ILIKE = "NOT ILIKE"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of a run, by its key."""

    key: str
    aggregate: Aggregate = Aggregate.LAST


@dataclass(frozen=True, kw_only=True)
class Param:
    """A param of a run, by its key."""

    key: str


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A tag of a run, by its key."""

    key: str


Field = Metric | Param | Tag | Attribute
Value = str | float | bool | datetime


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A field is compared with a value.

    Attributes:
        field: what is compared.
        operator: how.
        value: a float for metrics and for `duration`, in seconds; a time in UTC for times; a bool for `archived`; a
            text, float or bool for params; a text for all others, the status in lower case.
    """

    field: Field
    operator: Operator
    value: Value


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A field has one of some values, or has another one where it is negated."""

    field: Field
    values: tuple[Value, ...]
    is_negated: bool = False


@dataclass(frozen=True, kw_only=True)
class Presence:
    """A run has a value of a field, or has none."""

    field: Field
    is_missing: bool


@dataclass(frozen=True, kw_only=True)
class And:
    """All terms hold; without any, every run is meant."""

    terms: "tuple[Condition, ...]"


@dataclass(frozen=True, kw_only=True)
class Or:
    """At least one term holds."""

    terms: "tuple[Condition, ...]"


@dataclass(frozen=True, kw_only=True)
class Not:
    """A term does not hold, which includes that a run lacks the field."""

    term: "Condition"


Condition = Comparison | Membership | Presence | And | Or | Not


@dataclass(frozen=True, kw_only=True)
class OrderBy:
    """A field by which runs are ordered; those that lack it come last, whatever the direction."""

    field: Field
    is_descending: bool = False


Order = tuple[OrderBy, ...]


def terms_of(condition: Condition) -> tuple[Condition, ...]:
    """Return what must all hold for a filter to hold."""
    return condition.terms if isinstance(condition, And) else (condition,)


def fields_of(condition: Condition) -> frozenset[Field]:
    """Return the fields that a filter names."""
    match condition:
        case And(terms=terms) | Or(terms=terms):
            return frozenset[Field]().union(*(fields_of(term) for term in terms))
        case Not(term=term):
            return fields_of(term)
        case Comparison(field=field) | Membership(field=field) | Presence(field=field):
            return frozenset({field})
