"""The monitor job: one run for many days, where each day stands for itself."""

from dataclasses import replace

import dagster as dg
import numpy as np
import pytest
from sqlmodel import select

from driftline import Daily, PerformanceDrift, Window, add_ground_truth, load_model
from driftline.declaration import VERSION_TAG
from driftline.evaluations import Evaluated
from driftline.metrics import estimated
from driftline.pipelines import WorkspaceResource, build, renew
from driftline.pipelines.monitoring_assets import _metadata
from driftline.predictions import Predicted
from driftline.registry import register
from driftline.rollout import bandit_status, shadow, start_bandit
from driftline.store import batch_rows, evaluation_rows, run_rows
from driftline.store.batch_rows import PredictionBatch
from driftline.tracking import start_run
from tests.pipelines.conftest import definitions_of
from tests.streams import Forest, day, fires

RANGE = ("2025-02-10", "2025-02-13")
DAYS = {"2025-02-10", "2025-02-11", "2025-02-12", "2025-02-13"}
KINDS = ("predictions", "ground_truth", "evaluation", "drift")
FAULTY = "2025-02-11"


def broken(window):
    frame = Forest()(window)
    if window.start <= day(FAULTY) < window.end:
        raise ConnectionError("the station does not answer")
    return frame


def by_partition(dagster, kind):
    records = dagster.instance.fetch_materializations(dg.AssetKey(["fires", kind]), limit=100).records
    return {r.asset_materialization.partition: r.asset_materialization for r in records}, len(records)


def test_a_range_is_one_run_with_a_materialization_for_each_day(dagster, serving):
    result = dagster.run("fires_monitor", fires(), days=RANGE)
    assert result.success
    assert len(dagster.instance.get_runs()) == 1
    for kind in KINDS:
        found, count = by_partition(dagster, kind)
        assert (set(found), count) == (DAYS, 4)
    evaluations, _ = by_partition(dagster, "evaluation")
    values = {partition: told.metadata["auroc"].value for partition, told in evaluations.items()}
    assert len(set(values.values())) == 4
    with serving.database.reading() as session:
        batches = session.exec(select(PredictionBatch)).all()
    assert {batch.dagster_run_id for batch in batches} == {result.run_id}


def test_a_day_that_fails_is_named_and_loses_no_other(dagster, serving):
    result = dagster.run("fires_monitor", fires(broken), days=RANGE)
    assert not result.success
    [event] = result.get_step_failure_events()
    failure = event.step_failure_data.user_failure_data
    assert failure.description.startswith("1 of 4 partitions failed")
    assert "2025-02-11: " in failure.description
    assert "the station does not answer" in failure.description
    for kind in KINDS:
        found, count = by_partition(dagster, kind)
        assert (set(found), count) == (DAYS - {FAULTY}, 3)


def test_a_day_without_labels_stays_missing_and_the_run_succeeds(dagster, serving):
    result = dagster.run("fires_monitor", fires(), days=RANGE, at="2025-02-13")
    assert result.success
    assert dagster.partitions("fires", "predictions") == DAYS
    assert dagster.partitions("fires", "ground_truth") == {"2025-02-10", "2025-02-11"}
    assert dagster.partitions("fires", "evaluation") == {"2025-02-10", "2025-02-11"}
    again = dagster.run("fires_monitor", fires(), days=RANGE)
    assert again.success
    assert dagster.partitions("fires", "evaluation") == DAYS


def test_when_no_day_has_labels_nothing_is_evaluated_and_nothing_fails(dagster, serving):
    result = dagster.run("fires_monitor", fires(floor=0.5), days=RANGE, at="2025-02-10")
    assert result.success
    assert dagster.partitions("fires", "evaluation") == set()


def test_before_there_is_a_champion_each_day_says_so(dagster):
    result = dagster.run("fires_monitor", fires(), days=RANGE)
    [event] = result.get_step_failure_events()
    assert event.step_failure_data.user_failure_data.description.startswith("4 of 4 partitions failed")
    assert "Materialize fires/dataset, model and champion first" in str(event.step_failure_data.user_failure_data)


def test_one_day_is_a_range_too(dagster, serving):
    result = dagster.run("fires_monitor", fires(), partition_key="2025-02-12")
    assert result.success
    assert dagster.partitions("fires", "drift") == {"2025-02-12"}


def test_a_part_of_the_assets_may_be_materialized(dagster, serving):
    dagster.run("fires_monitor", fires(), days=RANGE, asset_selection=[dg.AssetKey(["fires", "predictions"])])
    assert (dagster.partitions("fires", "predictions"), dagster.partitions("fires", "evaluation")) == (DAYS, set())


