"""Any scikit-learn classifier or regressor, stored by skops: no pickle, and only types that are trusted."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from driftline.datasets import Label
from driftline.metrics import Task
from driftline.models.errors import LONGEST_FAULT, ModelFilesError, UntrustedModelError, invalid_trainer
from driftline.models.importance import importance_shares
from driftline.models.model import Flavor, Model
from driftline.models.own_training import own_training
from driftline.models.signature import enforce, signature_of
from driftline.models.skops_check import refuse_bomb
from driftline.models.trainer import Param, check_training
from driftline.models.trusted_types import TRUSTED_TYPES

_FIRST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip entry can have


@dataclass(frozen=True)
class Sklearn:
    """How to train a scikit-learn estimator, such as a pipeline that encodes its own text columns.

    The estimator is cloned, never fitted itself. Where it leaves a `random_state` at None, the seed is set.

    Attributes:
        estimator: a classifier with `predict_proba`, which it may get by fitting, as a stack does, or a regressor.
        seed: what randomness starts from, where `fit` is given none.
        trusted: full names of types to store beside those of scikit-learn's usual estimators (`TRUSTED_TYPES`), such
            as those of a package of your own; loading such a model asks for the same word.
    """

    estimator: Any
    _: KW_ONLY
    seed: int = 0
    trusted: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The class of the estimator; of a pipeline its last step."""
        steps = getattr(self.estimator, "steps", None)
        return type(steps[-1][1] if steps else self.estimator).__name__

    def params(self) -> dict[str, Param]:
        """Return the estimator's parameters that are plain values, nested ones as `step__param`."""
        params = self.estimator.get_params(deep=True)
        plain = {key: value for key, value in params.items() if isinstance(value, Param)}
        return {**plain, "seed": self.seed}

    def with_params(self, params: Mapping[str, Param]) -> "Sklearn":
        """Return the trainer with other parameters of its estimator, nested ones as `step__param`.

        Raises:
            TrainingError: the estimator has no such parameter, or refuses the value.
        """
        from sklearn.base import clone  # noqa: PLC0415 - costs a second

        try:
            return replace(self, estimator=clone(self.estimator).set_params(**params))
        except (TypeError, ValueError) as error:
            raise invalid_trainer(self.name, f"does not take these parameters: {error}") from error

    @own_training
    def fit(
        self,
        features: pd.DataFrame,
        target: np.ndarray,
        *,
        task: Task,
        classes: tuple[Label, ...] = (),
        seed: int | None = None,
    ) -> Model:
        """Return a model trained on `features`; see `Trainer.fit`.

        Raises:
            TrainingError: there is nothing to learn from these rows.
            TrainingError: the estimator does not fit the task.
            InvalidColumnError: a column holds what no model reads.
            UntrustedModelError: the fitted estimator could not be loaded again.
        """
        from sklearn.base import clone  # noqa: PLC0415 - costs a second

        check_training(features, target, task=task, classes=classes)
        method = "predict" if task is Task.REGRESSION else "predict_proba"
        if not _may_have(self.estimator, method):
            raise invalid_trainer(self.name, f"has no {method}, which the task {task} needs")
        start = self.seed if seed is None else seed
        signature = signature_of(features)
        plain = enforce(signature, features)
        fitted = clone(self.estimator)
        unseeded = [key for key, value in fitted.get_params().items() if _is_seed(key) and value is None]
        fitted.set_params(**dict.fromkeys(unseeded, start)).fit(plain, target)
        if not hasattr(fitted, method):
            raise invalid_trainer(self.name, f"has no {method}, which the task {task} needs")
        estimator = SklearnEstimator(fitted, task, len(classes))
        refuse_untrusted(estimator.to_bytes(), self.trusted)
        return Model(
            flavor=Flavor.SKLEARN,
            estimator=estimator,
            signature=signature,
            task=task,
            classes=classes,
            example=plain.head(5).reset_index(drop=True),
            feature_importance=importance_shares(fitted, estimator, plain, target, task=task, seed=start),
        )


