"""Production, lived through day by day with a database, does and says what a replay does and says."""

from dataclasses import replace

import pytest

from driftline import GroundTruth, Promote, Recovery, Retrain, RetrainTrigger, Window
from driftline.drift_reports import report_drift
from driftline.predictions import predict
from driftline.retraining import adjudicate, decide_reports, read_dataset, train
from tests.replays import replayed
from tests.streams import fires

RECOVERY = Recovery(window="3d", long_window="6d")


def lived_through(workspace, pipeline):
    """What production does day by day: when it retrained, what came of it, who served each day, and its health."""
    retrained, served, health = [], {}, []
    for step in (read_dataset, train, adjudicate):
        step(replace(workspace, replay_at=pipeline.partitions.first), pipeline)
    for key in pipeline.partitions.keys(Window(pipeline.partitions.first, pipeline.partitions.last)):
        today = replace(workspace, replay_at=pipeline.partitions.window(key).end + pipeline.ground_truth.lag)
        served[key] = predict(today, pipeline, [key]).done[key].version
        reported = report_drift(today, pipeline, [key]).done
        health += [made.report.health for made in reported.values() if made.report.health is not None]
        [decided] = decide_reports(today, {pipeline.name: pipeline})
        if decided.retrain and today.replay_at < pipeline.partitions.last:
            read_dataset(today, pipeline)
            train(today, pipeline, decision_id=decided.decision_id)
            ruled = adjudicate(today, pipeline)
            retrained.append((today.replay_at, "promoted" if ruled.promoted else "kept"))
    return retrained, served, health


def told(health):
    """What a value of health says, apart from numbers of versions, which differ from a replay's."""
    words = (health.as_of, health.rule, health.entered_at, health.changed_at, health.rows_since_change)
    loss = (None, None) if health.loss is None else (health.loss.value, health.loss.standard_error)
    return words, (health.level, *loss)


@pytest.mark.parametrize(
    ("trigger", "refit", "delay"),
    [(None, False, "1d"), (RetrainTrigger(window="2d"), True, "10d"), (RECOVERY, True, "1d")],
)
def test_production_day_by_day_does_what_the_backtest_says(workspace, trigger, refit, delay):
    retrain = Retrain(on_drift=("performance", "column"), trigger=trigger, cooldown="3d")
    promote, late = Promote(confidence=None, refit=refit), GroundTruth(delay=delay)
    pipeline = fires(retrain=retrain, promote=promote, ground_truth=late)
    retrained, served, health = lived_through(workspace, pipeline)
    done = replayed(pipeline)
    assert len(retrained) > 1
    assert [(one.at, one.outcome) for one in done.retrainings] == retrained
    assert len(done.health) == (len(served) - 2 if trigger is RECOVERY else 0)  # the last labels come after its end
    for lived, again in zip(map(told, health), map(told, done.health), strict=False):
        assert lived[0] == again[0]
        assert lived[1] == pytest.approx(again[1], abs=1e-12)
    numbers = list(dict.fromkeys(served.values()))  # a refit takes a number of its own in production
    in_order = {key: numbers.index(version) + 1 for key, version in served.items()}
    assert {key: labelled.version for key, labelled in done.labelled.items()} == in_order
