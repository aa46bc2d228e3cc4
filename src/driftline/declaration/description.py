"""Declarations as JSON, and read back: what was in force stays readable when the code has moved on."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from driftline.datasets import Newest, RandomShare, SplitColumn, Target
from driftline.declaration.alerts import Alert
from driftline.declaration.choice import Choice
from driftline.declaration.declaration import Declaration
from driftline.declaration.ground_truth import GroundTruth
from driftline.declaration.partition_calendars import Daily, Hourly, Monthly, Weekly
from driftline.declaration.pipeline import ModelPipeline
from driftline.declaration.policies import Promote, Retrain
from driftline.declaration.whole_table import WholeTable
from driftline.drift import DataDrift, MultivariateDrift, PerformanceDrift, PredictionDrift, RetrainTrigger
from driftline.health import Recovery
from driftline.metrics import Task
from driftline.quality import AcceptedRange, AcceptedValues, Freshness, MissingShare, RowCount, Unique

FORMAT = 2  # of what `describe` writes; 0 is that of driftline 0.1, 1 of 0.2
_ADDED = {"quality"}  # since this format: not written where empty, so that declarations without keep their digest

_PARTS: dict[str, type] = (
    {
        part.__name__: part
        for part in (Hourly, Daily, Weekly, Monthly, WholeTable, Target, RandomShare, Newest, SplitColumn, GroundTruth)
    }
    | {
        part.__name__: part
        for part in (
            PerformanceDrift,
            DataDrift,
            PredictionDrift,
            MultivariateDrift,
            RetrainTrigger,
            Recovery,
            Choice,
            Retrain,
            Promote,
            Alert,
        )
    }
    | {part.__name__: part for part in (AcceptedRange, AcceptedValues, Unique, MissingShare, Freshness, RowCount)}
)
_RENAMED = {  # of format 0, by the part; "" is each of them
    ("PerformanceDrift", "floor"): "min_drop",
    ("MultivariateDrift", "floor"): "min_auroc",
    ("RetrainTrigger", "floor"): "min_drop",
    ("", "relative_floor"): "min_relative_drop",
    ("", "alike_rows"): "correlated_rows",
    **{("", f"{name}_floor"): f"min_{name}" for name in ("wasserstein", "ks", "tvd", "unseen", "missing")},
}


@dataclass(frozen=True, kw_only=True)
class UnknownPart:
    """A part of a stored declaration that is a user's own: its name and values are known, and what it does is not."""

    type: str
    values: Mapping[str, Any]


def describe(pipeline: ModelPipeline) -> dict[str, Any]:
    """Return what a declaration says, as JSON values; functions by their name."""
    parts = {
        field.name: _to_json(getattr(pipeline, field.name))
        for field in fields(pipeline)
        if field.name != "trainer" and (field.name not in _ADDED or getattr(pipeline, field.name))
    }
    return {**parts, "trainer": {"name": pipeline.trainer.name, **_to_json(dict(pipeline.trainer.params()))}}


def read_declaration(content: Mapping[str, Any], content_format: int) -> Declaration:
    """Return the declaration that `describe` wrote, also one of an older format.

    A holdout, a quality rule or a drift rule that is a user's own is an `UnknownPart`. The names of the dataset
    function and of the trainer are in the content alone.

    Raises:
        DeclarationError: its parts do not fit together any more.
    """
    names = {field.name for field in fields(Declaration)}
    parts = {name: value for name, value in content.items() if name in names}
    if content_format == 0:
        parts = {name: _from_format_0(value) for name, value in parts.items() if name != "partitions" or value}
        trigger = parts.get("retrain", {}).get("trigger")
        if trigger is not None:
            trigger["type"] = RetrainTrigger.__name__
    if content_format < 2 and "retrain" in parts:  # before there was a rule of recovery, and anything to choose from
        parts["retrain"] = {"trigger": None, **parts["retrain"], "choice": None}
    return Declaration(**{name: _from_json(value) for name, value in parts.items()})


def _to_json(value: Any) -> Any:
    if _is_value(value):
        return {"type": type(value).__name__, **{own.name: _to_json(getattr(value, own.name)) for own in fields(value)}}
    if isinstance(value, tuple | list):
        return [_to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _to_json(item) for key, item in value.items()}
    if callable(value):
        named = value if hasattr(value, "__qualname__") else type(value)  # a partial, or an object that is called
        return f"{named.__module__}.{named.__qualname__}"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _is_value(value: Any) -> bool:
    """Return whether this is a dataclass that cannot change: of one that can, only the name is declared."""
    return is_dataclass(value) and not isinstance(value, type) and type(value).__hash__ is not None


def _from_json(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_from_json(item) for item in value)
    if not isinstance(value, dict):
        return value
    values = {name: _from_json(item) for name, item in value.items() if name != "type"}
    part = _PARTS.get(str(value.get("type")))
    if part is None:
        return UnknownPart(type=str(value.get("type")), values=values)
    if part is Target and values.get("task") is not None:
        values["task"] = Task(values["task"])
    return part(**values)


def _from_format_0(value: Any) -> Any:
    """Return a part as it is written today: some fields have other names, and some are no more."""
    if isinstance(value, list):
        return [_from_format_0(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = str(value.get("type"))
    renamed = {
        _RENAMED.get((kind, name), _RENAMED.get(("", name), name)): _from_format_0(item) for name, item in value.items()
    }
    known = {own.name for own in fields(_PARTS[kind])} | {"type"} if kind in _PARTS else set(renamed)
    return {name: item for name, item in renamed.items() if name in known}
