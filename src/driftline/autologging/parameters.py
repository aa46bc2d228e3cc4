"""What a training was given, as params of a run."""

from collections.abc import Mapping
from typing import Any

_PLAIN = (str, int, float, bool, type(None))
_LONGEST = 250


def params_of(estimator: Any) -> dict[str, Any]:
    """Return the parameters of an estimator, those of its parts as `step__param`; a part is named by its class."""
    return plain_params(estimator.get_params(deep=True))


def plain_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters as values that a run can store."""
    return {key_of(name): _plain(value) for name, value in params.items()}


def key_of(text: object) -> str:
    """Return a text as a key of a run: no part of it is empty, or a dot."""
    parts = [part for part in str(text).split("/") if part not in {"", ".", ".."}]
    return "/".join(parts)[:_LONGEST] or "_"


def class_of(estimator: Any) -> str:
    """Return the name of an estimator's class, of a pipeline that of its last step."""
    steps = getattr(estimator, "steps", None)
    if steps:
        return class_of(steps[-1][1])
    return type(estimator).__name__


def _plain(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, list | tuple) and all(isinstance(part, _PLAIN) for part in value):
        return list(value)
    if isinstance(value, dict) and all(isinstance(part, _PLAIN) for part in value.values()):
        return {str(name): part for name, part in value.items()}
    if hasattr(value, "get_params") or not hasattr(value, "item"):
        text = str(value) if not hasattr(value, "get_params") else type(value).__name__
        return text if len(text) <= _LONGEST else type(value).__name__
    return value.item() if getattr(value, "size", 0) == 1 else type(value).__name__
