"""The shadow scores beside the champion: it is stored and compared, and no series of production sees it."""

from dataclasses import replace

import pytest

from driftline import Alert, Retrain, load_model
from driftline.alerting import raise_alerts
from driftline.alerting.stored_facts import StoredFacts
from driftline.datasets import Window
from driftline.drift_reports import report_drift
from driftline.evaluations import LabelledReader, evaluate, evaluations_of, production_metric
from driftline.ground_truth import truth_status
from driftline.predictions import predict
from driftline.registry import CHALLENGER, find_version, register, rollback, timeline
from driftline.registry.errors import IncomparableModelsError, UnknownAliasError, UnknownVersionError
from driftline.retraining import fit_model
from driftline.retraining.decide_reports import _new_labels
from driftline.rollout import compare_shadow, end_shadow, evaluate_shadow, predict_shadow, shadow
from driftline.rollout.errors import InvalidRolloutError
from driftline.rollout.shadow import shadows
from driftline.rollout.shadow_comparison import _pair
from driftline.store import batch_rows, evaluation_rows
from driftline.tracking import start_run
from tests.histories import promote_copy, stored_evaluations, stored_reports
from tests.streams import LONG_AFTER, Forest, day, fires

DAYS = ["2025-02-10", "2025-02-11", "2025-02-12", "2025-02-13", "2025-02-14"]
LATER = DAYS[2:]


def other_version(workspace, trees=2):
    """A second version that learnt less."""
    pipeline = fires()
    pipeline = replace(pipeline, trainer=replace(pipeline.trainer, trees=trees))
    rows = Forest()(Window(day("2025-01-20"), day("2025-02-01")))
    with start_run("fires", workspace=workspace) as run:
        return register(run, "fires", fit_model(pipeline, rows), trained_through=day("2025-02-01"))


def at(workspace, moment):
    return replace(workspace, replay_at=day(moment))


@pytest.fixture
def shadowed(served):
    """Version 2 is in the shadow of version 1 from 12 February on, and all has been monitored."""
    other_version(served)
    shadow(at(served, LATER[0]), "fires", 2, actor="ann", reason="try it")
    predict(served, fires(), DAYS)
    evaluate(served, fires(), DAYS)
    return served


def watch_shadow(workspace, keys=DAYS, pipeline=None):
    reader = LabelledReader(workspace, pipeline or fires())
    predicted = predict_shadow(workspace, pipeline or fires(), keys, reader=reader)
    return predicted, evaluate_shadow(workspace, pipeline or fires(), keys, reader=reader)


def test_the_shadow_predicts_and_is_measured_from_its_first_partition_on(shadowed):
    predicted, measured = watch_shadow(shadowed)
    assert {key: done.version for key, done in predicted.done.items()} == dict.fromkeys(LATER, 2)
    assert list(measured.done) == LATER
    assert [row.partition_key for row, _ in stored_evaluations(shadowed, number=2)] == LATER


def test_without_a_shadow_there_is_nothing_to_do(served):
    predicted, measured = watch_shadow(served)
    assert (predicted.done, predicted.failed, measured.done, measured.failed) == ({}, {}, {}, {})


def test_who_was_in_the_shadow_on_a_day_has_one_answer(served):
    other_version(served)
    shadow(at(served, "2025-02-12"), "fires", 2, actor="ann", reason="try it")
    end_shadow(at(served, "2025-02-20"), "fires", actor="ann", reason="seen enough")
    shadow(at(served, "2025-03-01"), "fires", 2, actor="bob", reason="once more")
    days = [day(text) for text in ("2025-02-11", "2025-02-12", "2025-02-20", "2025-03-01")]
    held = timeline(served, "fires", alias=CHALLENGER).holders(days)
    assert [found and found.version for found in held] == [None, 2, None, 2]


def test_after_its_end_nothing_is_scored_in_the_shadow(shadowed):
    end_shadow(at(shadowed, "2025-02-13"), "fires", actor="ann", reason="seen enough")
    assert list(shadows(shadowed, fires(), DAYS, LabelledReader(shadowed, fires()))) == ["2025-02-12"]
    with pytest.raises(UnknownAliasError, match="challenger"):
        end_shadow(shadowed, "fires", actor="ann", reason="seen enough")
    with pytest.raises(UnknownAliasError, match="challenger"):
        load_model("fires@challenger", workspace=shadowed)


