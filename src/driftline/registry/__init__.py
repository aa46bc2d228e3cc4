"""Model versions, the alias events that say which one serves, and the judgement between two of them."""

from driftline.registry.aliases import (
    champion,
    champion_since,
    champions_at,
    holders_at,
    known_model,
    move_alias,
    rollback,
)
from driftline.registry.bandits import BanditEnd, end_bandit, interruption, rule_of, start_bandit, stop_bandit
from driftline.registry.judgement import Judgement, judge
from driftline.registry.listing import describe_champion, describe_model, list_models
from driftline.registry.promotion import Promotion, promote
from driftline.registry.reference import CHALLENGER, CHAMPION, ModelReference, parse_reference
from driftline.registry.shadows import end_shadow, shadow
from driftline.registry.versions import find_version, load_model, load_version, register, training_window

__all__ = [
    "CHALLENGER",
    "CHAMPION",
    "BanditEnd",
    "Judgement",
    "ModelReference",
    "Promotion",
    "champion",
    "champion_since",
    "champions_at",
    "describe_champion",
    "describe_model",
    "end_bandit",
    "end_shadow",
    "find_version",
    "holders_at",
    "interruption",
    "judge",
    "known_model",
    "list_models",
    "load_model",
    "load_version",
    "move_alias",
    "parse_reference",
    "promote",
    "register",
    "rollback",
    "rule_of",
    "shadow",
    "start_bandit",
    "stop_bandit",
    "training_window",
]
