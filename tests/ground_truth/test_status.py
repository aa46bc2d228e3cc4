"""How far ground truth has come."""

from dataclasses import replace

import pandas as pd

from driftline.evaluations import evaluate
from driftline.ground_truth import truth_status
from driftline.predictions import predict
from tests.deliveries import DAY, NEXT, OTHER, add, delivered, labels
from tests.streams import LONG_AFTER, day, fires


def test_the_status_says_how_far_ground_truth_has_come(served):
    predict(served, delivered(), [DAY, NEXT])
    add(served, pd.concat([labels().head(40), labels("2025-02-09"), labels().head(2).assign(station="nowhere")]))
    add(served, labels().head(1).assign(fire=lambda frame: frame["fire"].map(OTHER)))
    status = truth_status(served, delivered())
    assert (status.label_count, status.prediction_count) == (40, 120)
    assert (status.orphan_count, status.history_count, status.waiting_count, status.corrected_count) == (2, 60, 0, 1)
    assert [row.row_count for row in status.deliveries] == [1, 102]
    assert (status.oldest_unlabelled, status.unlabelled_for) == (NEXT, LONG_AFTER - day("2025-02-12"))


def test_the_status_counts_the_labels_of_the_dataset_as_evaluated(served):
    predict(served, fires(), [DAY, NEXT])
    evaluate(served, fires(), [DAY])
    status = truth_status(served, fires())
    assert (status.label_count, status.prediction_count, status.deliveries) == (60, 120, ())
    assert status.oldest_unlabelled == NEXT


def test_a_replayed_status_knows_only_what_had_arrived(served):
    predict(served, delivered(), [DAY])
    add(served, labels(), at="2025-02-20")
    status = truth_status(replace(served, replay_at=day("2025-02-15")), delivered())
    assert (status.label_count, status.deliveries) == (0, ())
