"""Model versions, the alias events that say which one serves, and the judgement between two of them."""

from driftline.registry.aliases import (
    champion_since,
    champions_at,
    end_alias,
    holders_at,
    known_model,
    move_alias,
    rollback,
)
from driftline.registry.judgement import Judgement, judge
from driftline.registry.listing import describe_champion, describe_model, list_models
from driftline.registry.promotion import promote
from driftline.registry.reference import CHALLENGER, CHAMPION
from driftline.registry.versions import find_version, load_model, load_version, model_files, register, training_window

__all__ = [
    "CHALLENGER",
    "CHAMPION",
    "Judgement",
    "champion_since",
    "champions_at",
    "describe_champion",
    "describe_model",
    "end_alias",
    "find_version",
    "holders_at",
    "judge",
    "known_model",
    "list_models",
    "load_model",
    "load_version",
    "model_files",
    "move_alias",
    "promote",
    "register",
    "rollback",
    "training_window",
]
