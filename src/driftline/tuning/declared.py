"""What a search is declared by: which params of which trainers, how trials are judged, and what ends the search."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal, get_args

from driftline.capture import Budget
from driftline.clock import parse_duration
from driftline.metrics import metric as known_metric
from driftline.models import Param, Trainer
from driftline.tuning.distributions import Between, Distribution, OneOf
from driftline.tuning.errors import invalid_search
from driftline.tuning.recipe import trainer_of
from driftline.tuning.sampler import Method
from driftline.tuning.spaces import TrainerSpace, spaces
from driftline.tuning.stopping import Limits

USUAL_TRIALS = 50


@dataclass(frozen=True, init=False)
class DeclaredSearch:
    """What a search is declared by.

    Attributes:
        trainers: whose params are searched, in turn; one that boosts is given as many trees as are best by itself.
        space: distributions by the names of params, `Between(low, high)` or `OneOf(a, b)`: a name is meant for each
            trainer that has it, `LightGBM.l2` for that one alone. A trainer of which none is named is searched in its
            default space, and what is not named stays as the trainer has it.
        trials: how many are tried at most; None: 50, all combinations of a grid, or as many as the budget allows.
        method: `tpe` learns from earlier trials which values are good, `random` does not, `grid` tries each combination
            of `OneOf`s; one with more combinations than trials is refused.
        metric: what trials are judged by; None: the first metric of the pipeline, or by `run` AUROC, log loss or RMSE.
        goal: the value of the metric that ends the search.
        time: how long it may take, such as `30m`; no trial begins afterwards, and one that boosts is cut short.
        cpu_time: likewise of CPU time.
        cost: likewise of money, at `DRIFTLINE_PRICE_PER_HOUR`.
        share: of the training rows that trials are judged by: the newest where the pipeline's holdout is `Newest`, else
            at random, with the target spread as in all rows.
        folds: how many times trials are judged, each time by other rows: more folds cost more, and choose better. From
            2 on all rows are shared out among them; in time each learns from the rows before it.
        group: a column whose values stand on one side together, such as a customer; nothing learns from it.
        blend: trials, at most, whose weighted mean is the winner; 1: the best trial alone.
        most_trees: of a trainer that boosts, at most.
        patience: trees without a better value after which a training ends.
        prune: whether a trial that is worse than the median of earlier ones, after as much learning, is cut short.
        seed: what the search starts from, where `fit` is given none.

    Raises:
        InvalidSearchError: an argument breaks a rule, or no trainer has a param of the space.
    """

    trainers: tuple[Trainer, ...]
    space: Mapping[str, Distribution] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    trials: int | None = None
    method: Literal["tpe", "random", "grid"] = "tpe"
    metric: str | None = None
    goal: float | None = None
    time: str | None = None
    cpu_time: str | None = None
    cost: float | None = None
    share: float = 0.2
    folds: int = 1
    group: str | None = None
    blend: int = 1
    most_trees: int = 2000
    patience: int = 50
    prune: bool = True
    seed: int = 0

    def __init__(
        self,
        *trainers: Trainer,
        space: Mapping[str, Distribution] = MappingProxyType({}),
        trials: int | None = None,
        method: Literal["tpe", "random", "grid"] = "tpe",
        metric: str | None = None,
        goal: float | None = None,
        time: str | None = None,
        cpu_time: str | None = None,
        cost: float | None = None,
        share: float = 0.2,
        folds: int = 1,
        group: str | None = None,
        blend: int = 1,
        most_trees: int = 2000,
        patience: int = 50,
        prune: bool = True,
        seed: int = 0,
    ) -> None:
        given = {name: value for name, value in locals().items() if name != "self"}
        for own in fields(self):
            object.__setattr__(self, own.name, given[own.name])
        self._check()
        _ = self.spaces()

    @property
    def name(self) -> str:
        """The trainer's name."""
        return "Search"

    @property
    def trusted(self) -> tuple[str, ...]:
        """Return the types that its trainers trust."""
        return tuple(dict.fromkeys(name for one in self.trainers for name in getattr(one, "trusted", ())))

    def params(self) -> dict[str, Param]:
        """Return what was declared; of each trainer what is fixed and, as text, what is searched: `LightGBM.l2`."""
        declared = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in {"trainers", "space"}}
        chosen = self.spaces()
        return {
            **declared,
            "trainers": ", ".join(one.label for one in chosen),
            **{
                f"{one.label}.{name}": value
                for one in chosen
                for name, value in {
                    **one.trainer.params(),
                    **{name: repr(values) for name, values in one.distributions.items()},
                }.items()
            },
        }

    def following(self, recipe: Mapping[str, Any]) -> Trainer:
        """Return the trainer that an earlier search has chosen, so that it is fitted again without searching.

        Args:
            recipe: of the model that was chosen.

        Raises:
            InvalidSearchError: it was chosen under another declaration.
        """
        return trainer_of(recipe, {one.label: one.trainer for one in self.spaces()})

    def spaces(self, *, has_texts: bool = True) -> tuple[TrainerSpace, ...]:
        """Return what is chosen of each trainer.

        Args:
            has_texts: whether a column holds categories.
        """
        return spaces(self.trainers, self.space, has_texts=has_texts)

    def limits(self, chosen: Sequence[TrainerSpace]) -> Limits:
        """Return what ends the search.

        Args:
            chosen: of each trainer.
        """
        budget = Budget(duration_s=_seconds(self.time), cpu_s=_seconds(self.cpu_time), cost=self.cost)
        trials = self.trials
        if self.method == "grid":
            size = sum(1 for one in chosen for _ in one.grid())
            trials = size if trials is None else min(trials, size)
        elif trials is None and budget == Budget():
            trials = USUAL_TRIALS
        return Limits(trials=trials, goal=self.goal, budget=budget)

    def _check(self) -> None:
        for fault, remedy in self._faults():
            raise invalid_search(fault, remedy)

    def _faults(self) -> Iterator[tuple[str, str]]:
        """Give what is wrong, and what to do."""
        if not self.trainers:
            yield "it has no trainer", "Write one, as Search(LightGBM())."
        for trainer in self.trainers:
            if isinstance(trainer, type) or not callable(getattr(trainer, "fit", None)):
                yield f"its trainer is {trainer!r}", "Write a trainer, as Search(LightGBM())."
            if isinstance(trainer, DeclaredSearch):
                yield "its trainer is a search", "Name its trainers one by one."
        for name, values in self.space.items():
            if not isinstance(values, Between | OneOf):
                yield f"{name!r} is chosen from {values!r}", "Write Between(low, high) or OneOf(a, b, ...)."
        if self.method not in get_args(Method):
            yield f"its method is {self.method!r}", f"Write one of {', '.join(get_args(Method))}."
        if self.metric is not None:
            _ = known_metric(self.metric)
        _ = _seconds(self.time), _seconds(self.cpu_time)
        yield from self._faults_of_numbers()

    def _faults_of_numbers(self) -> Iterator[tuple[str, str]]:
        for name in ("trials", "folds", "blend", "most_trees", "patience"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
                yield f"its {name} is {value!r}", "Write a whole number of 1 or more."
        if not 0 < self.share < 1:
            yield f"its share is {self.share!r}", "Write a number between 0 and 1."
        if self.cost is not None and not self.cost > 0:
            yield f"its cost is {self.cost!r}", "Write a number above 0."
        if self.goal is not None and not math.isfinite(self.goal):
            yield f"its goal is {self.goal!r}", "Write the value of the metric that is good enough."


def _seconds(duration: str | None) -> float | None:
    return None if duration is None else parse_duration(duration).total_seconds()
