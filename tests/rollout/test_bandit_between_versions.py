"""A bandit between two versions: shares that never change, rewards that wait, and an end that is a decision."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from driftline.datasets import Window
from driftline.declaration.errors import NotAStreamError
from driftline.evaluations import LabelledReader, evaluate
from driftline.predictions import predict
from driftline.predictions.batches import PROPENSITY, SERVED
from driftline.predictions.traffic import Split, splits, with_split
from driftline.registry import CHALLENGER, find_version, register, timeline
from driftline.registry import promote as promote_by_hand
from driftline.registry.errors import UnknownVersionError
from driftline.retraining import fit_model
from driftline.rollout import (
    BanditRule,
    assign_traffic,
    bandit_status,
    end_shadow,
    evaluate_shadow,
    judge_bandit,
    predict_shadow,
    start_bandit,
    stop_bandit,
)
from driftline.rollout.bandit_rule import bandit_step
from driftline.rollout.errors import BanditRunsError, InvalidRolloutError, NoBanditError
from driftline.store import bandit_rows, batch_rows, decision_rows, model_rows, run_rows
from driftline.store.decision_rows import DecisionStatus
from driftline.tracking import start_run
from tests.histories import another_version, decisions, events, number
from tests.streams import Forest, day, fires, persons

START = "2025-03-02"
FOREST = Forest(rows_per_day=400)
MANY_KEYS = Forest(rows_per_day=400, always=lambda frame: frame.assign(tower=frame["time"].dt.microsecond % 200))
PIPELINE = fires(MANY_KEYS, entity=("station", "tower"))
FEW_KEYS = fires(FOREST)
WHY = {"actor": "ann", "reason": "the forest has changed"}
RULE = BanditRule(min_labels=1500, epsilon=0.01)


def at(workspace, moment):
    return replace(workspace, replay_at=day(moment))


def days(first, count):
    return [f"{day(first) + timedelta(days=place):%Y-%m-%d}" for place in range(count)]


def trained_after_the_change(workspace):
    """A version that knows the forest as it is since 1 March."""
    with start_run(workspace, experiment="fires") as run:
        model = fit_model(PIPELINE, FOREST(Window(day("2025-03-02"), day("2025-03-24"))))
        return register(run, "fires", model, trained_through=day("2025-03-24"))


def begin(workspace, rule=RULE):
    return start_bandit(at(workspace, START), PIPELINE, 2, rule=rule, **WHY)


def watch(workspace, keys, moment=None, pipeline=PIPELINE):
    """What the monitoring step does with partitions; the day after the last one's labels are due, where not told."""
    end = day(keys[-1]) + timedelta(days=2)
    now = replace(workspace, replay_at=end if moment is None else day(moment))
    reader = LabelledReader(now, pipeline)
    assign_traffic(now, pipeline, keys, reader=reader)
    predict(now, pipeline, keys, reader=reader.partitions)
    evaluate(now, pipeline, keys, reader=reader)
    predict_shadow(now, pipeline, keys, reader=reader)
    evaluate_shadow(now, pipeline, keys, reader=reader)
    return judge_bandit(now, pipeline, reader=reader)


def stored_shares(workspace):
    with workspace.database.reading() as session:
        line = model_rows.find_model(session, "fires")
        [newest, *_] = bandit_rows.bandits(session, line.id)
        return {row.partition_key: row for row in bandit_rows.shares(session, newest.id)}


def batch(workspace, key, number):
    version = find_version(workspace, f"fires/{number}")
    with workspace.database.reading() as session:
        [row] = batch_rows.batches(session, [version.id], [key])
    return pq.read_table(io.BytesIO(workspace.artifacts.get(row.digest))).to_pandas()


def moves(workspace, alias):
    return [(number(event.version), event) for event in reversed(events(workspace, alias=alias))]


def bandits(workspace):
    return [one for one in reversed(decisions(workspace)) if one.trigger == "bandit"]


@pytest.fixture
def equal(served):
    """A bandit between version 1 and a copy of it."""
    another_version(served)
    begin(served, replace(RULE, max_age=timedelta(days=6)))
    return served


