"""The replay of one policy: the production decision, training and judgement, on what was known at each moment."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import merge

from cronsim import CronSim

from driftline.backtest.past import Past
from driftline.backtest.policy_replay import PolicyReplay
from driftline.backtest.production import Production
from driftline.backtest.trainings import Trainings
from driftline.declaration import ModelPipeline


def replay(past: Past, pipeline: ModelPipeline, trainings: Trainings) -> PolicyReplay:
    """Return what the policy of `pipeline` makes of the past, moment by moment.

    The report of a partition comes when its last label is known, and the decision with it; what is trained then
    learns from what was known then, and serves from the next partition on. A schedule trains at its own times.

    Args:
        past: that is replayed.
        pipeline: with the policy in place of its own.
        trainings: what all policies of the backtest fit.
    """
    production = Production(past, pipeline, trainings)
    for moment, key in merge(_reports(past), _ticks(past, pipeline)):
        if key:
            production.look(key, moment)
        else:
            production.retrain(moment, "schedule", f"Retrain: the schedule {pipeline.retrain.schedule} is due.")
    return production.result()


def _reports(past: Past) -> Iterator[tuple[datetime, str]]:
    for key in past.keys:
        known_at = past.partitions.window(key).end + past.lag
        if known_at < past.window.end:  # what is decided later changes nothing that is replayed
            yield known_at, key


def _ticks(past: Past, pipeline: ModelPipeline) -> Iterator[tuple[datetime, str]]:
    if pipeline.retrain.schedule is None:
        return
    just_before = past.window.start - timedelta(seconds=1)
    for tick in CronSim(pipeline.retrain.schedule, just_before):
        if tick >= past.window.end:
            return
        yield tick.astimezone(UTC), ""