def test_the_champion_is_never_its_own_shadow(served):
    with pytest.raises(InvalidRolloutError, match="Version 1"):
        shadow(served, "fires", 1, actor="ann", reason="try it")
    promote_copy(served, at="2025-02-12")
    shadow(at(served, "2025-02-11"), "fires", 2, actor="ann", reason="try it")
    assert list(shadows(served, fires(), DAYS, LabelledReader(served, fires()))) == ["2025-02-11"]
    rollback(at(served, "2025-02-14"), "fires", actor="ann", reason="it smokes")
    assert list(shadows(served, fires(), DAYS, LabelledReader(served, fires()))) == ["2025-02-11", "2025-02-14"]


def test_a_version_that_is_not_there_cannot_be_in_the_shadow(served):
    with pytest.raises(UnknownVersionError, match="version 9"):
        shadow(served, "fires", 9, actor="ann", reason="try it")


def test_a_label_of_an_unknown_class_is_left_out_for_both(shadowed):
    def strange(frame):
        return frame.assign(fire=frame["fire"].where(frame.index != frame.index[0], "perhaps"))

    pipeline = fires(Forest(faults={LATER[0]: strange}))
    _, measured = watch_shadow(shadowed, pipeline=pipeline)
    assert (measured.done[LATER[0]].label_count, measured.done[LATER[1]].label_count) == (59, 60)
    comparison = compare_shadow(shadowed, pipeline)
    assert (comparison.partitions, comparison.row_count) == (tuple(LATER), 179)


def test_production_and_its_reports_are_the_same_with_and_without_a_shadow(shadowed):
    before = (
        production_metric(shadowed, fires(), "auroc"),
        evaluations_of(shadowed, fires(), DAYS),
        report_drift(shadowed, fires(), DAYS),
        truth_status(shadowed, fires()),
    )
    watch_shadow(shadowed)
    after = (
        production_metric(shadowed, fires(), "auroc"),
        evaluations_of(shadowed, fires(), DAYS),
        report_drift(shadowed, fires(), DAYS),
        truth_status(shadowed, fires()),
    )
    assert after == before
    assert {report.version_id for report in stored_reports(shadowed)} == {find_version(shadowed, "fires/1").id}


def test_the_series_that_alerts_and_decisions_watch_are_of_the_champion_alone(shadowed):
    pipeline = fires(retrain=Retrain(trigger=None, min_new_labels=1))
    on_evaluation, on_lateness = Alert(on="evaluation", worse_than=0.5), Alert(on="label_lateness")

    def watched():
        with shadowed.database.reading() as session:
            facts = StoredFacts(session, LONG_AFTER, LONG_AFTER)
            champions = timeline(shadowed, "fires")
            labels = _new_labels(session, pipeline, champions, [day(DAYS[1]) + pipeline.ground_truth.lag], LONG_AFTER)
            return facts.of(pipeline, on_evaluation).evaluation, facts.of(pipeline, on_lateness).due, labels

    before = watched()
    watch_shadow(shadowed)
    evaluation, due, labels = watched()
    assert (evaluation, due, labels) == before
    assert (evaluation.version, evaluation.partition_key) == (1, DAYS[-1])
    assert [(partition.version, partition.partition_key) for partition in due] == [(1, key) for key in DAYS[::-1]]
    assert labels == 240


def test_a_poor_shadow_rings_no_alert(shadowed):
    watch_shadow(shadowed)
    found = production_metric(shadowed, fires(), "auroc")[-1][1]
    [[_, own]] = stored_evaluations(shadowed, number=2)[-1:]
    assert own["auroc"].value < found
    limit = (found + own["auroc"].value) / 2
    pipeline = fires(alerts=(Alert(on="evaluation", worse_than=limit),))
    assert raise_alerts(shadowed, {"fires": pipeline}, channels=1, dagster_url="http://dagster") == []


