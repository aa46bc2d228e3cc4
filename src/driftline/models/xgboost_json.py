"""Gradient boosted trees by XGBoost, stored as XGBoost's own JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np
import pandas as pd

from driftline.datasets import Label
from driftline.errors import LibraryMissingError
from driftline.metrics import Task
from driftline.models.errors import LONGEST_FAULT, ModelFilesError, invalid_trainer
from driftline.models.model import Flavor, Model
from driftline.models.number_matrix import SMALL_TABLE, column_names, number_matrix
from driftline.models.signature import Signature, enforce, signature_of
from driftline.models.trainer import Param, attributes_and_extra, check_training
from driftline.models.watch import Watch, WatchedModel
from driftline.models.xgboost_check import check_json

_OBJECTIVES = {Task.BINARY: "binary:logistic", Task.MULTICLASS: "multi:softprob", Task.REGRESSION: "reg:squarederror"}
_WATCHED = {"auroc": "auc", "average_precision": "aucpr", "rmse": "rmse", "mae": "mae"}
_WATCHED_LOSSES = {
    (Task.BINARY, "log_loss"): "logloss",
    (Task.MULTICLASS, "log_loss"): "mlogloss",
    (Task.BINARY, "accuracy"): "error",
    (Task.MULTICLASS, "accuracy"): "merror",
}
_LARGEST = float(np.finfo(np.float32).max)  # XGBoost holds numbers in 32 bits, and refuses infinities
_DECIDED = frozenset(
    {
        "objective",
        "num_class",
        "nthread",
        "n_jobs",
        "seed",
        "random_state",
        "booster",
        "verbosity",
        "disable_default_eval_metric",
    }
    | {"max_depth", "eta", "learning_rate", "min_child_weight", "colsample_bytree", "lambda", "reg_lambda"}
)


def _xgboost() -> ModuleType:
    """Return the library, imported when it is first needed: it is an extra, and costs half a second."""
    try:
        return import_module("xgboost")
    except (
        ImportError,
        OSError,
    ) as error:  # it is not installed, or its shared object wants one that the machine lacks
        raise LibraryMissingError("XGBoost", error, "pip install 'driftline[xgboost]'") from error


@dataclass(frozen=True, kw_only=True)
class XGBoost:
    """How to train gradient boosted trees with XGBoost; the same rows and seed give the same bytes.

    XGBoost is an extra: `pip install 'driftline[xgboost]'`. Strings are categories by the list of the signature; a
    missing value is missing, and so is a string that did not occur in training. A datetime is its seconds since 1970.
    XGBoost holds numbers in 32 bits, seven digits: of a datetime some minutes; an infinity is the largest of them.

    Attributes:
        max_depth: levels of a tree, at most; 0 is no limit.
        trees: boosting rounds.
        learning_rate: each tree's share.
        min_child_weight: the sum of the second derivatives in a leaf, at least; of a regression that is its rows.
        column_share: the share of the columns that each tree draws from, in (0, 1].
        l2: the L2 penalty on leaf values.
        seed: what randomness starts from, where `fit` is given none.
        threads: threads to train with.
        extra: more of XGBoost's parameters under XGBoost's own names, such as `max_cat_to_onehot`.

    Raises:
        TrainingError: `extra` names what another attribute or the task decides.
    """

    max_depth: int = 6
    trees: int = 100
    learning_rate: float = 0.1
    min_child_weight: float = 1.0
    column_share: float = 1.0
    l2: float = 1.0
    seed: int = 0
    threads: int = 1
    extra: Mapping[str, Param] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __post_init__(self) -> None:
        decided = sorted(_DECIDED & set(self.extra))
        if decided:
            raise invalid_trainer("XGBoost", f"is given {', '.join(decided)} in extra, which it sets itself")

    @property
    def name(self) -> str:
        """The trainer's name."""
        return "XGBoost"

    def params(self) -> dict[str, Param]:
        """Return what was chosen, `extra` under its own names."""
        return {
            "max_depth": self.max_depth,
            "trees": self.trees,
            "learning_rate": self.learning_rate,
            "min_child_weight": self.min_child_weight,
            "column_share": self.column_share,
            "l2": self.l2,
            "seed": self.seed,
            "threads": self.threads,
            **self.extra,
        }

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
            LibraryMissingError: XGBoost is not installed.
        """
        xgboost = _xgboost()
        check_training(features, target, task=task, classes=classes)
        signature = signature_of(features)
        plain = enforce(signature, features)
        table = _table(signature, plain, threads=self.threads, target=target)
        params = self._xgboost_params(task, classes, self.seed if seed is None else seed)
        booster = xgboost.train(params, table, num_boost_round=self.trees)
        return _model(booster, signature, plain, task=task, classes=classes)

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
            LibraryMissingError: XGBoost is not installed.
        """
        xgboost = _xgboost()
        check_training(features, target, task=task, classes=classes)
        signature = signature_of(features)
        plain = enforce(signature, features)
        table = _table(signature, plain, threads=self.threads, target=target)
        watched = enforce(signature, watch.features)
        own = _WATCHED[watch.metric] if watch.metric in _WATCHED else _WATCHED_LOSSES[task, watch.metric]
        params = self._xgboost_params(task, classes, self.seed if seed is None else seed) | {"eval_metric": own}
        booster = xgboost.train(
            params,
            table,
            num_boost_round=self.trees,
            evals=[(_table(signature, watched, threads=self.threads, target=watch.target), "watched")],
            callbacks=[_reporting(watch), xgboost.callback.EarlyStopping(rounds=watch.patience)],
            verbose_eval=False,
        )
        trees = booster.best_iteration + 1
        model = _model(booster[:trees], signature, plain, task=task, classes=classes)
        return WatchedModel(model=model, trees=trees)

    def with_params(self, params: Mapping[str, Param]) -> "XGBoost":
        """Return the trainer with other params, by the names that `params` gives them.

        Raises:
            TrainingError: a param is one that the task decides.
        """
        attributes, extra = attributes_and_extra(self, params)
        return replace(self, **attributes, extra={**self.extra, **extra})

    def _xgboost_params(self, task: Task, classes: tuple[Label, ...], seed: int) -> dict[str, Param]:
        return {
            "objective": _OBJECTIVES[task],
            "max_depth": self.max_depth,
            "learning_rate": self.learning_rate,
            "min_child_weight": self.min_child_weight,
            "colsample_bytree": self.column_share,
            "reg_lambda": self.l2,
            "seed": seed,
            "nthread": self.threads,
            "verbosity": 0,
            **({"num_class": len(classes)} if task is Task.MULTICLASS else {}),
            **self.extra,
        }


