import numpy as np
import pandas as pd
import pytest

from driftline.evaluations import Scorer, labelled_frame
from driftline.metrics import Task
from driftline.rollout.bandit_rewards import served_rewards
from tests.streams import Forest, day, fires


def labelled(task, truth, scores):
    rows = len(truth)
    keys = pd.DataFrame({"time": [day("2025-03-02")] * rows, "station": [f"s{place}" for place in range(rows)]})
    whole = labelled_frame(
        Scorer(version_id=1, version=1, task=task, classes=("a", "b")),
        {"2025-03-02": rows},
        keys=keys,
        times=None,
        truth=np.array(truth, dtype=float),
        scores=np.array(scores),
    )
    return whole.by_partition({"2025-03-02": keys})["2025-03-02"]


@pytest.mark.parametrize(
    ("task", "scores"),
    [(Task.BINARY, [0.5, 0.5, 0.6]), (Task.MULTICLASS, [[0.5, 0.5], [0.5, 0.5], [0.4, 0.6]])],
)
def test_a_score_of_one_half_is_the_first_class_as_it_is_for_the_metrics(task, scores):
    found = served_rewards(fires(Forest()), labelled(task, [0, 1, 1], scores))
    assert found.right.tolist() == [1.0, 0.0, 1.0]
