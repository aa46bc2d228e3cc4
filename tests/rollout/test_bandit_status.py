"""What a bandit has earned so far, as far as labels are due."""

from driftline.predictions.batch_files import SERVED
from driftline.rollout import (
    bandit_status,
)
from tests.bandits import PIPELINE, START, at, batch, days, watch


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
