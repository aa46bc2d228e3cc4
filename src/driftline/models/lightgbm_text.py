"""Gradient boosted trees by LightGBM, stored as LightGBM's own text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from driftline.datasets import Label
from driftline.errors import LibraryMissingError
from driftline.metrics import Task
from driftline.models.errors import LONGEST_FAULT, ModelFilesError, invalid_trainer
from driftline.models.lightgbm_check import check_text
from driftline.models.model import Flavor, Model
from driftline.models.number_matrix import SMALL_TABLE, column_names, number_matrix
from driftline.models.own_training import own_training
from driftline.models.signature import Signature, enforce, signature_of
from driftline.models.trainer import Param, attributes_and_extra, check_training
from driftline.models.watch import Watch, WatchedModel

if TYPE_CHECKING:
    import lightgbm

_OBJECTIVES = {Task.BINARY: "binary", Task.MULTICLASS: "multiclass", Task.REGRESSION: "regression"}
_WATCHED = {"auroc": "auc", "average_precision": "average_precision", "rmse": "rmse", "mae": "l1"}
_WATCHED_LOSSES = {
    (Task.BINARY, "log_loss"): "binary_logloss",
    (Task.MULTICLASS, "log_loss"): "multi_logloss",
    (Task.BINARY, "accuracy"): "binary_error",
    (Task.MULTICLASS, "accuracy"): "multi_error",
}
_DECIDED = frozenset(
    {"objective", "num_class", "deterministic", "force_col_wise", "force_row_wise", "num_threads", "seed"}
    | {"num_leaves", "learning_rate", "num_iterations", "min_data_in_leaf", "feature_fraction", "lambda_l2"}
    | {"categorical_feature"}
)


def _lightgbm() -> ModuleType:
    """Return the library, imported when it is first needed: it costs a second, and brings scikit-learn."""
    try:
        return import_module("lightgbm")
    except OSError as error:  # its shared object wants one that the machine lacks
        raise LibraryMissingError("LightGBM", error, "apt-get install libgomp1") from error


@dataclass(frozen=True, kw_only=True)
class LightGBM:
    """How to train gradient boosted trees; the same rows and seed give the same bytes.

    Strings are categories by the list of the signature; a missing value is missing, and so is a string that
    did not occur in training. A datetime is its seconds since 1970.

    Attributes:
        num_leaves: leaves of a tree, at most.
        trees: boosting rounds.
        learning_rate: each tree's share.
        min_leaf_rows: rows of a leaf, at least.
        column_share: the share of the columns that each tree draws from, in (0, 1].
        l2: the L2 penalty on leaf values.
        seed: what randomness starts from, where `fit` is given none.
        threads: threads to train with. The trees do not depend on it, the stored bytes do; more than the idle
            cores makes training many times slower, so the default is one.
        extra: more of LightGBM's parameters under LightGBM's own names, such as `cat_smooth`.

    Raises:
        TrainingError: `extra` names what another attribute or the task decides.
    """

    num_leaves: int = 31
    trees: int = 100
    learning_rate: float = 0.1
    min_leaf_rows: int = 20
    column_share: float = 1.0
    l2: float = 0.0
    seed: int = 0
    threads: int = 1
    extra: Mapping[str, Param] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __post_init__(self) -> None:
        decided = sorted(_DECIDED & set(self.extra))
        if decided:
            raise invalid_trainer("LightGBM", f"is given {', '.join(decided)} in extra, which it sets itself")

    @property
    def name(self) -> str:
        """The trainer's name."""
        return "LightGBM"

    def params(self) -> dict[str, Param]:
        """Return what was chosen, `extra` under its own names."""
        return {
            "num_leaves": self.num_leaves,
            "trees": self.trees,
            "learning_rate": self.learning_rate,
            "min_leaf_rows": self.min_leaf_rows,
            "column_share": self.column_share,
            "l2": self.l2,
            "seed": self.seed,
            "threads": self.threads,
            **self.extra,
        }

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
            InvalidColumnError: a column holds what no model reads.
        """
        lightgbm = _lightgbm()
        check_training(features, target, task=task, classes=classes)
        signature = signature_of(features)
        plain = enforce(signature, features)
        params = self._lightgbm_params(task, classes, self.seed if seed is None else seed)
        booster = lightgbm.train(params, _table(signature, plain, target), self.trees)
        return _model(booster, signature, plain, task=task, classes=classes)

    @own_training
    def fit_watched(
        self,
        features: pd.DataFrame,
        target: np.ndarray,
        watch: Watch,
        *,
        task: Task,
        classes: tuple[Label, ...] = (),
        seed: int | None = None,
    ) -> WatchedModel:
        """Return the model at its best iteration of `trees`; see `BoostingTrainer.fit_watched`.

        Raises:
            TrainingError: there is nothing to learn from these rows.
            InvalidColumnError: a column holds what no model reads.
        """
        lightgbm = _lightgbm()
        check_training(features, target, task=task, classes=classes)
        signature = signature_of(features)
        plain = enforce(signature, features)
        own = _WATCHED[watch.metric] if watch.metric in _WATCHED else _WATCHED_LOSSES[task, watch.metric]
        params = self._lightgbm_params(task, classes, self.seed if seed is None else seed) | {"metric": own}
        table = _table(signature, plain, target)
        watched = table.create_valid(number_matrix(signature, enforce(signature, watch.features)), label=watch.target)
        booster = lightgbm.train(
            params,
            table,
            self.trees,
            valid_sets=[watched],
            callbacks=[_reporting(watch), lightgbm.early_stopping(watch.patience, verbose=False)],
        )
        model = _model(booster, signature, plain, task=task, classes=classes)
        return WatchedModel(model=model, trees=booster.best_iteration or booster.current_iteration())

    def with_params(self, params: Mapping[str, Param]) -> "LightGBM":
        """Return the trainer with other params, by the names that `params` gives them.

        Raises:
            TrainingError: a param is one that the task decides.
        """
        attributes, extra = attributes_and_extra(self, params)
        return replace(self, **attributes, extra={**self.extra, **extra})

    def _lightgbm_params(self, task: Task, classes: tuple[Label, ...], seed: int) -> dict[str, Param]:
        return {
            "objective": _OBJECTIVES[task],
            "num_leaves": self.num_leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.min_leaf_rows,
            "feature_fraction": self.column_share,
            "lambda_l2": self.l2,
            "seed": seed,
            "num_threads": self.threads,
            "deterministic": True,
            "force_col_wise": True,
            "verbosity": -1,
            **({"num_class": len(classes)} if task is Task.MULTICLASS else {}),
            **self.extra,
        }


def _table(signature: Signature, plain: pd.DataFrame, target: np.ndarray) -> Any:
    return _lightgbm().Dataset(
        number_matrix(signature, plain),
        label=target,
        feature_name=column_names(signature),
        categorical_feature=[i for i, column in enumerate(signature.columns) if column.type == "string"],
        params={"verbosity": -1},
    )


def _model(
    booster: "lightgbm.Booster", signature: Signature, plain: pd.DataFrame, *, task: Task, classes: tuple[Label, ...]
) -> Model:
    return Model(
        flavor=Flavor.LIGHTGBM,
        estimator=BoosterEstimator(booster, signature),
        signature=signature,
        task=task,
        classes=classes,
        example=plain.head(5).reset_index(drop=True),
        feature_importance=gain_shares(booster, signature),
    )


def _reporting(watch: Watch) -> Callable[[Any], None]:
    def report(env: Any) -> None:
        [(_, _, value, *_)] = env.evaluation_result_list
        watch.on_iteration(env.iteration, 1.0 - value if watch.metric == "accuracy" else value)

    return report


class BoosterEstimator:
    """A LightGBM booster with the signature that its numbers are made by."""

    def __init__(self, booster: "lightgbm.Booster", signature: Signature) -> None:
        self._booster = booster
        self._signature = signature

    @classmethod
    def from_bytes(cls, content: bytes, signature: Signature) -> "BoosterEstimator":
        """Return the booster that `to_bytes` stored.

        Raises:
            ModelFilesError: `content` is not a model of LightGBM.
        """
        lightgbm = _lightgbm()
        try:
            check_text(content, len(signature.columns))
            return cls(lightgbm.Booster(model_str=content.decode()), signature)
        except ModelFilesError:
            raise
        except Exception as error:  # a broken file may have any content
            fault = f"{type(error).__name__}: {error}"[:LONGEST_FAULT]
            raise ModelFilesError(f"LightGBM does not read the model text ({fault})") from error

    @cached_property
    def _stored(self) -> bytes:
        return str(self._booster.model_to_string()).encode()

    def to_bytes(self) -> bytes:
        """Return LightGBM's own text."""
        return self._stored

    def score(self, features: pd.DataFrame) -> np.ndarray:
        """Return probabilities or values; see `Model.score`."""
        threads = 1 if len(features) <= SMALL_TABLE else 0  # 0: as many as there are
        return np.asarray(self._booster.predict(number_matrix(self._signature, features), num_threads=threads))


def gain_shares(booster: "lightgbm.Booster", signature: Signature) -> dict[str, float]:
    """Return each column's share of the total gain, largest first."""
    gains = booster.feature_importance(importance_type="gain")
    total = float(gains.sum()) or 1.0
    shares = {name: float(gain) / total for name, gain in zip(signature.names, gains, strict=True)}
    return dict(sorted(shares.items(), key=lambda share: (-share[1], share[0])))
