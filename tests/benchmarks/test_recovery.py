"""The figures and tables of benchmarks/recovery.py."""

from math import inf

import numpy as np
import pytest

from benchmarks.recovery_figures import DailyLoss, Figures, weeks_to_half
from benchmarks.recovery_promises import promises
from benchmarks.recovery_tables import details
from benchmarks.worlds import DAYS

CHANGE = 100


def daily(*steps):
    """What is lost a row from some days on."""
    lost = np.zeros(DAYS)
    for first, loss in steps:
        lost[first:] = 100 * loss
    return DailyLoss(lost=lost, counts=np.full(DAYS, 100.0))


NEVER, ORACLE = daily((0, 0.15), (CHANGE, 0.5)), daily((0, 0.15))


@pytest.mark.parametrize("lag", [1, 28])
@pytest.mark.parametrize("weeks", [0, 2, 8])
def test_half_is_regained_on_the_day_on_which_a_model_of_the_new_concept_serves(lag, weeks):
    recovered = CHANGE + 1 + lag + 7 * weeks
    own = daily((0, 0.15), (CHANGE, 0.5), (recovered, 0.15))
    assert weeks_to_half(own, never=NEVER, oracle=ORACLE, change=CHANGE, lag=lag) == weeks


def test_a_step_that_regains_less_than_half_does_not_count():
    own = daily((0, 0.15), (CHANGE, 0.5), (150, 0.4), (200, 0.15))
    assert weeks_to_half(own, never=NEVER, oracle=ORACLE, change=CHANGE, lag=1) == pytest.approx(
        (200 - 102) / 7, abs=0.2
    )


def test_what_is_never_regained_takes_for_ever_and_without_a_change_there_is_nothing_to_regain():
    assert weeks_to_half(NEVER, never=NEVER, oracle=ORACLE, change=CHANGE, lag=1) == inf
    assert weeks_to_half(NEVER, never=NEVER, oracle=ORACLE, change=None, lag=1) is None


def test_means_are_over_rows_not_days():
    days = DailyLoss(lost=np.full(DAYS, 10.0), counts=np.where(np.arange(DAYS) < 182, 20.0, 100.0))
    assert days.value("accuracy") == pytest.approx(100 * (1 - 20 / 120))
    assert days.value("accuracy", first=182) == pytest.approx(90)
    assert days.value("rmse", first=182) == pytest.approx(0.1**0.5)


def test_a_table_shows_spread_and_how_many_seeds_got_there():
    seeds = [Figures(mean=mean, last=90, weeks=weeks) for mean, weeks in ((80, 1), (82, 3), (84, inf))]
    [_, _, line] = details({"weekly": seeds}).splitlines()
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[:6] == ["weekly", "82.00 ± 2.00", "90.00 ± 0.00", "–", "–", "2.0 ± 1.4 (2 of 3)"]
    [*_, lost] = details({"never": [Figures(mean=1, last=1, weeks=inf)]}).splitlines()
    assert lost.strip("|").split("|")[5].strip() == "never"


def test_a_promise_is_kept_or_missed_by_the_mean_over_seeds():
    def seeds(*means, looks=0.0):
        return [Figures(mean=mean, last=mean, looks=looks, false_all_clears=0) for mean in means]

    kept = {"never": seeds(70, 71), "weekly": seeds(80, 82, looks=52), "default": seeds(79, 83, looks=17)}
    table = promises({"gradual": kept, "sudden": {"weekly": seeds(80)}})
    assert [line.strip("| ").split(" | ") for line in table.splitlines()[2:]] == [
        ["gradual", "accuracy: at least weekly's", "81.00 ≥ 81.00", "kept"],
        ["gradual", "at most a third of weekly's looks", "17.00 ≤ 17.33", "kept"],
        ["each stream", "never said to be regained while more is lost than that", "0.00 ≤ 0.00", "kept"],
    ]
    missed = {**kept, "default": seeds(79, 82.9, looks=18)}
    assert promises({"gradual": missed}).count("**missed**") == 2
    halves = {name: {**kept, "default": seeds(mean)} for name, mean in (("electricity_1", 79), ("electricity_2", 76))}
    assert promises(halves).endswith("77.50 ≥ 77.20 | kept |")
