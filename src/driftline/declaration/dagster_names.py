"""The names that Dagster knows a pipeline's parts by: plain text, for who asks Dagster without being part of it."""

from enum import StrEnum

PIPELINE_TAG = "driftline/pipeline"
TRIGGER_TAG = "driftline/trigger"
DECISION_TAG = "driftline/decision"
VERSION_TAG = "driftline/version"


class Kind(StrEnum):
    """The assets of a pipeline, in the order in which one comes from another."""

    DATASET = "dataset"
    MODEL = "model"
    CHAMPION = "champion"
    PREDICTIONS = "predictions"
    GROUND_TRUTH = "ground_truth"
    EVALUATION = "evaluation"
    DRIFT = "drift"


RETRAINING = (Kind.DATASET, Kind.MODEL, Kind.CHAMPION)


def backtest_job(pipeline: str) -> str:
    """Return the name of the job that replays a pipeline's past."""
    return f"{pipeline}_backtest"


def replay_op(pipeline: str) -> str:
    """Return the name of the one op of that job, which its configuration is given to."""
    return f"{pipeline}__replay"
