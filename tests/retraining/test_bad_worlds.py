"""Recovery where the world, the labels, the schema or the store do what nobody wants of them."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import event
from sqlalchemy.engine import Engine

from driftline import GroundTruth, Promote, Recovery, Retrain, Window
from driftline.drift_reports import report_drift
from driftline.ground_truth import add_ground_truth
from driftline.health import Condition, HealthRule
from driftline.predictions import predict
from driftline.registry import find_version
from driftline.retraining import adjudicate, decide_reports, read_dataset, train
from driftline.store import run_rows
from tests.histories import decisions, promote_copy
from tests.lost_levels import LOST, lost_look, said
from tests.streams import Forest, day, fires

RULE = Recovery(window="3d", long_window="6d", min_rows=60)
FEBRUARY = [f"2025-02-{number}" for number in range(10, 29)]


def turned(frame):
    return frame.assign(fire=frame["fire"].map({"yes": "no", "no": "yes"}))


def changing(first, **changes):
    """A stream whose truth is turned round from a day on."""

    def always(frame):
        is_later = frame["time"] >= day(first)
        return frame.assign(fire=frame["fire"].where(~is_later, turned(frame)["fire"]))

    retrain = Retrain(trigger=RULE, cooldown="1d", budget_per_week=7)
    told = {"retrain": retrain, "promote": Promote(confidence=None), "drift": fires().performance_rules}
    return fires(Forest(always=always), **{**told, **changes})


def begin(workspace, pipeline):
    for step in (read_dataset, train, adjudicate):
        step(replace(workspace, replay_at=pipeline.partitions.first), pipeline)


def day_by_day(workspace, pipeline, keys):
    """What production does on each day: the health that was reported, and the decision."""
    lived = {}
    for key in keys:
        today = replace(workspace, replay_at=pipeline.partitions.window(key).end + pipeline.ground_truth.lag)
        predict(today, pipeline, [key])
        reported = report_drift(today, pipeline, [key])
        assert not reported.failed
        [decided_on] = decide_reports(today, {pipeline.name: pipeline})
        if decided_on.retrain:
            read_dataset(today, pipeline)
            train(today, pipeline, decision_id=decided_on.decision_id)
            adjudicate(today, pipeline)
        lived[key] = (reported.done[key].report.health, decided_on)
    return lived


def test_a_change_on_the_first_day_of_service_is_lost_looked_at_and_regained(workspace):
    pipeline = changing("2025-02-10")
    begin(workspace, pipeline)
    lived = day_by_day(workspace, pipeline, FEBRUARY)
    rules = [health.rule for health, _ in lived.values()]
    assert rules[2] is HealthRule.LEVEL_LOST  # as soon as three days are labelled
    assert lived[FEBRUARY[2]][1].retrain
    levels = {health.level for health, _ in lived.values() if health.rule is not HealthRule.LEVEL_ACCEPTED}
    assert max(levels) == lived[FEBRUARY[0]][0].level  # what was served in the new world raised no level
    assert {HealthRule.LEVEL_REGAINED, HealthRule.LEVEL_ACCEPTED} & set(rules)


def test_a_stream_that_ends_in_a_change_ends_looking(workspace):
    keys = [f"2025-03-{number}" for number in range(10, 24)]
    pipeline = changing("2025-03-20")
    begin(workspace, pipeline)
    quiet = [*FEBRUARY, *(f"2025-03-{number:02}" for number in range(1, 10))]
    known = replace(workspace, replay_at=day("2025-03-11"))
    predict(known, pipeline, quiet)
    report_drift(known, pipeline, quiet)
    decide_reports(replace(known, replay_at=pipeline.partitions.first), {"fires": pipeline})
    lived = day_by_day(workspace, pipeline, keys)
    health, last = lived[keys[-1]]
    assert health.condition is Condition.RECOVERING
    assert health.changed_at >= day("2025-03-17")
    assert last.reason


def test_labels_that_stop_coming_lower_no_level_and_stop_nothing(workspace):
    """Labels of the first eight days of a changed world come, and then none."""
    pipeline = changing("2025-02-14", ground_truth=GroundTruth(delay="1d", delivered=True))
    ends = [day("2025-01-13"), *(day("2025-02-10") + timedelta(days=number) for number in range(9))]
    for start, end in pairwise(ends):
        labels = pipeline.dataset(Window(start, end))[["time", "station", "fire"]]
        add_ground_truth(replace(workspace, clock=lambda end=end: end), pipeline, labels, actor="test")
    begin(workspace, pipeline)
    lived = day_by_day(workspace, pipeline, FEBRUARY)
    health, _ = lived[FEBRUARY[-1]]
    assert health.level == min(one.level for one, _ in lived.values())
    assert HealthRule.LEVEL_ACCEPTED not in {one.rule for one, _ in lived.values()}
    # Half of the four labelled days after the change is the holdout, and the rest is there to learn from, however
    # many days without labels follow.
    assert max(one.rows_since_change for one, _ in lived.values()) == 2 * Forest.rows_per_day


def test_what_is_said_of_a_version_that_serves_no_longer_is_the_pipelines_health(served):
    """The level was lost under version 1; version 2, a copy, serves when the report arrives."""
    pipeline = changing("2025-02-14")
    promote_copy(served, at="2025-02-20")
    keys = FEBRUARY[:10]
    predict(served, pipeline, keys)
    reported = report_drift(served, pipeline, keys).done[keys[-1]]
    assert (reported.version, reported.report.health.is_settled) == (1, False)
    asked = decide_reports(served, {"fires": pipeline})[-1]
    assert asked.retrain
    assert "the level of the pipeline is lost" in asked.reason


def test_a_level_whose_rows_are_gone_is_kept(workspace):
    pipeline = changing("2025-03-20")
    begin(workspace, pipeline)
    before = day_by_day(workspace, pipeline, FEBRUARY[:10])[FEBRUARY[9]][0]

    def gone(window):
        if window.start < day("2025-02-18"):
            raise FileNotFoundError("only the newest days are kept")
        return Forest()(window)

    [(health, _)] = day_by_day(workspace, replace(pipeline, dataset=gone), FEBRUARY[10:11]).values()
    assert 0 < health.level <= before.level
    assert health.rule is HealthRule.LEVEL_KEPT


def renamed(window):
    """The same forest, which from 20 February on gives degrees Fahrenheit under another name."""
    frame = Forest()(window)
    return frame.assign(temperature_f=32 + 1.8 * frame["temperature_c"]).drop(columns="temperature_c")


def test_an_earlier_champion_that_cannot_read_the_new_schema_is_left_out(served):
    promote_copy(served, at="2025-02-20")
    later = replace(served, replay_at=day("2025-03-01"))
    promote = Promote(confidence=None, if_champion_fails="promote")
    pipeline = fires(renamed, retrain=Retrain(), promote=promote, version="2")
    read_dataset(later, pipeline)
    train(later, pipeline)
    assert adjudicate(later, pipeline).promoted
    [trained] = [event for event in decisions(served)[-1].events if event.rule == "challenger_trained"]
    assert {one["version"] for one in trained.details["candidates"]} == {None}
    lived = day_by_day(served, pipeline, ["2025-03-01", "2025-03-02", "2025-03-03"])
    assert [health.champion_id for health, _ in lived.values()] == [find_version(later, "fires/3").id] * 3


def test_an_earlier_champion_whose_files_are_gone_stops_no_retraining(served, tmp_path):
    pipeline = fires(retrain=Retrain())
    later = replace(served, replay_at=day("2025-03-15"))
    read_dataset(later, pipeline)
    train(later, pipeline)
    assert adjudicate(later, pipeline).promoted
    [first, *_] = run_artifacts(served, find_version(served, "fires/1"))
    (tmp_path / "artifacts" / first.digest[:2] / first.digest[2:]).unlink()
    read_dataset(later, pipeline)
    train(later, pipeline)
    assert decisions(served)[-1].status == "trained"


def run_artifacts(workspace, version):
    """The files of a version's model."""
    with workspace.database.reading() as session:
        stored = run_rows.of_runs(session, run_rows.Artifact, [version.run_id])[version.run_id]
    return [artifact for artifact in stored if artifact.path.startswith("model/")]


