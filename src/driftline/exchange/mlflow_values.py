"""How MLflow writes what both of its stores hold."""

import json
from collections.abc import Mapping, Sequence
from math import inf, isnan
from sys import float_info
from typing import Any

STATUSES = {"1": "running", "2": "running", "3": "finished", "4": "failed", "5": "killed"}  # of its enumeration
NAMED_STATUSES = {
    "RUNNING": "running",
    "SCHEDULED": "running",
    "FINISHED": "finished",
    "FAILED": "failed",
    "KILLED": "killed",
}
CONTEXT = "mlflow.data.context"
NOTE = "mlflow.note.content"
DEFAULT_WORKSPACE = "default"


def status_of(value: object) -> str:
    """Return driftline's status for a name or a number of MLflow's.

    Raises:
        ValueError: it is neither.
    """
    text = str(value)
    status = STATUSES.get(text) or NAMED_STATUSES.get(text.upper())
    if status is None:
        raise ValueError(f"its status is {text!r}")
    return status


def measured(value: float, *, is_nan: bool = False) -> float | None:
    """Return a value as it was logged, None for NaN: MLflow's database keeps infinities as the largest floats."""
    if is_nan or isnan(value):
        return None
    return inf if value >= float_info.max else -inf if value <= -float_info.max else value


def columns_of(schema: str | None) -> list[Mapping[str, str]]:
    """Return the columns that MLflow's JSON of a schema names; none where it is of another kind or broken."""
    spec = _parsed(schema).get("mlflow_colspec")
    if not isinstance(spec, Sequence) or isinstance(spec, str):
        return []
    return [
        {"name": str(column["name"]), "dtype": str(column["type"])}
        for column in spec
        if isinstance(column, dict) and "name" in column and "type" in column
    ]


def row_count_of(profile: str | None) -> int:
    """Return how many rows MLflow's JSON of a profile counts; 0 where it does not say."""
    count = _parsed(profile).get("num_rows", 0)
    return count if isinstance(count, int) and count >= 0 else 0


def name_in(workspace: object, name: str) -> str:
    """Return the name of something in a workspace of MLflow 3."""
    return name if workspace in {None, "", DEFAULT_WORKSPACE} else f"{workspace}/{name}"


def _parsed(text: str | None) -> Mapping[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
