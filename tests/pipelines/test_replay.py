"""A short history is replayed as if it had been watched all along, and an interruption loses nothing."""

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from driftline import AcceptedRange, Daily, PerformanceDrift, Retrain, RetrainTrigger
from driftline.datasets.errors import EmptyWindowError
from driftline.declaration.errors import NotAStreamError
from driftline.pipelines import (
    WorkspaceResource,
    build,
    dagster_home,
    drift_sensor,
    open_instance,
    replay,
    retraining_assets,
)
from driftline.pipelines.errors import RunFailedError
from driftline.pipelines.in_process import Jobs
from driftline.registry import timeline
from driftline.store import evaluation_rows
from driftline.workspace import open_workspace
from tests.forks import ended, forked
from tests.histories import decisions, events
from tests.pipelines.conftest import Dagster
from tests.streams import Forest, day, fires, persons

WEEKS = Daily("2025-02-24", end="2025-03-17")  # the truth changes on 1 March


def short(forest=None, **changes):
    rule = PerformanceDrift("auroc", window="7d", m_of_n=(1, 1), confidence=None)
    return fires(forest, partitions=WEEKS, drift=(rule,), **changes)


def project(pipeline):
    return dg.Definitions.merge(
        build(pipeline),
        dg.Definitions(resources={"workspace": WorkspaceResource()}, sensors=[drift_sensor([pipeline])]),
    )


def go(dagster, pipeline):
    jobs = Jobs(definitions=project(pipeline), instance=dagster.instance)
    return replay(jobs, pipeline, open_workspace())


def evaluated(name="fires"):
    with open_workspace().database.reading() as session:
        return evaluation_rows.evaluated_partitions(session, name)


def moves():
    return [(event.effective_at, event.version.version) for event in events(open_workspace())]


def decided():
    return [(one.trigger, one.status, one.as_of) for one in decisions(open_workspace())]


@pytest.fixture(autouse=True)
def quiet(caplog):
    logging.getLogger("dagster").setLevel(logging.CRITICAL)


def test_three_weeks_end_with_an_evaluated_stream_and_a_retraining_and_are_not_replayed_twice(dagster):
    steps = list(go(dagster, short()))
    assert [(step.done, step.total) for step in steps] == [(0, 21), (7, 21), (14, 21), (21, 21)]
    assert len(evaluated()) == 21
    assert [step.latest for step in steps if "retrained" in step.latest]
    asked = [row for row in decided() if row[0] == "drift" and row[1] != "declined"]
    assert asked[0][2] == day("2025-03-04")  # drift that any report of the first week shows
    assert {row[1] for row in asked} <= {"promoted", "kept"}
    assert timeline(open_workspace(), "fires").holders([WEEKS.first])[0].version == 1
    before = decided(), moves(), len(dagster.instance.get_runs())
    assert list(go(dagster, short())) == []
    assert (decided(), moves(), len(dagster.instance.get_runs())) == before


def test_a_replay_retrains_by_the_trigger_where_it_is_a_rule_of_its_own(dagster):
    pipeline = short(retrain=Retrain(trigger=RetrainTrigger(window="1d"), cooldown="7d"))
    list(go(dagster, pipeline))
    asked = [row for row in decided() if row[0] == "drift" and row[1] != "declined"]
    assert asked[0][2] == day("2025-03-04")  # the first decision after the change
    assert "promoted" in {row[1] for row in asked}


def test_an_interrupted_replay_goes_on_where_it_stopped(dagster):
    steps = go(dagster, short())
    assert [next(steps).done for _ in range(2)] == [0, 7]
    steps.close()
    assert [step.done for step in go(dagster, short())] == [14, 21]
    assert len(evaluated()) == 21


def test_a_replay_that_stopped_before_a_decision_takes_it_as_of_then(dagster):
    steps = go(dagster, short())
    assert [next(steps).done for _ in range(2)] == [0, 7]
    steps.close()
    assert dagster.run("fires_monitor", short(), days=("2025-03-03", "2025-03-09"), at="2025-03-11").success
    list(go(dagster, short()))
    asked = [as_of for trigger, status, as_of in decided() if trigger == "drift" and status != "declined"]
    assert asked[0] == day("2025-03-04")  # drift that any report of the first week shows


def test_a_day_that_fails_stops_the_replay_with_its_name(dagster):
    def boom(frame):
        raise ConnectionError("the station does not answer")

    with pytest.raises(RunFailedError, match="2025-03-05"):
        list(go(dagster, short(Forest(faults={"2025-03-05": boom}))))
    assert "2025-03-04" in evaluated()
    assert len(list(go(dagster, short()))) == 2
    assert len(evaluated()) == 21


def test_days_without_rows_are_passed_over(dagster):
    empty = dict.fromkeys(("2025-03-02", "2025-03-05", "2025-03-06"), lambda frame: frame.iloc[:0])
    assert [step.done for step in go(dagster, short(Forest(faults=empty)))] == [0, 7, 14, 21]
    assert len(evaluated()) == 18
    assert list(go(dagster, short(Forest(faults=empty)))) == []


def test_a_retraining_that_fails_leaves_the_champion_and_stops_nothing(dagster):
    forest = Forest(faults={"2025-03-01": lambda frame: frame.assign(temperature_c=99.0)})
    rules = (AcceptedRange("temperature_c", max_value=80),)
    steps = [step.latest for step in go(dagster, short(forest, quality=rules))]
    assert steps[2:] == ["2025-03-09, retraining failed", "2025-03-16, retraining failed"]
    assert (len(evaluated()), len(moves())) == (21, 1)


def test_a_first_model_that_has_nothing_to_learn_from_says_why(dagster):
    with pytest.raises(RunFailedError, match="temperature_c"):
        list(go(dagster, short(quality=(AcceptedRange("temperature_c", max_value=-80),))))


def test_only_a_stream_with_partitions_that_are_over_has_a_history(dagster):
    refusals = ((persons(), NotAStreamError), (fires(partitions=Daily("2099-02-10")), EmptyWindowError))
    for pipeline, error in refusals:
        with pytest.raises(error):
            list(go(dagster, pipeline))


def test_a_stream_that_goes_on_is_replayed_up_to_the_last_day_whose_labels_are_known(dagster):
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    partitions = Daily(f"{today - timedelta(days=4):%Y-%m-%d}")
    steps = list(go(dagster, replace(short(), partitions=partitions)))
    assert [(step.done, step.total) for step in steps] == [(0, 3), (3, 3)]  # the labels of yesterday are a day late


def test_a_replay_that_was_killed_before_a_challenger_was_judged_judges_it_and_knows_why_it_was_trained(dagster):
    def work(begun):
        with dg.DagsterInstance.from_config(str(dagster_home())) as instance:
            steps = go(Dagster(instance), short())
            next(steps)
            retraining_assets.adjudicate = lambda *_args, **_told: (begun(), time.sleep(60))
            list(steps)

    with forked(work) as process:
        ended(process)
    [asked] = [one for one in decisions(open_workspace()) if one.status == "trained"]
    with open_instance(dagster_home()) as instance:
        next(go(Dagster(instance), short()))
    judged = next(one for one in decisions(open_workspace()) if one.id == asked.id)
    assert judged.status in {"promoted", "kept"}
    assert (judged.reason, judged.drift_report_id) == (asked.reason, asked.drift_report_id)
    assert [event.status for event in judged.events].count("trained") == 2  # asked for again, and not trained again
    assert judged.challenger_version_id == asked.challenger_version_id
    assert {row[0] for row in decided()} == {"manual", "drift"}
    assert [row[0] for row in decided()].count("manual") == 1  # the first model