class SklearnEstimator:
    """A fitted estimator with what its scores are shaped by."""

    def __init__(self, fitted: Any, task: Task, class_count: int) -> None:
        self._fitted = fitted
        self._task = task
        self._class_count = class_count

    @classmethod
    def from_bytes(
        cls, content: bytes, *, task: Task, class_count: int, trusted: tuple[str, ...] = ()
    ) -> "SklearnEstimator":
        """Return the estimator that `to_bytes` stored.

        Raises:
            UntrustedModelError: it holds types that are not trusted; nothing was loaded.
            ModelFilesError: `content` is not a file of skops.
        """
        import skops.io  # noqa: PLC0415 - brings scikit-learn

        refuse_untrusted(content, trusted)
        with _reading():
            return cls(skops.io.loads(content, trusted=[*TRUSTED_TYPES, *trusted]), task, class_count)

    @cached_property
    def _stored(self) -> bytes:
        import skops.io  # noqa: PLC0415 - brings scikit-learn

        return _canonical(skops.io.dumps(self._fitted))

    def to_bytes(self) -> bytes:
        """Return the skops file without times and memory addresses."""
        return self._stored

    def score(self, features: pd.DataFrame) -> np.ndarray:
        """Return probabilities or values; see `Model.score`. An unseen class has probability 0."""
        table = features if self._reads_names(features) else features.to_numpy()
        if self._task is Task.REGRESSION:
            return np.asarray(self._fitted.predict(table), dtype=np.float64)
        probabilities = np.asarray(self._fitted.predict_proba(table), dtype=np.float64)
        scores = np.zeros((len(features), self._class_count))
        scores[:, self._columns()] = probabilities
        return scores[:, 1] if self._task is Task.BINARY else scores

    def _reads_names(self, features: pd.DataFrame) -> bool:
        """Return whether the estimator was fitted on a table; of an array the columns are named by their places."""
        places = [f"x{number}" for number in range(features.shape[1])]
        return hasattr(self._fitted, "feature_names_in_") or list(features.columns) != places

    def _columns(self) -> slice | np.ndarray:
        """Return the places of the classes that the estimator knows: all, or those whose indexes it was fitted on."""
        known = self._fitted.classes_
        return slice(None) if len(known) == self._class_count else known.astype(np.intp)


def refuse_untrusted(content: bytes, trusted: tuple[str, ...]) -> None:
    """Refuse a skops file with types that neither skops, `TRUSTED_TYPES` nor `trusted` trusts, without loading it.

    Raises:
        UntrustedModelError: it holds such types.
        ModelFilesError: `content` is not a file of skops, or unpacks to far more than it is.
    """
    import skops.io  # noqa: PLC0415 - brings scikit-learn

    with _reading():
        refuse_bomb(content)
        untrusted = skops.io.get_untrusted_types(data=content)
    refused = sorted(set(untrusted) - TRUSTED_TYPES - set(trusted))
    if refused:
        raise UntrustedModelError(refused)


@contextmanager
def _reading() -> Iterator[None]:
    """Make one error of whatever skops stumbles over: a broken file may have any content, also deep or cyclic."""
    try:
        yield
    except ModelFilesError:
        raise
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"[:LONGEST_FAULT]
        raise ModelFilesError(f"skops does not read the model ({fault})") from error


def _may_have(estimator: Any, method: str) -> bool:
    """Return whether an estimator that is not fitted has a method, or may get it by fitting.

    A method that an estimator hands on to another one is there once that one is known, which may be only after the
    fitting: a stack makes its last estimator then. Without a doubt it is missing where no instance of the class has
    it, and where an estimator of scikit-learn that is made of no others leaves it out by its own parameters.
    """
    steps = getattr(estimator, "steps", None)
    if steps:
        return _may_have(steps[-1][1], method)
    if hasattr(estimator, method):
        return True
    kind = type(estimator)
    if not hasattr(kind, method):
        return hasattr(kind, "__getattr__")
    is_made_of_others = any(hasattr(part, "fit") for part in estimator.get_params(deep=True).values())
    return is_made_of_others or not kind.__module__.startswith("sklearn.")


def _is_seed(key: str) -> bool:
    return key == "random_state" or key.endswith("__random_state")


def _canonical(content: bytes) -> bytes:
    """Return a skops file with its entries in order, without times, and objects numbered as they occur.

    skops names objects by their memory addresses, which differ from process to process.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as stored:
        files = {name: stored.read(name) for name in stored.namelist()}
    numbers: dict[str, str] = {}
    schema = _renumbered(json.loads(files.pop("schema.json")), numbers)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        _write(written, "schema.json", json.dumps(schema, indent=1).encode())
        renamed = {_renumbered_name(name, numbers): body for name, body in files.items()}
        for name in sorted(renamed):
            _write(written, name, renamed[name])
    return out.getvalue()


def _write(written: zipfile.ZipFile, name: str, body: bytes) -> None:
    entry = zipfile.ZipInfo(name, _FIRST_ZIP_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    written.writestr(entry, body)


def _renumbered(node: Any, numbers: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_renumbered(child, numbers) for child in node]
    if not isinstance(node, dict):
        return node
    if "__id__" in node:
        numbers.setdefault(str(node["__id__"]), str(len(numbers) + 1))
    changed = {key: _renumbered(child, numbers) for key, child in node.items()}
    if "__id__" in node:
        changed["__id__"] = int(numbers[str(node["__id__"])])
    if isinstance(node.get("file"), str):
        changed["file"] = _renumbered_name(node["file"], numbers)
    return changed


def _renumbered_name(name: str, numbers: dict[str, str]) -> str:
    address, dot, ending = name.partition(".")
    return f"{numbers.get(address, address)}{dot}{ending}"