def test_the_series_of_a_table_are_of_who_is_champion_now(served):
    first, second = find_version(served, "fires/1"), other_version(served)
    batch = {"partition_key": "", "window_start": None, "window_end": None, "row_count": 9, "digest": "d"}
    batch |= {"created_at": LONG_AFTER, "dagster_run_id": None}
    evaluation = {"dataset": "fires", "partition_key": "", "row_count": 9, "label_count": 9, "digest": "d"}
    evaluation |= {"evaluated_at": LONG_AFTER}
    ids = [first.id, second.id]
    with served.database.transaction() as session:
        batch_rows.append_batches(session, [{**batch, "version_id": id_} for id_ in ids])
        evaluation_rows.add_evaluations(session, [{**evaluation, "version_id": id_} for id_ in ids], [[], []])
    with served.database.reading() as session:
        facts = StoredFacts(session, LONG_AFTER, LONG_AFTER).of(fires(), Alert(on="evaluation", worse_than=0.5))
    assert facts.evaluation.version == 1


def test_a_shadow_that_fails_is_named_and_raises_nothing(shadowed, tmp_path):
    for file in (tmp_path / "artifacts").glob("*/*"):
        if b"num_trees" in (content := file.read_bytes()) or content.startswith(b"tree"):
            file.write_bytes(content + b" ")
    predicted, _ = watch_shadow(shadowed)
    assert set(predicted.failed) == set(LATER)
    assert "not loaded" in predicted.failed[LATER[0]]


def test_both_are_compared_on_the_labelled_rows_that_both_scored(shadowed):
    watch_shadow(shadowed)
    found = compare_shadow(shadowed, fires())
    assert (found.challenger, found.champions, found.partitions) == (2, (1,), tuple(LATER))
    assert (found.since, found.until) == (day(LATER[0]), None)
    assert found.row_count == 180
    assert [one.metric for one in found.comparisons] == ["auroc", "log_loss"]
    auroc = found.comparisons[0]
    assert auroc.gain == pytest.approx(auroc.challenger.value - auroc.champion.value)
    assert auroc.p_value > 0.5


def test_rows_are_paired_by_their_key_and_not_by_their_place(shadowed):
    watch_shadow(shadowed)
    before = compare_shadow(shadowed, fires())
    shuffled = fires(Forest(always=lambda frame: frame.sample(frac=1, random_state=5)))
    predict_shadow(shadowed, shuffled, LATER, reader=LabelledReader(shadowed, shuffled))
    after = compare_shadow(shadowed, shuffled)
    assert [one.gain for one in after.comparisons] == pytest.approx([one.gain for one in before.comparisons])


def test_what_is_not_compared_yet_is_named(shadowed):
    watch_shadow(shadowed, LATER[:2])
    found = compare_shadow(at(shadowed, "2025-02-14"), fires())
    assert found.partitions == (LATER[0],)
    assert found.left_out == {LATER[1]: "2025-02-13: no prediction is labelled yet."}
    assert "There is no prediction of" in compare_shadow(shadowed, fires()).left_out[LATER[2]]


def test_before_a_row_is_labelled_there_is_no_comparison(served):
    other_version(served)
    shadow(at(served, "2025-02-12"), "fires", 2, actor="ann", reason="try it")
    found = compare_shadow(at(served, "2025-02-12"), fires())
    assert (found.partitions, found.left_out, found.comparisons, found.row_count) == ((), {}, (), 0)


def test_a_model_that_never_had_a_shadow_has_nothing_to_compare(served):
    with pytest.raises(UnknownAliasError, match="challenger"):
        compare_shadow(served, fires())


def test_models_of_other_classes_are_not_compared(shadowed):
    watch_shadow(shadowed)
    reader = LabelledReader(shadowed, fires())
    served = reader.read(LATER).done[LATER[0]]
    other = replace(served.whole.scorer, classes=("no", "maybe"))
    with pytest.raises(IncomparableModelsError):
        _pair(fires(), served, replace(served, whole=replace(served.whole, scorer=other)))
