"""The backtest of a policy: what history would have been like, had a model been retrained by another rule."""

from driftline.backtest.backtest import Backtest, backtest
from driftline.backtest.outcome import Change, Gain, PolicyOutcome, WindowValue
from driftline.backtest.picture import draw, picture
from driftline.backtest.policies import DEFAULT_POLICIES, Policy, named_policy
from driftline.backtest.replay import Retraining
from driftline.backtest.storage import policy_values, store_backtest

__all__ = [
    "DEFAULT_POLICIES",
    "Backtest",
    "Change",
    "Gain",
    "Policy",
    "PolicyOutcome",
    "Retraining",
    "WindowValue",
    "backtest",
    "draw",
    "named_policy",
    "picture",
    "policy_values",
    "store_backtest",
]
