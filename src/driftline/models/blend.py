"""The weighted mean of several models, stored as the files of its members."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from driftline.datasets import Label
from driftline.metrics import Task
from driftline.models.errors import ModelFilesError, invalid_trainer
from driftline.models.model import Flavor, Model
from driftline.models.trainer import Param, Trainer, check_training


@dataclass(frozen=True, init=False)
class Blend:
    """How to train several models and predict the weighted mean of their scores.

    Each member is trained on all rows: `Blend(LightGBM(), XGBoost())`. The members are stored in their own formats, and
    the importance of a column is the weighted mean of theirs.

    Attributes:
        trainers: of the members, two or more.
        weights: of the members, each above 0; None: equal ones. They are divided by their sum.

    Raises:
        TrainingError: there is one member alone, one that is a blend itself, or a weight is missing or not above 0.
    """

    trainers: tuple[Trainer, ...]
    weights: tuple[float, ...] | None = None

    def __init__(self, *trainers: Trainer, weights: Sequence[float] | None = None) -> None:
        if len(trainers) < 2 or not all(callable(getattr(one, "fit", None)) for one in trainers):
            raise invalid_trainer("Blend", f"is given {trainers!r}, and takes two trainers or more")
        if any(isinstance(one, Blend) for one in trainers):
            raise invalid_trainer("Blend", "is given a blend, whose members it takes one by one")
        if weights is not None and (len(weights) != len(trainers) or not all(_is_weight(one) for one in weights)):
            raise invalid_trainer("Blend", f"is given the weights {weights!r}, and takes one above 0 for each member")
        object.__setattr__(self, "trainers", tuple(trainers))
        object.__setattr__(self, "weights", None if weights is None else tuple(float(weight) for weight in weights))

    @property
    def name(self) -> str:
        """The trainer's name."""
        return "Blend"

    @property
    def trusted(self) -> tuple[str, ...]:
        """Return the types that its members trust."""
        return tuple(dict.fromkeys(name for one in self.trainers for name in getattr(one, "trusted", ())))

    def params(self) -> dict[str, Param]:
        """Return what was chosen for each member, with its place before each name, as `0/trees`."""
        return {
            f"{place}/{key}": value
            for place, (trainer, weight) in enumerate(zip(self.trainers, self._shares(), strict=True))
            for key, value in {"trainer": trainer.name, "weight": weight, **trainer.params()}.items()
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
        """Return the blend of the members, each trained on `features`; see `Trainer.fit`.

        Raises:
            TrainingError: there is nothing to learn from these rows.
            InvalidColumnError: a column holds what no model reads.
        """
        check_training(features, target, task=task, classes=classes)
        members = [one.fit(features, target, task=task, classes=classes, seed=seed) for one in self.trainers]
        return blended(members, self._shares())

    def _shares(self) -> tuple[float, ...]:
        weights = self.weights or (1.0,) * len(self.trainers)
        return tuple(weight / math.fsum(weights) for weight in weights)


class BlendEstimator:
    """Models of the same rows, and the share of each in their mean."""

    def __init__(self, members: Sequence[Model], shares: Sequence[float]) -> None:
        self.members, self.shares = tuple(members), tuple(shares)

    @classmethod
    def from_bytes(cls, content: bytes, members: Sequence[Model]) -> "BlendEstimator":
        """Return the blend of `members` whose shares `to_bytes` stored.

        Raises:
            ModelFilesError: `content` does not say a share for each member.
        """
        shares = _read_shares(content)
        if len(members) != len(shares):
            raise ModelFilesError(f"blend.json has {len(shares)} shares for {len(members)} members")
        return cls(members, shares)

    def to_bytes(self) -> bytes:
        """Return the shares as JSON; each member has files of its own."""
        return json.dumps({"shares": list(self.shares)}, indent=1).encode() + b"\n"

    def score(self, features: pd.DataFrame) -> np.ndarray:
        """Return the weighted mean of the members' scores; see `Model.score`."""
        parts = [share * one.estimator.score(features) for share, one in zip(self.shares, self.members, strict=True)]
        mean: np.ndarray = np.sum(parts, axis=0)
        return mean if self.members[0].task is Task.REGRESSION else mean.clip(0.0, 1.0)  # sums of shares may round up


def blended(members: Sequence[Model], shares: Sequence[float]) -> Model:
    """Return the model that predicts the weighted mean of `members`, which were trained on the same table.

    Args:
        members: of one task, with the same classes and columns.
        shares: of each in the mean; they add up to 1.
    """
    first = members[0]
    importance = {
        name: float(sum(s * one.feature_importance.get(name, 0.0) for s, one in zip(shares, members, strict=True)))
        for name in first.signature.names
    }
    return Model(
        flavor=Flavor.BLEND,
        estimator=BlendEstimator(members, shares),
        signature=first.signature,
        task=first.task,
        classes=first.classes,
        example=first.example,
        feature_importance=dict(sorted(importance.items(), key=lambda share: (-share[1], share[0]))),
    )


def stored_member_count(content: bytes) -> int:
    """Return how many members the file of a blend speaks of.

    Raises:
        ModelFilesError: it is broken.
    """
    return len(_read_shares(content))


def _read_shares(content: bytes) -> tuple[float, ...]:
    try:
        shares = json.loads(content)["shares"]
    except Exception as error:  # a broken file may have any content
        raise ModelFilesError(f"blend.json is broken ({type(error).__name__})") from error
    if not isinstance(shares, list) or not 2 <= len(shares) <= MOST_MEMBERS:
        raise ModelFilesError(f"blend.json does not hold a list of 2 to {MOST_MEMBERS} shares")
    if not all(_is_weight(share) for share in shares) or not math.isclose(math.fsum(shares), 1.0, rel_tol=1e-6):
        raise ModelFilesError("the shares of blend.json are not numbers above 0 that add up to 1")
    return tuple(float(share) for share in shares)


def _is_weight(weight: Any) -> bool:
    is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
    return is_number and 0 < weight < math.inf


MOST_MEMBERS = 1000  # of a stored blend