def test_one_of_both_serves_each_row_and_the_probability_of_that_is_logged(equal):
    watch(equal, days(START, 1))
    first, second = batch(equal, START, 1), batch(equal, START, 2)
    assert (first[SERVED] ^ second[SERVED]).all()
    assert first[PROPENSITY].to_numpy() == pytest.approx(0.5)
    assert second[PROPENSITY].to_numpy() == pytest.approx(0.5)
    assert 0 < second[SERVED].sum() < len(second)
    assert first.groupby(["station", "tower"], observed=True)[SERVED].nunique().max() == 1


def test_before_the_bandit_and_without_one_the_champions_batch_serves_all(equal):
    watch(equal, ["2025-02-28"])
    assert SERVED not in batch(equal, "2025-02-28", 1)
    assert LabelledReader(equal, PIPELINE).read(["2025-02-28"]).done["2025-02-28"].served.all()


def test_a_key_has_the_same_version_in_another_process():
    code = (
        "import json, sys\n"
        "from driftline.predictions.assignment import assigned_to_challenger\n"
        "keys = [f'station {n}' for n in range(50)]\n"
        "json.dump(assigned_to_challenger(keys, salt='fires/1', share=0.4).tolist(), sys.stdout)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    table = pa.table({"station": [f"station {n}" for n in range(50)], "time": np.arange(50)})
    split = Split(champion_id=1, challenger_id=2, share=0.4, salt="fires/1")
    assert with_split(FEW_KEYS, table, 2, split)[SERVED].to_pylist() == json.loads(shown.stdout)


def test_where_the_share_rises_no_key_moves_back_to_the_champion(served):
    trained_after_the_change(served)
    begin(served)
    watch(served, days(START, 4))
    shares = stored_shares(served)
    first, last = days(START, 4)[0], days(START, 4)[-1]
    assert shares[last].share > shares[first].share == pytest.approx(0.5)
    before, after = batch(served, first, 2), batch(served, last, 2)
    keys = ["station", "tower"]
    taken = before.loc[before[SERVED], keys].merge(after[[*keys, SERVED]], on=keys)
    assert len(taken) > 10
    assert taken[SERVED].all()


def test_a_replay_of_a_partition_gives_the_same_share_and_the_same_assignment(equal):
    watch(equal, days(START, 4))
    shares, before = stored_shares(equal), batch(equal, "2025-03-05", 2)
    watch(equal, days(START, 4), moment="2025-03-07")
    assert {key: row.model_dump() for key, row in stored_shares(equal).items()} == {
        key: row.model_dump() for key, row in shares.items()
    }
    pd.testing.assert_frame_equal(batch(equal, "2025-03-05", 2), before)


def test_days_in_one_run_get_shares_as_if_each_had_its_own(equal):
    watch(equal, days(START, 5))
    shares = stored_shares(equal)
    assert [row.label_count for row in shares.values()] == [0, 0, 400, 800, 1200]
    found = bandit_status(at(equal, "2025-03-06"), PIPELINE)
    rewards = [one.rewards for one in found.partitions[:2]]
    assert shares["2025-03-05"].probability == bandit_step(RULE, rewards, age=timedelta(days=3)).probability


def test_rewards_wait_until_the_labels_of_both_are_due(equal):
    watch(equal, days(START, 3), moment="2025-03-05")
    found = bandit_status(at(equal, "2025-03-05"), PIPELINE)
    assert [one.rewards is not None for one in found.partitions] == [True, True, False]
    assert found.step.label_count == 800
    counted = found.partitions[0].rewards
    assert counted.champion_count == batch(equal, START, 1)[SERVED].sum()
    assert counted.row_count == 400


def test_shares_stay_within_the_floor(served):
    trained_after_the_change(served)
    begin(served, BanditRule(floor=0.2, min_labels=100_000))
    watch(served, days(START, 7))
    shares = [row.share for row in stored_shares(served).values()]
    assert max(shares) == 0.8
    assert stored_shares(served)["2025-03-08"].probability > 0.8


def test_a_better_challenger_wins_and_is_promoted_by_a_decision(served):
    trained_after_the_change(served)
    begin(served)
    ended = [decision for key in days(START, 12) if (decision := watch(served, [key])) is not None]
    [decision] = ended
    assert (decision.status, decision.trigger, decision.actor) == (DecisionStatus.PROMOTED, "bandit", "bandit")
    assert decision.outcome.startswith("Promote: P(challenger is better) = 1.0000")
    assert decision.adjudication.challenger_score > decision.adjudication.champion_score
    number, event = moves(served, "champion")[0]
    assert (number, event.decision_id, event.reason) == (2, decision.id, decision.outcome)
    assert moves(served, CHALLENGER)[0][1].decision_id == decision.id
    [first, then] = timeline(served, "fires").holders([day(START), event.effective_at])
    assert (first.version, then.version) == (1, 2)
    assert timeline(served, "fires", alias=CHALLENGER).holders([event.effective_at]) == [None]


def test_after_the_end_partitions_are_served_by_one_version_again(served):
    trained_after_the_change(served)
    begin(served)
    keys = days(START, 12)
    for key in keys:
        watch(served, [key])
    ended = bandit_status(served, PIPELINE).until
    after = next(key for key in keys if day(key) >= ended)
    assert after not in stored_shares(served)
    assert SERVED not in batch(served, after, 2)
    assert len(bandits(served)) == 1


def test_two_that_are_equal_end_in_keep_by_the_time_limit(equal):
    ended = [decision for key in days(START, 6) if (decision := watch(equal, [key])) is not None]
    [decision] = ended
    assert decision.status == DecisionStatus.KEPT
    assert decision.outcome.startswith("Keep: no winner within 6 days")
    assert [number for number, _ in moves(equal, "champion")] == [1]
    assert [number for number, _ in moves(equal, CHALLENGER)] == [None, 2]
    found = bandit_status(equal, PIPELINE)
    assert (found.decision_id, found.outcome) == (decision.id, decision.outcome)


def test_a_bandit_that_is_lost_is_no_lost_retraining(equal):
    stop_bandit(equal, "fires", **WHY)
    with equal.database.reading() as session:
        assert decision_rows.retraining_starts(session, bandits(equal)[0].model_id) == [] or all(
            row.kind == "retrain" for row, _ in decision_rows.retraining_starts(session, bandits(equal)[0].model_id)
        )


def test_it_is_stopped_by_hand_once(equal):
    decision = stop_bandit(at(equal, "2025-03-04"), "fires", actor="bob", reason="enough")
    assert (decision.status, decision.actor, decision.outcome) == ("kept", "bob", "Kept by bob: enough")
    assert decision.serving_version_id == find_version(equal, "fires/1").id
    with pytest.raises(NoBanditError, match="bandit start fires"):
        stop_bandit(equal, "fires", actor="bob", reason="enough")
    assert len(bandits(equal)) == 1


def test_the_partitions_of_a_bandit_that_was_stopped_are_shared_in_a_backfill_too(equal):
    stop_bandit(at(equal, "2025-03-04"), "fires", **WHY)
    watch(equal, days(START, 4))
    assert list(stored_shares(equal)) == ["2025-03-02", "2025-03-03"]


def test_another_champion_by_hand_ends_it_in_keep(equal):
    another_version(equal)
    promote_by_hand(at(equal, "2025-03-04"), "fires", 3, actor="bob", reason="it is urgent")
    decision = watch(equal, ["2025-03-04"])
    assert decision.outcome == "Kept: the champion was changed while the bandit ran (it is urgent)."
    assert decision.serving_version_id == find_version(equal, "fires/3").id
    assert [number for number, _ in moves(equal, "champion")] == [3, 1]
    assert stored_shares(equal) == {}


def test_the_end_of_the_shadow_ends_it_too(equal):
    end_shadow(at(equal, "2025-03-04"), "fires", actor="bob", reason="too dear")
    decision = watch(equal, ["2025-03-04"])
    assert (decision.status, "too dear" in decision.outcome) == (DecisionStatus.KEPT, True)
    assert [number for number, _ in moves(equal, CHALLENGER)] == [None, 2]


def test_a_challenger_that_cannot_predict_serves_nothing(served, tmp_path):
    version = trained_after_the_change(served)
    begin(served)
    with served.database.reading() as session:
        digest = session.get(run_rows.Artifact, (version.run_id, "model/model.txt")).digest
    (tmp_path / "artifacts" / digest[:2] / digest[2:]).unlink()
    watch(served, [START])
    assert stored_shares(served) == {}
    assert SERVED not in batch(served, START, 1)


def test_with_few_keys_a_winner_is_not_sure_and_the_time_limit_keeps(served):
    trained_after_the_change(served)
    begin(served, replace(RULE, min_labels=500, floor=0.3, max_age=timedelta(days=5)))
    ended = [decision for key in days(START, 6) if (decision := watch(served, [key], pipeline=FEW_KEYS)) is not None]
    [decision] = ended
    assert decision.status == DecisionStatus.KEPT
    assert decision.outcome.startswith("Fewer than 30 keys fell to one of both")
    assert bandit_status(served, FEW_KEYS).least_keys < 12


def test_what_both_would_earn_on_all_keys_is_estimated(equal):
    watch(equal, days(START, 3))
    found = bandit_status(at(equal, "2025-03-06"), PIPELINE)
    assert found.champion_value.row_count + found.challenger_value.row_count == 1200
    assert found.champion_value.interval.low < found.challenger_value.value < 1
    assert 500 < found.champion_value.effective_count <= found.champion_value.row_count


def test_before_a_label_is_due_there_is_nothing_to_say(equal):
    found = bandit_status(at(equal, START), PIPELINE)
    assert (found.partitions, found.champion_value, found.least_keys) == ((), None, 0)
    assert (found.champion, found.challenger, found.until) == (1, 2, None)


def test_a_second_bandit_of_a_model_is_refused(equal):
    another_version(equal)
    with pytest.raises(BanditRunsError, match="versions 1 and 2"):
        start_bandit(equal, PIPELINE, 3, **WHY)
    assert timeline(equal, "fires", alias=CHALLENGER).holders([day("2025-05-01")])[0].version == 2


def test_a_new_bandit_begins_where_the_old_one_ended_and_shares_keys_anew(equal):
    stop_bandit(at(equal, "2025-03-04"), "fires", **WHY)
    start_bandit(at(equal, "2025-03-03"), PIPELINE, 2, **WHY)
    watch(equal, days(START, 4))
    assert list(stored_shares(equal)) == ["2025-03-04", "2025-03-05"]
    found = splits(equal, "fires", ["2025-03-03", "2025-03-04"])
    assert found["2025-03-03"].salt != found["2025-03-04"].salt


def test_what_cannot_be_a_bandit_is_refused_and_nothing_is_stored(served):
    with pytest.raises(InvalidRolloutError, match="Version 1"):
        start_bandit(served, PIPELINE, 1, **WHY)
    with pytest.raises(UnknownVersionError, match="version 9"):
        start_bandit(served, PIPELINE, 9, **WHY)
    with pytest.raises(NotAStreamError, match="persons"):
        start_bandit(served, persons(), 1, **WHY)
    with pytest.raises(NoBanditError):
        bandit_status(served, PIPELINE)
    another_version(served)
    promote_by_hand(served, "fires", 2, at=day("2025-07-01"), **WHY)
    with pytest.raises(InvalidRolloutError, match="Version 2"):
        start_bandit(served, PIPELINE, 2, **WHY)
    assert moves(served, CHALLENGER) == []


def test_versions_that_predict_numbers_are_refused(served):
    pipeline = fires(
        target=replace(fires().target, column="wind_kmh", positive_class=None), metrics=("rmse",), drift=()
    )
    rows = Forest()(Window(day("2025-01-20"), day("2025-02-01")))
    with start_run(served, experiment="fires") as run:
        register(run, "fires", fit_model(pipeline, rows), trained_through=day("2025-02-01"))
    with pytest.raises(InvalidRolloutError, match="driftline shadow fires"):
        start_bandit(served, pipeline, 2, **WHY)
