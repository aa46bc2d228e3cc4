"""The past under other policies: honest, without a trace in production, and the same as what production did."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from pandas.util import hash_pandas_object

from driftline import AcceptedRange, GroundTruth, LightGBM, Promote, Retrain, RetrainTrigger, Window
from driftline.backtest import backtest, policy_values, store_backtest
from driftline.backtest.baseline import last_known_labels
from driftline.backtest.errors import InvalidBacktestError
from driftline.backtest.outcome import measure_partitions
from driftline.backtest.past import read_past
from driftline.backtest.policies import Policy
from driftline.backtest.trainings import Trainings
from driftline.backtest.versions import first_version
from driftline.charts import draw
from driftline.charts.errors import PictureFormatError
from driftline.datasets import simulate_fire_risk
from driftline.datasets.errors import EmptyWindowError
from driftline.declaration.errors import NotAStreamError
from driftline.evaluations import evaluate, evaluations_of
from driftline.ground_truth import add_ground_truth
from driftline.predictions import predict
from driftline.rows.errors import InvalidDatasetError
from driftline.store import backtest_rows
from tests.replays import replayed
from tests.streams import Forest, day, fires, persons

WEEKLY = Retrain(schedule="0 0 * * 1", trigger=None, choice=None)


@pytest.fixture(scope="module")
def found():
    return backtest(fires(), ["never", "weekly", "alert"], changes=[day("2025-03-01")])


def test_no_model_is_fitted_twice(monkeypatch):
    fitted = []

    def fit(self, features, truth, **options):
        fitted.append(hash_pandas_object(features, index=False).sum())
        return own_fit(self, features, truth, **options)

    own_fit = LightGBM.fit
    monkeypatch.setattr(LightGBM, "fit", fit)
    pipeline = fires(promote=Promote(confidence=None, refit=True))
    replayed_again = backtest(pipeline, ["never", "weekly", "daily"])
    weekly, daily = replayed_again.policies[1:3]
    shared = {one.at for one in weekly.retrainings} & {one.at for one in daily.retrainings}
    assert len(shared) == 6  # Mondays
    assert len(fitted) == len(set(fitted))
    assert weekly.cpu_s > 0
    assert daily.cpu_s > 0


def test_every_policy_and_both_baselines_are_measured_on_the_same_rows(found):
    assert [outcome.policy for outcome in found.policies] == ["never", "weekly", "alert", "last known label"]
    counts = {outcome.measurements[0].row_count for outcome in found.policies[:3]}
    assert counts == {42 * 60}


def test_retraining_helps_where_the_truth_has_changed(found):
    never, weekly, alert, _ = found.policies
    assert weekly.value("auroc") > never.value("auroc")
    assert alert.gain.value > 0
    assert (never.gain.value, never.retrainings, never.cpu_s) == (0, (), 0)
    assert weekly.cpu_s > 0


def test_a_schedule_trains_at_its_times(found):
    assert [one.at for one in found.policies[1].retrainings] == [
        day("2025-02-10") + timedelta(weeks=week) for week in range(6)
    ]


def test_the_delay_of_detection_counts_from_a_marked_change(found):
    [change] = found.policies[2].changes
    first = next(one.at for one in found.policies[2].retrainings if one.trigger == "drift" and one.at >= change.at)
    assert change.delay == first - day("2025-03-01")
    assert found.policies[0].changes[0].delay is None


def test_a_retraining_by_drift_before_any_change_is_a_false_alarm():
    found = backtest(fires(), ["auroc<0.99:2d"], changes=[day("2025-03-20")])
    early = [one for one in found.policies[0].retrainings if one.at < day("2025-03-20")]
    assert len(early) > 0
    assert found.policies[0].false_alarms == len(early)


def test_windows_follow_each_other_and_the_worst_is_one_of_them(found):
    never = found.policies[0]
    starts = [window.window.start for window in never.windows]
    assert starts == [day("2025-02-10") + timedelta(weeks=week) for week in range(6)]
    assert never.worst_window("auroc").value == min(window.value for window in never.windows)


def test_the_worst_window_of_a_loss_is_the_highest():
    found = backtest(fires(), ["never"], metric_name="log_loss")
    [never, _] = found.policies
    assert never.worst_window("log_loss").value == max(window.value for window in never.windows)


def test_a_metric_is_compared_by_scikit_learns_name():
    found = backtest(fires(), ["never"], metric_name="average_precision_score")
    assert found.metric == "average_precision"
    assert 0 < found.policies[0].value("average_precision") < 1


def test_the_first_model_and_the_rows_of_the_past_are_those_of_production(served):
    keys = ["2025-02-10", "2025-02-20", "2025-03-23"]
    predict(served, fires(), keys)
    evaluate(served, fires(), keys)
    past = replayed(replace(fires(), drift=()))
    for key, measured in evaluations_of(served, fires(), keys).items():
        assert measure_partitions("auroc", [past.labelled[key]]).value == pytest.approx(measured[0].value)


def test_a_training_knows_no_label_that_had_not_arrived():
    past = read_past(fires(), None, fires().partitions.last, workspace=None)
    split = past.training(day("2025-03-10"))
    assert split.holdout["time"].max() <= day("2025-03-09")
    assert split.train["time"].min() >= day("2025-03-10") - timedelta(days=28)


def test_what_a_label_says_later_changes_nothing_before_it_arrives():
    def liar(frame):
        return frame.assign(fire=frame["fire"].where(frame["time"] < day("2025-03-10"), "no"))

    honest, lied = (replayed(fires(forest, retrain=WEEKLY, drift=())) for forest in (Forest(), Forest(always=liar)))
    for key in ["2025-02-20", "2025-03-09", "2025-03-16"]:  # the training of 10 March knows labels up to the 9th
        np.testing.assert_array_equal(honest.labelled[key].scores, lied.labelled[key].scores)


def test_a_challenger_serves_from_the_partition_after_its_training():
    done = replayed(fires(retrain=WEEKLY, drift=()))
    promoted = [one.at for one in done.retrainings if one.outcome == "promoted"]
    served = {key: labelled.version for key, labelled in done.labelled.items()}
    assert served[f"{promoted[0]:%Y-%m-%d}"] == 2
    assert served[f"{promoted[0] - timedelta(days=1):%Y-%m-%d}"] == 1


def test_a_refit_serves_and_the_judged_model_is_compared():
    plain, refitted = (
        replayed(fires(retrain=WEEKLY, drift=(), promote=Promote(confidence=None, refit=refit)))
        for refit in (False, True)
    )
    assert [one.outcome for one in plain.retrainings] == [one.outcome for one in refitted.retrainings]
    last = "2025-03-23"
    assert not np.array_equal(plain.labelled[last].scores, refitted.labelled[last].scores)


def test_a_training_that_fails_is_counted_and_the_champion_goes_on():
    def one_class(frame):
        return frame.assign(fire="no")

    days = {f"2025-02-{number}": one_class for number in range(10, 29)}
    forest = Forest(faults={**days, **{f"2025-03-{number:02}": one_class for number in range(1, 24)}})
    done = replayed(fires(forest, retrain=WEEKLY, drift=()))
    assert [one.outcome for one in done.retrainings][-1] == "failed"
    assert "did not pass its checks" in done.retrainings[-1].reason
    assert len(done.labelled) == 42


def test_a_broken_quality_rule_fails_the_trainings_that_read_its_rows_as_in_production():
    forest = Forest(faults={"2025-02-20": lambda frame: frame.assign(temperature_c=900.0)})
    rule = AcceptedRange("temperature_c", max_value=60)
    outcomes = [one.outcome for one in replayed(fires(forest, retrain=WEEKLY, drift=(), quality=(rule,))).retrainings]
    assert [outcome == "failed" for outcome in outcomes] == [False, False, True, True, True, True]


def test_a_day_without_rows_is_left_out():
    forest = Forest(faults={"2025-02-20": lambda frame: frame.iloc[:0]})
    done = replayed(fires(forest, retrain=WEEKLY))
    assert len(done.labelled) == 41


def test_age_new_labels_and_the_trigger_ask_as_they_do_in_production():
    trigger = RetrainTrigger(window="3d", reference_windows=2)
    policies = [
        Policy(name="age", retrain=Retrain(trigger=None, on_drift=(), max_age="10d")),
        Policy(name="labels", retrain=Retrain(trigger=None, on_drift=(), min_new_labels=600)),
        Policy(name="trigger", retrain=Retrain(trigger=trigger)),
    ]
    by_name = {outcome.policy: outcome for outcome in backtest(fires(), policies).policies}
    for name, asked in (("age", "age"), ("labels", "labels"), ("trigger", "drift")):
        assert {one.trigger for one in by_name[name].retrainings} == {asked}


def test_the_last_known_label_is_that_of_the_entity_a_delay_ago():
    pipeline = fires()
    past = read_past(pipeline, None, pipeline.partitions.last, workspace=None)
    said = last_known_labels(past, first_version(past, pipeline, Trainings(past)).model)["2025-02-20"]
    rows = past.rows(pipeline.partitions.window("2025-02-20"))
    row = rows.iloc[0]
    before = past.frame[
        (past.frame["station"] == row["station"]) & (past.frame["time"] <= row["time"] - timedelta(days=1))
    ]
    assert said.scores[0] == (before.iloc[-1]["fire"] == "yes")


def test_the_same_past_gives_the_same_figures():
    first, second = (backtest(fires(), ["weekly"]) for _ in range(2))
    for one, other in zip(first.policies, second.policies, strict=True):
        assert one.measurements == other.measurements
        assert [done.at for done in one.retrainings] == [done.at for done in other.retrainings]


def test_a_backtest_leaves_nothing_behind_but_its_figures(workspace, found):
    stored = store_backtest(workspace, found)
    with workspace.database.reading() as session:
        [row] = backtest_rows.newest_backtests(session, "fires")
    assert (row.id, row.metric, row.window_start) == (stored, "auroc", day("2025-02-10"))
    assert row.outcomes == [policy_values(found, outcome) for outcome in found.policies]


@pytest.mark.parametrize("name", ["past.png", "past.svg"])
def test_a_picture_has_a_line_for_each_policy(tmp_path, found, name):
    draw(found, tmp_path / name)
    start = (tmp_path / name).read_bytes()[:5]
    assert start in {b"\x89PNG\r", b"<?xml"}


def test_a_picture_of_another_kind_is_refused(tmp_path, found):
    with pytest.raises(PictureFormatError, match=r"Let it end with \.png or \.svg"):
        draw(found, tmp_path / "past.pdf")
    assert not list(tmp_path.iterdir())


def test_labels_that_come_by_delivery_alone_are_those_that_were_delivered(workspace):
    pipeline = fires(retrain=WEEKLY, drift=(), ground_truth=GroundTruth(delay="1d", delivered=True))
    rows = simulate_fire_risk(Window(day("2025-01-13"), day("2025-03-24")), rows_per_day=60)
    add_ground_truth(workspace, pipeline, rows[["time", "station", "fire"]], actor="test")
    plain, delivered = (backtest(declared, ["weekly"], workspace=workspace) for declared in (fires(drift=()), pipeline))
    assert delivered.policies[0].value("auroc") == pytest.approx(plain.policies[0].value("auroc"))
    with pytest.raises(InvalidBacktestError, match="workspace=open_workspace"):
        backtest(pipeline, ["weekly"])


def test_a_table_has_no_past_to_replay():
    with pytest.raises(NotAStreamError):
        backtest(persons())


def test_a_range_without_a_whole_partition_is_refused():
    with pytest.raises(EmptyWindowError):
        backtest(fires(), start=day("2025-03-24"))


def test_two_policies_of_one_name_are_refused():
    with pytest.raises(InvalidBacktestError, match="'weekly'"):
        backtest(fires(), ["weekly", "never", "weekly"])


def test_a_dataset_that_fails_is_named():
    def broken(frame):
        raise OSError("disk gone")

    with pytest.raises(InvalidDatasetError, match="disk gone"):
        backtest(fires(Forest(always=broken)), ["never"])