def _model(booster: Any, signature: Signature, plain: pd.DataFrame, *, task: Task, classes: tuple[Label, ...]) -> Model:
    return Model(
        flavor=Flavor.XGBOOST,
        estimator=XGBoostEstimator(booster, signature),
        signature=signature,
        task=task,
        classes=classes,
        example=plain.head(5).reset_index(drop=True),
        feature_importance=xgboost_gain_shares(booster, signature),
    )


def _reporting(watch: Watch) -> Any:
    class Reporting(_xgboost().callback.TrainingCallback):  # type: ignore[misc]  # a class of a library that is lazy
        def after_iteration(self, _model: Any, epoch: int, evals: Mapping[str, Mapping[str, Any]]) -> bool:
            [history] = evals["watched"].values()
            watch.on_iteration(epoch, 1.0 - history[-1] if watch.metric == "accuracy" else history[-1])
            return False

    return Reporting()


class XGBoostEstimator:
    """A booster of XGBoost with the signature that its numbers are made by."""

    def __init__(self, booster: Any, signature: Signature) -> None:
        self._booster = booster
        self._signature = signature

    @classmethod
    def from_bytes(cls, content: bytes, signature: Signature, *, task: Task, class_count: int) -> "XGBoostEstimator":
        """Return the booster that `to_bytes` stored.

        Raises:
            ModelFilesError: `content` is not a model of XGBoost.
            LibraryMissingError: XGBoost is not installed.
        """
        xgboost = _xgboost()
        check_json(content, signature, class_count=class_count if task is Task.MULTICLASS else 0)
        booster = xgboost.Booster({"verbosity": 0})
        try:
            booster.load_model(bytearray(content))
        except Exception as error:  # a broken file may have any content
            fault = f"{type(error).__name__}: {error}"[:LONGEST_FAULT]
            raise ModelFilesError(f"XGBoost does not read the model ({fault})") from error
        return cls(booster, signature)

    @cached_property
    def _stored(self) -> bytes:
        return bytes(self._booster.save_raw("json"))

    def to_bytes(self) -> bytes:
        """Return XGBoost's own JSON."""
        return self._stored

    def score(self, features: pd.DataFrame) -> np.ndarray:
        """Return probabilities or values; see `Model.score`."""
        threads = 1 if len(features) <= SMALL_TABLE else 0  # 0: as many as there are
        self._booster.set_param({"nthread": threads})
        scores = self._booster.predict(_table(self._signature, features, threads=threads))
        return np.asarray(scores, dtype=np.float64)


def xgboost_gain_shares(booster: Any, signature: Signature) -> dict[str, float]:
    """Return each column's share of the total gain, largest first."""
    gains = booster.get_score(importance_type="total_gain")
    names = dict(zip(signature.names, column_names(signature), strict=True))
    total = float(sum(gains.values())) or 1.0
    shares = {name: float(gains.get(own, 0.0)) / total for name, own in names.items()}
    return dict(sorted(shares.items(), key=lambda share: (-share[1], share[0])))


def _table(signature: Signature, features: pd.DataFrame, *, threads: int, target: np.ndarray | None = None) -> Any:
    return _xgboost().DMatrix(
        number_matrix(signature, features).clip(-_LARGEST, _LARGEST),
        label=target,
        feature_names=column_names(signature),
        feature_types=["c" if column.type == "string" else "q" for column in signature.columns],
        enable_categorical=True,
        nthread=threads,
    )