def statements_of(work):
    sent = []
    event.listen(Engine, "before_cursor_execute", note := lambda *said: sent.append(said[2]))
    try:
        return work(), len(sent)
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_two_hundred_challengers_that_lose_make_no_decision_longer_or_dearer(served):
    pipeline = fires(retrain=Retrain(trigger=Recovery(), cooldown="60d"))
    now = replace(served, replay_at=day("2025-03-20"))
    costs, reasons = [], []
    for number in range(200):
        lost_look(served, day("2025-02-11") + timedelta(hours=4 * number), rows=0)  # none of them could learn
        if number in {3, 4, 199}:
            said(served, f"2025-03-{number % 10 + 1:02}", LOST)
            [one], cost = statements_of(lambda: decide_reports(now, {"fires": pipeline}))
            costs.append(cost)
            reasons.append(one.reason)
    assert costs[1] == costs[2]  # the first one stores the declaration, too
    assert "the last 200 challengers lost" in reasons[2]
    assert len(reasons[2]) <= len(reasons[1]) + len("200") - len("5")


def test_after_many_losses_the_cooldown_is_twice_as_long_and_the_budget_holds(served):
    pipeline = fires(retrain=Retrain(trigger=Recovery(), cooldown="3d", budget_per_week=2))
    for days in (6, 5, 4, 4):
        lost_look(served, day("2025-03-20") - timedelta(days=days), rows=0)
    said(served, "2025-03-01", LOST)
    [blocked] = decide_reports(replace(served, replay_at=day("2025-03-20")), {"fires": pipeline})
    assert "until 2025-03-22 00:00 UTC, doubled" in blocked.reason
    said(served, "2025-03-02", LOST)
    [blocked] = decide_reports(replace(served, replay_at=day("2025-03-22")), {"fires": pipeline})
    assert "of a budget of 2, the next may start at 2025-03-23" in blocked.reason


def test_three_challengers_that_lose_on_ever_more_rows_are_enough_to_accept_the_level(served):
    pipeline = fires(retrain=Retrain(trigger=Recovery(), cooldown="3d", budget_per_week=2))
    for number, rows in enumerate((200, 400, 800)):
        lost_look(served, day("2025-02-11") + timedelta(days=4 * number), rows=rows)
    said(served, "2025-03-01", LOST)
    [accepted] = decide_reports(replace(served, replay_at=day("2025-03-20")), {"fires": pipeline})
    assert not accepted.retrain
    assert decisions(served)[-1].status == "accepted"
    assert "3 of 3 retrainings since the level was lost did not help" in accepted.reason
