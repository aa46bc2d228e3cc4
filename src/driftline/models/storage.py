"""A model as files, and back: JSON for its description, and its library's safe format for its weights."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from driftline.metrics import Task
from driftline.models.blend import BlendEstimator, stored_member_count
from driftline.models.errors import LONGEST_FAULT, ModelFilesError
from driftline.models.lightgbm_text import BoosterEstimator
from driftline.models.model import Estimator, Flavor, Model
from driftline.models.signature import Signature, columns_as_json, columns_from_json
from driftline.models.sklearn_skops import SklearnEstimator
from driftline.models.xgboost_json import XGBoostEstimator

_FORMAT_VERSION = 1
_ESTIMATOR_FILES = {
    Flavor.BLEND: "blend.json",
    Flavor.LIGHTGBM: "model.txt",
    Flavor.SKLEARN: "model.skops",
    Flavor.XGBOOST: "model.xgboost.json",
}


def to_files(model: Model) -> dict[str, bytes]:
    """Return the files of `model` by path; the same training gives the same bytes.

    `model.json`: format version, flavor, task, classes, signature, feature importance, and what its trainer chose,
    where it chose. `model.txt` (LightGBM), `model.skops` (scikit-learn) or `model.xgboost.json`: the trained weights.
    `example.json`: rows to try it with, as `{"columns", "rows"}`, times in ISO 8601 and missing values as null. Of a
    blend `blend.json` has the share of each member, whose own files are in `members/0/` and so on.
    """
    described: dict[str, Any] = {
        "format_version": _FORMAT_VERSION,
        "flavor": model.flavor,
        "task": model.task,
        "classes": list(model.classes),
        "signature": columns_as_json(model.signature),
        "feature_importance": dict(model.feature_importance),
    }
    if model.recipe is not None:
        described["recipe"] = dict(model.recipe)
    members = model.estimator.members if isinstance(model.estimator, BlendEstimator) else ()
    return {
        "model.json": _json(described),
        _ESTIMATOR_FILES[model.flavor]: model.estimator.to_bytes(),
        "example.json": _json(_rows_as_json(model.example)),
        **{
            f"{_member_folder(place)}{path}": content
            for place, member in enumerate(members)
            for path, content in to_files(member).items()
        },
    }


def from_files(files: Mapping[str, bytes], *, trusted: tuple[str, ...] = ()) -> Model:
    """Return the model that `to_files` wrote.

    Args:
        files: contents by path; other paths are left alone.
        trusted: full names of types that may be loaded beside those that skops trusts.

    Raises:
        ModelFilesError: a file is missing, broken, or of a newer format.
        UntrustedModelError: the model holds types that are not trusted; nothing of it was loaded.
    """
    return _from_files(files, trusted, is_member=False)


def _from_files(files: Mapping[str, bytes], trusted: tuple[str, ...], *, is_member: bool) -> Model:
    described_content, example_content = _file(files, "model.json"), _file(files, "example.json")
    try:
        described = json.loads(described_content)
        version = described["format_version"]
    except Exception as error:  # a broken file may have any content
        raise _broken("model.json", error) from error
    if version != _FORMAT_VERSION:
        raise ModelFilesError(f"model.json has format version {version}, this driftline reads {_FORMAT_VERSION}")
    try:
        flavor, task = Flavor(described["flavor"]), Task(described["task"])
        classes = tuple(described["classes"])
        signature = columns_from_json(described["signature"])
        importance, recipe = described["feature_importance"], described.get("recipe")
        example = _rows_from_json(json.loads(example_content), signature)
    except Exception as error:
        raise _broken("model.json or example.json", error) from error
    content = _file(files, _ESTIMATOR_FILES[flavor])
    estimator: Estimator
    if flavor is Flavor.BLEND:
        estimator = BlendEstimator.from_bytes(content, [] if is_member else _members(files, content, trusted))
    elif flavor is Flavor.LIGHTGBM:
        estimator = BoosterEstimator.from_bytes(content, signature)
    elif flavor is Flavor.XGBOOST:
        estimator = XGBoostEstimator.from_bytes(content, signature, task=task, class_count=len(classes))
    else:
        estimator = SklearnEstimator.from_bytes(content, task=task, class_count=len(classes), trusted=trusted)
    if isinstance(estimator, BlendEstimator):
        _check_members(estimator, signature, task, classes)
    return Model(
        flavor=flavor,
        estimator=estimator,
        signature=signature,
        task=task,
        classes=classes,
        example=example,
        feature_importance=importance,
        recipe=recipe,
    )


def model_digest(files: Mapping[str, bytes]) -> str:
    """Return the sha256 of a model as 64 lowercase hex digits.

    It is taken over one line per file, sorted by path: the file's own sha256, two spaces, the path.
    """
    return digest_of_files({path: hashlib.sha256(content).hexdigest() for path, content in files.items()})


def digest_of_files(digests: Mapping[str, str]) -> str:
    """Return what `model_digest` returns, of files whose own sha256 are known, by path."""
    lines = (f"{digests[path]}  {path}\n" for path in sorted(digests))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _members(files: Mapping[str, bytes], content: bytes, trusted: tuple[str, ...]) -> list[Model]:
    """Return the members of a blend, none of which is a blend itself."""
    folders = [_member_folder(place) for place in range(stored_member_count(content))]
    return [
        _from_files(
            {path.removeprefix(folder): body for path, body in files.items() if path.startswith(folder)},
            trusted,
            is_member=True,
        )
        for folder in folders
    ]


def _check_members(blend: BlendEstimator, signature: Signature, task: Task, classes: tuple[Any, ...]) -> None:
    for place, member in enumerate(blend.members):
        if (member.signature, member.task, member.classes) != (signature, task, classes):
            raise ModelFilesError(f"member {place} of the blend has other columns, classes or another task")


def _member_folder(place: int) -> str:
    return f"members/{place}/"


def _broken(path: str, error: Exception) -> ModelFilesError:
    return ModelFilesError(f"{path} is broken ({f'{type(error).__name__}: {error}'[:LONGEST_FAULT]})")


def _file(files: Mapping[str, bytes], path: str) -> bytes:
    if path not in files:
        raise ModelFilesError(f"{path} is missing")
    return files[path]


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _rows_as_json(example: pd.DataFrame) -> dict[str, list[Any]]:
    columns = [[_cell(value) for value in values] for _, values in example.items()]
    return {"columns": list(example.columns), "rows": [list(row) for row in zip(*columns, strict=True)]}


def _cell(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    return str(value) if isinstance(value, float) and np.isinf(value) else value


def _rows_from_json(stored: Mapping[str, list[Any]], signature: Signature) -> pd.DataFrame:
    by_name = dict(zip(stored["columns"], zip(*stored["rows"], strict=True), strict=True))
    types = {"integer": "int64", "float": "float64", "boolean": "bool", "string": "str"}
    return pd.DataFrame(
        {
            column.name: pd.to_datetime(pd.Series(by_name[column.name]))
            if column.type == "datetime"
            else pd.Series(by_name[column.name], dtype=types[column.type])
            for column in signature.columns
        }
    )
