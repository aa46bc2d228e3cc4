"""What a search has chosen, as JSON values with the model, so that a refit follows it without searching again."""

from collections.abc import Mapping, Sequence
from typing import Any

from driftline.models import Blend, Trainer
from driftline.tuning.errors import foreign_recipe
from driftline.tuning.spaces import Tunable
from driftline.tuning.trial import Trial


def recipe_of(members: Sequence[tuple[Trial, float]]) -> dict[str, Any]:
    """Return the recipe of a model that is made of trials, each with its weight."""
    return {
        "members": [
            {"trainer": trial.label, "params": dict(trial.params), "weight": weight} for trial, weight in members
        ]
    }


def trainer_of(recipe: Mapping[str, Any], trainers: Mapping[str, Trainer]) -> Trainer:
    """Return the trainer that a recipe describes: one of `trainers` with the chosen params, or a blend of some.

    Args:
        recipe: that `recipe_of` gave.
        trainers: of the search, by their labels.

    Raises:
        InvalidSearchError: it does not fit these trainers.
    """
    try:
        members = [_member(one, trainers) for one in recipe["members"]]
        weights = [float(one["weight"]) for one in recipe["members"]]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise foreign_recipe(recipe, trainers) from None
    if not members:
        raise foreign_recipe(recipe, trainers)
    return members[0] if len(members) == 1 else Blend(*members, weights=weights)


def _member(one: Mapping[str, Any], trainers: Mapping[str, Trainer]) -> Trainer:
    trainer = trainers[one["trainer"]]
    if not isinstance(trainer, Tunable):
        raise TypeError
    return trainer.with_params(dict(one["params"]))
