"""The guard of slices: each must be shown not to be worse, and what is too small is said."""

import pytest

from driftline import Promote
from driftline.declaration.errors import RuleValueError
from driftline.metrics import Comparison, Measurement, SliceComparison
from driftline.registry import judge

POLICY = Promote(slice_margin=0.02)


def measured(value, row_count=1000):
    return Measurement(metric="auroc", value=value, ci_low=None, ci_high=None, standard_error=None, row_count=row_count)


def compared(gain, *, half=0.01, p_value=0.001):
    return Comparison(
        metric="auroc",
        champion=measured(0.8),
        challenger=measured(0.8 + gain),
        gain=gain,
        standard_error=half / 1.959964,
        ci_low=gain - half,
        ci_high=gain + half,
        p_value=p_value,
        p_value_two_sided=None,
        method="paired DeLong",
        note=None,
    )


def place(value, gain=0.0, *, half=0.01, too_small=None):
    met = None if too_small else compared(gain, half=half)
    return SliceComparison(column="place", value=value, comparison=met, too_small=too_small)


def judged(policy, *slices, gain=0.05):
    return judge(policy, measured(0.85), compared(gain), slices=slices)


def test_a_challenger_that_is_worse_on_a_slice_is_not_promoted_and_the_slice_is_named():
    found = judged(POLICY, place("north", 0.05), place("south", -0.05))
    assert (found.promote, found.rule) == (False, "slice_worse")
    values = {"slice_column": "place", "slice_value": "south", "slice_margin": 0.02, "slice_gain": -0.05}
    assert {name: found.details[name] for name in values} == values


def test_without_a_margin_slices_do_not_matter():
    assert judged(Promote(), place("south", -0.5)).promote


def test_a_slice_that_is_surely_worse_by_less_than_the_margin_passes():
    assert judged(POLICY, place("south", -0.005, half=0.005)).promote


def test_a_slice_that_is_not_known_well_enough_does_not_pass():
    assert not judged(POLICY, place("south", 0.0, half=0.1)).promote


def test_models_that_are_equal_on_a_slice_pass():
    assert judged(POLICY, place("south", 0.0, half=0.0)).promote


def test_many_slices_ask_for_more_evidence_of_each():
    borderline = place("south", 0.0, half=0.021)  # p = 0.031 by itself
    assert judged(POLICY, borderline).promote
    assert not judged(POLICY, borderline, place("north", 0.0, half=0.021)).promote


def test_a_slice_that_is_too_small_is_named_in_the_reason_or_blocks():
    small = place("island", too_small="12 of 50 rows")
    warned = judged(POLICY, place("north", 0.05), small)
    assert warned.promote
    assert warned.details["untested_slices"] == [{"column": "place", "value": "island", "reason": "12 of 50 rows"}]
    blocked = judged(Promote(slice_margin=0.02, on_small_slice="block"), place("north", 0.05), small)
    assert (blocked.promote, blocked.rule) == (False, "slices_too_small")


def test_a_policy_without_confidence_is_guarded_too():
    lenient = Promote(confidence=None, slice_margin=0.02)
    assert not judged(lenient, place("south", -0.05)).promote


@pytest.mark.parametrize("wrong", [{"slice_margin": 0.0}, {"slice_margin": -1.0}, {"on_small_slice": "ignore"}])
def test_a_margin_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(RuleValueError):
        Promote(**wrong)
