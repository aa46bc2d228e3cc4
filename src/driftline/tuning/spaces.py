"""The space of a search: which params of which trainer are chosen, and among which values."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import Protocol, Self, runtime_checkable

from driftline.models import LightGBM, Param, Sklearn, Trainer, XGBoost
from driftline.tuning.default_spaces import LIGHTGBM_EXTRA, XGBOOST_EXTRA, default_space
from driftline.tuning.distributions import Distribution, OneOf
from driftline.tuning.errors import invalid_search, no_default_space, unknown_param

_OWN = frozenset({"seed", "threads", "extra", "trees", "trusted", "estimator"})  # nothing that a search chooses


@runtime_checkable
class Tunable(Trainer, Protocol):
    """A trainer whose params can be changed by their names."""

    def with_params(self, params: Mapping[str, Param]) -> Self:
        """Return the trainer with other params, by the names that `params` gives them."""


@dataclass(frozen=True, kw_only=True)
class TrainerSpace:
    """One trainer of a search, and what is chosen of it.

    Attributes:
        place: of the trainer in the search.
        label: its name, with a number where two trainers have the same one.
        trainer: with its fixed params.
        distributions: of the params that are chosen, by their names.
    """

    place: int
    label: str
    trainer: Tunable
    distributions: Mapping[str, Distribution]

    @property
    def own_params(self) -> dict[str, Param]:
        """Return the params that the trainer has by itself, as far as they lie within the space."""
        params = self.trainer.params()
        return {name: params[name] for name, values in self.distributions.items() if params.get(name) in values}

    def grid(self) -> Iterator[dict[str, Param]]:
        """Give each combination of the values.

        Raises:
            InvalidSearchError: a param has a range instead of values.
        """
        for name, values in self.distributions.items():
            if not isinstance(values, OneOf):
                fault = f"a grid needs the values of {self.label}.{name} one by one, and it is {values!r}"
                raise invalid_search(fault, "Write OneOf(a, b, ...), or search by method='tpe'.")
        every = [one.values for one in self.distributions.values() if isinstance(one, OneOf)]
        yield from (dict(zip(self.distributions, combination, strict=True)) for combination in product(*every))


def spaces(
    trainers: Sequence[Trainer], space: Mapping[str, Distribution], *, has_texts: bool = True
) -> tuple[TrainerSpace, ...]:
    """Return what is chosen of each trainer.

    A name of `space` is meant for each trainer that has the param; `LightGBM.l2` for that trainer alone. A trainer
    that `space` names no param of is searched in its default space.

    Args:
        trainers: of the search.
        space: distributions by the names of params.
        has_texts: whether a column holds categories.

    Raises:
        InvalidSearchError: no trainer has a param, or a trainer has no default space.
    """
    labels = _labels(trainers)
    known = {label: _names(trainer) for label, trainer in zip(labels, trainers, strict=True)}
    chosen: dict[str, dict[str, Distribution]] = {label: {} for label in labels}
    for qualified, values in space.items():
        label, dot, name = qualified.partition(".")
        owners = [label] if dot and label in known else list(known)
        name = name if dot and label in known else qualified
        having = [owner for owner in owners if name in known[owner]]
        if not having:
            raise unknown_param(qualified, sorted({name for owner in owners for name in known[owner]}))
        for owner in having:
            chosen[owner][name] = values
    return tuple(
        _space(place, label, trainer, chosen[label] or default_space(trainer, has_texts=has_texts))
        for place, (label, trainer) in enumerate(zip(labels, trainers, strict=True))
    )


def _space(place: int, label: str, trainer: Trainer, distributions: Mapping[str, Distribution]) -> TrainerSpace:
    if not isinstance(trainer, Tunable):
        raise invalid_search(
            f"the trainer {label} has no with_params", "Give it one that returns the trainer with other params."
        )
    if not distributions:
        raise no_default_space(label)
    return TrainerSpace(place=place, label=label, trainer=trainer, distributions=dict(distributions))


def _labels(trainers: Sequence[Trainer]) -> list[str]:
    names = [trainer.name for trainer in trainers]
    return [
        name if names.count(name) == 1 else f"{name} {names[:place].count(name) + 1}"
        for place, name in enumerate(names)
    ]


def _names(trainer: Trainer) -> Collection[str]:
    """Return the params of a trainer that can be chosen."""
    if isinstance(trainer, Sklearn):
        return frozenset(trainer.estimator.get_params(deep=True))
    own = set(trainer.params())
    if isinstance(trainer, LightGBM | XGBoost):
        own |= {one.name for one in fields(trainer)}
        own |= LIGHTGBM_EXTRA if isinstance(trainer, LightGBM) else XGBOOST_EXTRA
    return own - _OWN
