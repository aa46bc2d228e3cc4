"""A pipeline's own policy, replayed over its whole stream."""

from driftline.backtest.past import read_past
from driftline.backtest.replay import replay
from driftline.backtest.trainings import Trainings


def replayed(pipeline):
    past = read_past(pipeline, None, pipeline.partitions.last, workspace=None)
    return replay(past, pipeline, Trainings(past))
