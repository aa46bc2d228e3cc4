"""Two versions at once: the shadow beside the champion, and the bandit that gives a challenger a share of the rows."""

from driftline.rollout.bandit import BanditPartition, BanditStatus, assign_traffic, bandit_status, judge_bandit
from driftline.rollout.bandit_end import stop_bandit
from driftline.rollout.bandit_rule import BanditRule
from driftline.rollout.bandit_start import start_bandit
from driftline.rollout.off_policy import OffPolicyValue
from driftline.rollout.shadow import evaluate_shadow, predict_shadow
from driftline.rollout.shadow_alias import end_shadow, shadow
from driftline.rollout.shadow_comparison import ShadowComparison, compare_shadow

__all__ = [
    "BanditPartition",
    "BanditRule",
    "BanditStatus",
    "OffPolicyValue",
    "ShadowComparison",
    "assign_traffic",
    "bandit_status",
    "compare_shadow",
    "end_shadow",
    "evaluate_shadow",
    "judge_bandit",
    "predict_shadow",
    "shadow",
    "start_bandit",
    "stop_bandit",
]