def test_the_ground_truth_of_a_day_says_how_much_of_it_is_labelled_and_by_whom(dagster, serving):
    rows = Forest()(Window(day(FAULTY), day("2025-02-12")))[["time", "station", "fire"]]
    add_ground_truth(serving, fires(), rows.head(15), actor="ann")
    dagster.run("fires_monitor", fires(), days=RANGE)
    told = by_partition(dagster, "ground_truth")[0][FAULTY].metadata
    assert (told["labelled"].value, told["labelled share"].value) == ("60 of 60 predictions", 1.0)
    assert (told["delivered"].value, told["from the dataset"].value, told["corrected"].value) == (15, 45, 0)


def test_ground_truth_lies_between_predictions_and_evaluation(home):
    graph = definitions_of(fires()).resolve_asset_graph()
    parents = {
        key.path[1]: {parent.path[1] for parent in graph.get(key).parent_keys} for key in graph.get_all_asset_keys()
    }
    assert (parents["ground_truth"], parents["evaluation"]) == ({"predictions"}, {"ground_truth"})


def test_one_run_reads_each_day_of_the_dataset_once(dagster, serving):
    forest = Forest()
    dagster.run("fires_monitor", fires(forest), days=RANGE)
    assert [(f"{window.start:%Y-%m-%d}", window.days) for window in forest.windows] == [(RANGE[0], 4)]


def test_the_latest_materialization_is_that_of_the_newest_day(dagster, serving):
    dagster.run("fires_monitor", fires(), days=("2025-02-10", "2025-03-01"))
    assert {dagster.newest("fires", kind).partition for kind in KINDS} == {"2025-03-01"}


def test_what_is_renewed_is_not_predicted_again(dagster, serving):
    dagster.run("fires_monitor", fires(), days=RANGE)
    [done] = renew(dagster.jobs(fires()), fires(), sorted(DAYS))
    assert (done.fault, by_partition(dagster, "predictions")[1]) == (None, 4)
    assert [by_partition(dagster, kind)[1] for kind in KINDS[1:]] == [8, 8, 8]


def test_a_named_version_is_used_by_its_tag(dagster, serving):
    assert dagster.run("fires_monitor", fires(), days=RANGE, tags={"driftline/version": "1"}).success
    unknown = dagster.run("fires_monitor", fires(), days=RANGE, tags={"driftline/version": "7"})
    [event] = unknown.get_step_failure_events()
    assert "has no version 7" in event.step_failure_data.user_failure_data.description


@pytest.mark.parametrize(("level", "verdict"), [(0.5, "ok"), (0.9999, "drift")])
def test_each_day_shows_how_large_a_change_is_and_a_loud_one_what_was_found(dagster, serving, level, verdict):
    rule = PerformanceDrift("auroc", below=level, window="7d", m_of_n=(1, 1), confidence=None)
    dagster.run("fires_monitor", fires(drift=(rule,)), days=RANGE)
    shown = {name: value.value for name, value in by_partition(dagster, "drift")[0]["2025-02-12"].metadata.items()}
    assert (shown["verdict"], type(shown["report"])) == (verdict, str)
    assert isinstance(shown["auroc: drop"], float)
    assert shown.get("findings", "").startswith("- **drift** performance `auroc`: auroc 0.") == (verdict == "drift")


def test_an_evaluation_under_the_floor_warns(dagster, serving):
    result = dagster.run("fires_monitor", fires(floor=0.99), days=RANGE)
    assert result.success
    [check] = result.get_asset_check_evaluations()
    assert (check.passed, check.severity, check.metadata["evaluated"].value) == (False, dg.AssetCheckSeverity.WARN, 4)
    below = {record.data["partition"] for record in check.metadata["partitions"].records}
    assert below
    assert below <= DAYS


def test_the_floor_is_of_any_metric_that_comes_first(dagster, serving):
    pipeline = fires(metrics=("average_precision_score", "auroc"), floor=0.999)
    result = dagster.run("fires_monitor", pipeline, days=RANGE)
    [check] = [one for one in result.get_asset_check_evaluations() if one.check_name == "floor"]
    assert (check.passed, check.metadata["surely worse"].value) == (False, 4)


@pytest.mark.parametrize("floor", [0.01, 0.9])
def test_an_evaluation_that_is_not_surely_under_the_floor_passes(dagster, serving, floor):
    result = dagster.run("fires_monitor", fires(floor=floor), days=RANGE)
    assert [check.passed for check in result.get_asset_check_evaluations()] == [True]


def test_a_stream_that_goes_on_is_watched_each_day(home):
    resources = dg.Definitions(resources={"workspace": WorkspaceResource()})
    built = dg.Definitions.merge(build(fires(partitions=Daily("2025-02-10"))), resources)
    assert built.resolve_schedule_def("fires_watch").cron_schedule == "0 0 * * *"


