"""Which evaluations delivered labels have overtaken, and what renewing them keeps."""

from dataclasses import replace

import pandas as pd

from driftline import GroundTruth
from driftline.evaluations import evaluate, outdated
from driftline.predictions import predict
from tests.deliveries import DAY, NEXT, OTHER, add, delivered, labels
from tests.histories import stored_evaluations
from tests.streams import LONG_AFTER, day


def test_an_evaluation_is_renewed_and_the_old_one_is_kept(served):
    predict(served, delivered(), [DAY])
    add(served, labels().iloc[:30], at="2025-02-12")
    evaluate(replace(served, replay_at=day("2025-02-13")), delivered(), [DAY])
    add(served, labels(), at="2025-02-20")
    assert outdated(served, delivered()) == [DAY]
    evaluate(served, delivered(), [DAY])
    assert outdated(served, delivered()) == []
    rows = [row for row, _ in stored_evaluations(served)]
    assert [row.label_count for row in rows] == [30, 60]
    assert [row.as_of for row in rows] == [day("2025-02-13"), LONG_AFTER]


def test_few_more_labels_renew_nothing_and_enough_of_them_do(served):
    coarse = delivered(ground_truth=GroundTruth(delay="1d", delivered=True, renew_at=0.2))
    predict(served, coarse, [DAY])
    add(served, labels().iloc[:30], coarse, at="2025-02-12")
    evaluate(replace(served, replay_at=day("2025-02-12")), coarse, [DAY])
    add(served, labels().iloc[30:41], coarse, at="2025-02-13")
    assert outdated(served, coarse) == []
    add(served, labels().iloc[41:42], coarse, at="2025-02-14")
    assert outdated(served, coarse) == [DAY]


def test_one_corrected_label_and_the_last_missing_one_make_an_evaluation_outdated(served):
    predict(served, delivered(), [DAY, NEXT])
    add(served, pd.concat([labels(), labels(NEXT).iloc[1:]]), at="2025-02-12")
    evaluate(replace(served, replay_at=day("2025-02-12")), delivered(), [DAY, NEXT])
    corrected = labels().head(1).assign(fire=lambda frame: frame["fire"].map(OTHER))
    add(served, pd.concat([corrected, labels(NEXT).head(1)]), at="2025-02-13")
    assert outdated(served, delivered()) == [DAY, NEXT]
    assert outdated(served, delivered(), [NEXT]) == [NEXT]


def test_labels_without_a_prediction_make_nothing_outdated(served):
    predict(served, delivered(), [DAY])
    add(served, labels(), at="2025-02-12")
    evaluate(replace(served, replay_at=day("2025-02-12")), delivered(), [DAY])
    add(served, pd.concat([labels(NEXT), labels().assign(station="nowhere")]), at="2025-02-14")
    assert outdated(served, delivered()) == []


def test_a_predicted_day_without_an_evaluation_is_outdated_once_it_has_a_label(served):
    predict(served, delivered(), [DAY])
    assert outdated(served, delivered()) == []
    add(served, labels().head(1))
    assert outdated(served, delivered()) == [DAY]
