"""The backtest of a policy: what history would have been like, had a model been retrained by another rule."""

from driftline.backtest.backtest import Backtest, backtest
from driftline.backtest.outcome import PolicyOutcome
from driftline.backtest.policies import DEFAULT_POLICIES
from driftline.backtest.policy_replay import Outcome
from driftline.backtest.storage import policy_values, store_backtest

__all__ = ["DEFAULT_POLICIES", "Backtest", "Outcome", "PolicyOutcome", "backtest", "policy_values", "store_backtest"]
