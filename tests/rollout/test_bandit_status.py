"""What a bandit has earned so far, as far as labels are due."""

from dataclasses import replace
from datetime import timedelta

from driftline.datasets import Window
from driftline.predictions.batch_files import SERVED
from driftline.registry import register
from driftline.retraining import fit_model
from driftline.rollout import (
    bandit_status,
)
from driftline.tracking import start_run
from tests.bandits import FOREST, PIPELINE, RULE, START, at, batch, begin, days, watch
from tests.streams import day


def test_rewards_wait_until_the_labels_of_both_are_due(equal):
    watch(equal, days(START, 3), moment="2025-03-05")
    found = bandit_status(at(equal, "2025-03-05"), PIPELINE)
    assert [one.rewards is not None for one in found.partitions] == [True, True, False]
    assert found.step.label_count == 800
    counted = found.partitions[0].rewards
    assert counted.champion_count == batch(equal, START, 1)[SERVED].sum()
    assert counted.row_count == 400


def test_what_both_would_earn_on_all_keys_is_estimated(equal):
    watch(equal, days(START, 3))
    found = bandit_status(at(equal, "2025-03-06"), PIPELINE)
    assert found.champion_value.row_count + found.challenger_value.row_count == 1200
    assert found.champion_value.interval.low < found.challenger_value.value < 1
    assert 500 < found.champion_value.effective_count <= found.champion_value.row_count


def test_before_a_label_is_due_there_is_nothing_to_say(equal):
    found = bandit_status(at(equal, START), PIPELINE)
    assert (found.partitions, found.champion_value, found.fewest_units) == ((), None, 0)
    assert (found.champion, found.challenger, found.until) == (1, 2, None)


def perhaps(frame):
    return frame.assign(fire=frame["fire"].where(frame.index != frame.index[0], "perhaps"))


def test_a_partition_with_a_label_that_one_of_both_does_not_know_counts_for_neither(served):
    with start_run("fires", workspace=served) as run:
        model = fit_model(PIPELINE, perhaps(FOREST(Window(day("2025-02-03"), day("2025-03-01")))))
        register(run, "fires", model, trained_through=day("2025-03-01"))
    assert model.classes == ("not yes", "yes")
    begin(served, replace(RULE, max_age=timedelta(days=6)))
    strange = replace(PIPELINE, dataset=replace(PIPELINE.dataset, faults={START: perhaps}))
    watch(served, days(START, 2), pipeline=strange)
    found = bandit_status(at(served, "2025-03-06"), strange)
    assert [one.rewards is not None for one in found.partitions] == [False, True]