@pytest.mark.filterwarnings("ignore:Function `JobDefinition.run_request_for_partition`")  # Dagster's own call
def test_the_watch_of_a_day_is_tried_three_times_by_dagster_itself(dagster):
    resources = dg.Definitions(resources={"workspace": WorkspaceResource()})
    built = dg.Definitions.merge(build(fires(partitions=Daily("2025-02-10"))), resources)
    with dg.build_schedule_context(scheduled_execution_time=day("2025-03-01"), instance=dagster.instance) as context:
        [request] = built.resolve_schedule_def("fires_watch").evaluate_tick(context).run_requests
    assert (request.partition_key, request.tags["dagster/max_retries"]) == ("2025-02-28", "2")
    assert dagster.instance.run_retries_enabled


def test_estimates_are_shown_with_the_predictions_and_called_so():
    found = (estimated("accuracy", np.array([0.2, 0.9])),)
    told = _metadata(Predicted(version=1, row_count=2, mean_score=0.55, digest="d", estimates=found), {})
    assert told["estimated_accuracy"] == pytest.approx(0.85)
    assert "estimated, if only the inputs changed" in told
    assert "estimated" not in str(_metadata(Predicted(version=1, row_count=2, mean_score=0.55, digest="d"), {}))


def test_rows_that_an_evaluation_leaves_out_are_shown_with_it():
    found = estimated("accuracy", np.array([0.2, 0.9]))
    done = Evaluated(version=1, row_count=3, label_count=2, measurements=(found,), left_out=("1 of 3 rows.",))
    assert _metadata(done, {})["rows left out"] == "1 of 3 rows."
    assert "rows left out" not in _metadata(replace(done, left_out=()), {})


def in_the_shadow(workspace, *, since):
    """A second version with the bytes of the first, in the shadow of the first."""
    with start_run("fires", workspace=workspace) as run:
        copy = load_model("fires/1", workspace=workspace)
        version = register(run, "fires", copy, trained_through=day("2025-02-01"))
    shadow(replace(workspace, replay_at=day(since)), "fires", 2, actor="ann", reason="try it")
    return version


def stored_for(workspace, version):
    with workspace.database.reading() as session:
        keys = sorted(DAYS)
        batches = batch_rows.batches(session, [version.id], keys)
        evaluations = evaluation_rows.newest_evaluations(session, [version.id], "fires", keys)
    return [row.partition_key for row in batches], [row.partition_key for row in evaluations]


def test_the_step_predicts_and_evaluates_with_the_shadow_too(dagster, serving):
    version = in_the_shadow(serving, since="2025-02-12")
    assert dagster.run("fires_monitor", fires(), days=RANGE).success
    assert stored_for(serving, version) == (["2025-02-12", "2025-02-13"],) * 2
    found, count = by_partition(dagster, "predictions")
    assert ({told.metadata["version"].value for told in found.values()}, count) == ({"1"}, 4)


def test_a_shadow_that_fails_fails_nothing_that_is_served(dagster, serving, home):
    version = in_the_shadow(serving, since="2025-02-12")
    with serving.database.transaction() as session:
        session.get(run_rows.Artifact, (version.run_id, "model/model.txt")).digest = "0" * 64
    assert dagster.run("fires_monitor", fires(), days=RANGE).success
    assert stored_for(serving, version) == ([], [])
    assert dagster.partitions("fires", "evaluation") == DAYS


def test_what_a_named_version_would_have_done_asks_no_shadow(dagster, serving):
    version = in_the_shadow(serving, since="2025-02-12")
    assert dagster.run("fires_monitor", fires(), days=RANGE, tags={VERSION_TAG: "1"}).success
    assert stored_for(serving, version) == ([], [])


def test_the_step_shares_the_keys_of_a_bandit_and_ends_it_in_a_decision(dagster, serving):
    in_the_shadow(serving, since="2025-02-12")
    start_bandit(replace(serving, replay_at=day("2025-02-12")), fires(), 2, actor="ann", reason="try it")
    assert dagster.run("fires_monitor", fires(), days=RANGE, at="2025-02-15T00:00:00+00:00").success
    found = bandit_status(replace(serving, replay_at=day("2025-02-15")), fires())
    assert ([one.partition for one in found.partitions], found.until) == (["2025-02-12", "2025-02-13"], None)
    assert dagster.run("fires_monitor", fires(), days=RANGE).success
    ended = bandit_status(serving, fires())
    assert ended.outcome.startswith("Keep: no winner within 30 days")
    assert [one.share for one in ended.partitions] == [one.share for one in found.partitions]


def test_a_bandit_whose_challenger_is_lost_fails_nothing_that_is_served(dagster, serving):
    version = in_the_shadow(serving, since="2025-02-12")
    start_bandit(replace(serving, replay_at=day("2025-02-12")), fires(), 2, actor="ann", reason="try it")
    with serving.database.transaction() as session:
        session.get(run_rows.Artifact, (version.run_id, "model/model.txt")).digest = "0" * 64
    assert dagster.run("fires_monitor", fires(), days=RANGE, at="2025-02-15T00:00:00+00:00").success
    assert bandit_status(replace(serving, replay_at=day("2025-02-15")), fires()).partitions == ()
