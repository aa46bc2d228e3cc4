"""How people name a version, and the judgement between two of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline import Promote
from driftline.metrics import Comparison, Measurement
from driftline.registry import judge
from driftline.registry.errors import InvalidModelReferenceError
from driftline.registry.judgement import JudgementRule
from driftline.registry.reference import ModelReference, parse_reference


@pytest.mark.parametrize(
    ("text", "alias", "version"),
    [
        ("income", "champion", None),
        ("income@champion", "champion", None),
        ("income@shadow-2", "shadow-2", None),
        ("income/3", None, 3),
        ("income/12", None, 12),
    ],
)
def test_a_reference_names_an_alias_or_a_number(text, alias, version):
    assert parse_reference(text) == ModelReference(model="income", alias=alias, version=version)


@pytest.mark.parametrize(
    "text", ["", "income/", "income@", "income/0", "income/-1", "income/3.0", "income@a/3", "a b", "income\n", "../x/1"]
)
def test_any_other_text_is_refused_with_what_to_write(text):
    with pytest.raises(InvalidModelReferenceError, match="income@champion"):
        parse_reference(text)


@given(
    st.from_regex(r"[A-Za-z0-9_]+", fullmatch=True),
    st.one_of(st.integers(min_value=1), st.from_regex(r"[A-Za-z0-9_-]+", fullmatch=True)),
)
def test_a_reference_reads_back_what_it_writes(model, which):
    alias, version = (None, which) if isinstance(which, int) else (which, None)
    reference = ModelReference(model=model, alias=alias, version=version)
    assert parse_reference(str(reference)) == reference


def measured(value, *, note=None):
    return Measurement(
        metric="auroc", value=value, ci_low=None, ci_high=None, standard_error=None, row_count=200, note=note
    )


def compared(gain, *, p_value=None, champion=0.8, note=None):
    return Comparison(
        metric="auroc",
        champion=measured(champion),
        challenger=measured(None if champion is None or gain is None else champion + gain),
        gain=gain,
        standard_error=None,
        ci_low=None,
        ci_high=None,
        p_value=p_value,
        p_value_two_sided=None,
        method="delong",
        note=note,
    )


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_a_challenger_whose_score_is_no_number_never_wins(value):
    judgement = judge(Promote(), measured(value, note="one class only"), None)
    assert (judgement.promote, judgement.rule) == (False, JudgementRule.SCORE_UNKNOWN)
    assert judgement.details == {"metric": "auroc", "note": "one class only"}


def test_the_first_valid_challenger_wins():
    judgement = judge(Promote(min_gain=0.5), measured(0.0), None)
    assert (judgement.promote, judgement.rule) == (True, JudgementRule.FIRST_VERSION)


@pytest.mark.parametrize(
    ("policy", "comparison", "promote", "rule"),
    [
        (Promote(), compared(None, note="one class only"), False, JudgementRule.GAIN_UNKNOWN),
        (Promote(), compared(float("nan")), False, JudgementRule.GAIN_UNKNOWN),
        (Promote(confidence=None), compared(0.0), False, JudgementRule.TIE),
        (Promote(confidence=None), compared(-0.01), False, JudgementRule.GAIN_TOO_SMALL),
        (Promote(confidence=None, min_gain=0.02), compared(0.02), False, JudgementRule.GAIN_TOO_SMALL),
        (Promote(confidence=None), compared(1e-9), True, JudgementRule.BETTER),
        (Promote(), compared(0.1), False, JudgementRule.NOT_TESTABLE),
        (Promote(), compared(0.1, p_value=float("nan")), False, JudgementRule.NOT_TESTABLE),
        (Promote(), compared(0.1, p_value=0.06), False, JudgementRule.NOT_SIGNIFICANT),
        (Promote(), compared(0.1, p_value=0.0), True, JudgementRule.SIGNIFICANTLY_BETTER),
        (Promote(confidence=0.95), compared(0.1, p_value=0.04), True, JudgementRule.SIGNIFICANTLY_BETTER),
        (Promote(confidence=0.5), compared(0.1, p_value=0.5), True, JudgementRule.SIGNIFICANTLY_BETTER),
        (Promote(min_gain=0.05, confidence=0.5), compared(0.02, p_value=0.001), False, JudgementRule.GAIN_TOO_SMALL),
    ],
)
def test_a_challenger_takes_the_place_only_by_the_policy(policy, comparison, promote, rule):
    judgement = judge(policy, measured(0.9), comparison)
    assert (judgement.promote, judgement.rule) == (promote, rule)
    assert judgement.reason.startswith("Promoted: " if promote else "Kept: ")


numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True)


@given(
    min_gain=st.floats(min_value=0, max_value=1),
    confidence=st.none() | st.floats(min_value=0.5, max_value=0.99),
    score=numbers,
    gain=numbers,
    p_value=numbers,
)
def test_whoever_is_promoted_is_measured_and_better(min_gain, confidence, score, gain, p_value):
    policy = Promote(min_gain=min_gain, confidence=confidence)
    if judge(policy, measured(score), compared(gain, p_value=p_value)).promote:
        assert math.isfinite(score)
        assert gain > min_gain
        assert confidence is None or p_value <= 1 - confidence
