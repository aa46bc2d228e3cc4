"""Backtests in the database: what the API shows, and what one can come back to."""

from typing import Any

from driftline.backtest.backtest import Backtest
from driftline.backtest.outcome import PolicyOutcome
from driftline.store import backtest_rows
from driftline.workspace import Workspace


def store_backtest(workspace: Workspace, backtest: Backtest) -> int:
    """Store the figures of a backtest, and return the id that they are stored under."""
    with workspace.database.transaction() as session:
        return backtest_rows.add_backtest(
            session,
            pipeline=backtest.pipeline,
            window_start=backtest.window.start,
            window_end=backtest.window.end,
            metric=backtest.metric,
            length=backtest.length,
            created_at=workspace.clock(),
            outcomes=[policy_values(backtest, outcome) for outcome in backtest.policies],
        )


def policy_values(backtest: Backtest, outcome: PolicyOutcome) -> dict[str, Any]:
    """Return one policy of a backtest as JSON values; times in ISO 8601."""
    worst, gain, regret = outcome.worst_window(backtest.metric), outcome.gain, outcome.regret
    return {
        "policy": outcome.policy,
        "metrics": {measured.metric: measured.value for measured in outcome.measurements},
        "worst_window": worst.value if worst else None,
        "worst_window_start": worst.window.start.isoformat() if worst else None,
        "gain": gain.value if gain else None,
        "gain_low": gain.ci_low if gain else None,
        "gain_high": gain.ci_high if gain else None,
        "retrainings": len(outcome.retrainings),
        "promotions": outcome.promotions,
        "cpu_s": outcome.cpu_s,
        "label_count": max((measured.row_count for measured in outcome.measurements), default=0),
        "changes": [
            {"at": change.at.isoformat(), "delay_s": None if change.delay is None else change.delay.total_seconds()}
            for change in outcome.changes
        ],
        "false_alarms": outcome.false_alarms,
        "regret": {
            "value": regret.value,
            "metric": regret.metric,
            "best": regret.best,
            "trained": [at.isoformat() for at in regret.trained],
        }
        if regret
        else None,
        "windows": [
            {
                "start": window.window.start.isoformat(),
                "end": window.window.end.isoformat(),
                "value": window.value,
                "label_count": window.label_count,
            }
            for window in outcome.windows
        ],
        "retrained": [
            {
                "at": retraining.at.isoformat(),
                "trigger": retraining.trigger,
                "outcome": retraining.outcome,
                "reason": retraining.reason,
            }
            for retraining in outcome.retrainings
        ],
    }
