import numpy as np
import pandas as pd
import pytest

from driftline.backtest.past import unstored_version
from driftline.evaluations import Labelled
from driftline.metrics import Task
from driftline.rollout.bandit_rewards import served_rewards
from tests.streams import Forest, day, fires


def labelled(task, truth, scores):
    rows = len(truth)
    keys = pd.DataFrame({"time": [day("2025-03-02")] * rows, "station": [f"s{place}" for place in range(rows)]})
    return Labelled(
        version=unstored_version(1, trained_through=day("2025-03-01")),
        task=task,
        keys=keys,
        truth=np.array(truth, dtype=float),
        times=keys["time"].to_numpy(),
        scores=np.array(scores),
        served=np.ones(rows, dtype=bool),
        propensities=np.full(rows, 0.5),
        all_scores=np.array(scores),
        classes=("a", "b"),
        row_count=rows,
        delivered_count=0,
        features=keys,
    )


@pytest.mark.parametrize(
    ("task", "scores"),
    [(Task.BINARY, [0.5, 0.5, 0.6]), (Task.MULTICLASS, [[0.5, 0.5], [0.5, 0.5], [0.4, 0.6]])],
)
def test_a_score_of_one_half_is_the_first_class_as_it_is_for_the_metrics(task, scores):
    found = served_rewards(fires(Forest()), labelled(task, [0, 1, 1], scores))
    assert found.right.tolist() == [1.0, 0.0, 1.0]
