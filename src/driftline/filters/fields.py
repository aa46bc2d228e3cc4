"""The names of fields: which field a name means, and which values it has."""

from difflib import get_close_matches
from enum import Enum, auto

from driftline.errors import LONGEST_NAME, listing, suggestion
from driftline.filters.errors import WordError
from driftline.filters.tokens import Part, Token
from driftline.filters.tree import Aggregate, Attribute, Field, Metric, Param, Tag

GROUPS = {
    "metric": "metrics", "metrics": "metrics",
    "param": "params", "params": "params", "parameter": "params", "parameters": "params",
    "tag": "tags", "tags": "tags",
    "attribute": "attributes", "attributes": "attributes", "attr": "attributes", "run": "attributes",
    "dataset": "dataset", "datasets": "dataset",
}  # fmt: skip
_SPELT_OUT = ("metrics", "params", "tags", "attributes", "dataset")
ATTRIBUTES = {str(attribute): attribute for attribute in Attribute} | {
    "name": Attribute.RUN_NAME,
    "created": Attribute.START_TIME,
    "started_at": Attribute.START_TIME,
    "ended_at": Attribute.END_TIME,
    "duration_s": Attribute.DURATION,
    "user": Attribute.USER_ID,
    "user_name": Attribute.USER_ID,
    "experiment_name": Attribute.EXPERIMENT,
    "parent_run_id": Attribute.PARENT,
    "commit": Attribute.GIT_COMMIT,
    "dataset": Attribute.DATASET_NAME,
    "dataset.context": Attribute.DATASET_ROLE,
}
_OF_TAGS = {  # tags in which MLflow keeps what is an attribute here
    "mlflow.runName": Attribute.RUN_NAME,
    "mlflow.user": Attribute.USER_ID,
    "mlflow.parentRunId": Attribute.PARENT,
    "mlflow.source.git.commit": Attribute.GIT_COMMIT,
}
_ELSEWHERE = {
    "lifecycle_stage": "Archived runs are found by archived = true.",
    "artifact_uri": "The files of a run are stored by their sha256, not in a folder of the run: name it by run_id.",
    "experiment_id": "Experiments have names: experiment = 'income'.",
}


class ValueKind(Enum):
    """Which values a field has."""

    NUMBER = auto()
    ANY = auto()  # a number, a text or a boolean
    TEXT = auto()
    STATUS = auto()
    TIME = auto()
    DURATION = auto()
    BOOLEAN = auto()


_KINDS = {
    Attribute.STATUS: ValueKind.STATUS,
    Attribute.START_TIME: ValueKind.TIME,
    Attribute.END_TIME: ValueKind.TIME,
    Attribute.DURATION: ValueKind.DURATION,
    Attribute.ARCHIVED: ValueKind.BOOLEAN,
}
NEVER_MISSING = frozenset({
    Attribute.RUN_ID,
    Attribute.RUN_NAME,
    Attribute.EXPERIMENT,
    Attribute.STATUS,
    Attribute.USER_ID,
    Attribute.START_TIME,
    Attribute.ARCHIVED,
})  # fmt: skip
MANY_PER_RUN = frozenset({
    Attribute.MODEL,
    Attribute.ALIAS,
    Attribute.DATASET_NAME,
    Attribute.DATASET_DIGEST,
    Attribute.DATASET_ROLE,
})  # fmt: skip


def kind_of(field: Field) -> ValueKind:
    """Return which values a field has."""
    match field:
        case Metric():
            return ValueKind.NUMBER
        case Param():
            return ValueKind.ANY
        case Tag():
            return ValueKind.TEXT
        case Attribute():
            return _KINDS.get(field, ValueKind.TEXT)


def field_named(name: Token) -> Field:
    """Return the field that a name means.

    Raises:
        WordError: it means none.
    """
    group, key = _split(name)
    match group:
        case "metrics":
            return _metric(key)
        case "params":
            return Param(key=_whole(group, key))
        case "tags":
            whole = _whole(group, key)
            return _OF_TAGS.get(whole) or Tag(key=whole)
        case "dataset":
            return _attribute(f"dataset.{_whole(group, key)}")
    return _attribute(_whole(group, key))


def _split(name: Token) -> tuple[str, tuple[Part, ...]]:
    """Return the group of a field and the parts of its key; a name without a dot is an attribute."""
    first, *others = name.parts
    if first.is_quoted:
        head, dot, tail = first.text, "." if others else "", others[0].text.removeprefix(".") if others else ""
        others = others[1:]
    else:
        head, dot, tail = first.text.partition(".")
    if not dot:
        return "attributes", (first,)
    if head.lower() not in GROUPS:
        close = get_close_matches(head[:LONGEST_NAME].lower(), _SPELT_OUT, n=1)
        hint = (
            f"Did you mean {close[0]}.{tail}?" if close else f"Names begin with {listing(_SPELT_OUT)}, or have no dot."
        )
        raise WordError(f"{name.source} is not a field of a run", hint)
    key = (Part(text=tail, is_quoted=False), *others) if tail else tuple(others)
    return GROUPS[head.lower()], key


def _metric(key: tuple[Part, ...]) -> Metric:
    """Return a metric; what follows the last dot outside of quotes may be an aggregate."""
    whole = _whole("metrics", key)
    if not key[-1].is_quoted:
        name, dot, aggregate = whole.rpartition(".")
        if name and dot and aggregate in set(Aggregate):
            return Metric(key=name, aggregate=Aggregate(aggregate))
    return Metric(key=whole)


def _whole(group: str, key: tuple[Part, ...]) -> str:
    whole = "".join(part.text for part in key)
    if not whole:
        raise WordError(f"{group}. names no key", f"Write one after the dot: {group}.name.")
    return whole


def _attribute(written: str) -> Attribute:
    name = "_".join(written.lower().split())  # "Run Name" is run_name
    if name in ATTRIBUTES:
        return ATTRIBUTES[name]
    if name in _ELSEWHERE:
        raise WordError(f"A run has no attribute {written!r}", _ELSEWHERE[name])
    close = suggestion(name, ATTRIBUTES)
    if not close.startswith("Did you mean"):
        close = f"Write metrics.{written}, params.{written} or tags.{written}; attributes are {listing(Attribute)}."
    raise WordError(f"A run has no attribute {written!r}", close)
