"""Who serves which row: each key has one version, and a share once given stays."""

import json
import subprocess
import sys
from datetime import timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from driftline.evaluations import LabelledReader
from driftline.predictions.batch_files import PROPENSITY, SERVED
from driftline.predictions.traffic import Split, with_split
from driftline.rollout import (
    BanditRule,
    bandit_status,
    stop_bandit,
)
from driftline.rollout.bandit_rule import bandit_step
from driftline.store import run_rows
from tests.bandits import (
    FEW_KEYS,
    PIPELINE,
    RULE,
    START,
    WHY,
    at,
    bandits,
    batch,
    begin,
    days,
    stored_shares,
    trained_after_the_change,
    watch,
)
from tests.streams import day


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


def test_shares_stay_above_the_least(served):
    trained_after_the_change(served)
    begin(served, BanditRule(min_share=0.2, min_labels=100_000))
    watch(served, days(START, 7))
    shares = [row.share for row in stored_shares(served).values()]
    assert max(shares) == 0.8
    assert stored_shares(served)["2025-03-08"].probability > 0.8


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


def test_the_partitions_of_a_bandit_that_was_stopped_are_shared_in_a_backfill_too(equal):
    stop_bandit(at(equal, "2025-03-04"), "fires", **WHY)
    watch(equal, days(START, 4))
    assert list(stored_shares(equal)) == ["2025-03-02", "2025-03-03"]


def test_a_challenger_that_cannot_predict_serves_nothing(served, tmp_path):
    version = trained_after_the_change(served)
    begin(served)
    with served.database.reading() as session:
        digest = session.get(run_rows.Artifact, (version.run_id, "model/model.txt")).digest
    (tmp_path / "artifacts" / digest[:2] / digest[2:]).unlink()
    watch(served, [START])
    assert stored_shares(served) == {}
    assert SERVED not in batch(served, START, 1)
