import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftline.drift import DataDrift, Verdict, overall_verdict
from driftline.drift.columns import column_findings
from driftline.drift.errors import InvalidDriftRuleError
from driftline.drift.verdict import FindingRule
from driftline.profiles import count_columns, profile_columns
from driftline.profiles.errors import InvalidProfileError, SchemaDriftError

RULE = DataDrift()


def report(reference, analysis, rule=RULE):
    profile = profile_columns(reference)
    return column_findings(profile, count_columns(profile, analysis), rule)


def values_of(reference, analysis):
    """Return the finding about the values of one column."""
    return report({"x": np.asarray(reference)}, {"x": np.asarray(analysis)})[0]


def frame(rng, row_count):
    """Return ten columns of the kinds that real tables have, each with 5 % missing."""
    zeros = rng.random((2, row_count)) < 0.7
    columns = {f"normal_{i}": rng.normal(size=row_count) for i in range(3)}
    columns |= {f"skewed_{i}": rng.lognormal(size=row_count) for i in range(2)}
    columns |= {f"zeros_{i}": np.where(zeros[i], 0.0, rng.exponential(size=row_count)) for i in range(2)}
    columns["rounded"] = np.round(rng.normal(40, 12, row_count))
    for values in columns.values():
        values[rng.random(row_count) < 0.05] = np.nan
    columns |= {
        f"category_{i}": rng.choice(np.array(["a", "b", "c", "d", None], dtype=object), row_count, p=shares)
        for i, shares in enumerate([[0.4, 0.3, 0.2, 0.05, 0.05], [0.9, 0.03, 0.01, 0.01, 0.05]])
    }
    return columns


def drifted(findings):
    return {(finding.name, finding.rule) for finding in findings if finding.verdict is Verdict.DRIFT}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(), min_size=30, max_size=80).map(np.array)
    | st.lists(st.none() | st.sampled_from("abc"), min_size=30, max_size=80).map(
        lambda values: np.array([*values, None], dtype=object)
    )
)
def test_there_is_no_drift_against_itself_and_every_finding_is_json(values):
    findings = report({"x": values}, {"x": values})
    assert not drifted(findings)
    json.dumps([asdict(finding) for finding in findings], allow_nan=False)


@settings(max_examples=30, deadline=None)
@given(*[st.lists(st.floats(), min_size=30, max_size=60).map(np.array)] * 2)
def test_any_two_columns_of_numbers_give_findings_that_are_json(reference, analysis):
    findings = report({"x": reference}, {"x": analysis})
    json.dumps([asdict(finding) for finding in findings], allow_nan=False)


def test_at_most_two_percent_of_reports_without_drift_raise_an_alarm():
    rng = np.random.default_rng(1000)
    rings = 0
    for _ in range(10):
        profile = profile_columns(frame(rng, 10_000))
        for _ in range(20):
            findings = column_findings(profile, count_columns(profile, frame(rng, 500)), RULE)
            rings += overall_verdict(findings) is Verdict.DRIFT
    assert rings <= 9  # 2 % of 200 is 4, the 99 % point of Binomial(200, .02) is 9


def changed(name, rng):
    columns = frame(rng, 5000)
    rows = np.arange(5000)
    if name == "mean":
        columns["normal_0"] += 0.2
    elif name == "variance":
        columns["normal_0"] *= np.sqrt(1.5)
    elif name == "outliers":
        columns["normal_0"][rng.random(5000) < 0.03] += 6.0
    elif name == "category":
        columns["category_0"][(columns["category_0"] == "b") & (rng.random(5000) < 1 / 6)] = "a"
    elif name == "missing":
        columns["normal_0"][rows % 20 == 0] = np.nan
    elif name == "unseen":
        columns["category_0"][rng.random(5000) < 0.02] = "new"
    elif name == "infinite":
        columns["normal_0"][rows % 20 == 0] = np.inf
    elif name == "fewer zeros":
        columns["zeros_0"][rng.random(5000) < 0.2] = 1e-9
    return columns


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("mean", ("normal_0", FindingRule.VALUES_MOVED)),
        ("variance", ("normal_0", FindingRule.VALUES_MOVED)),
        ("outliers", ("normal_0", FindingRule.VALUES_MOVED)),
        ("fewer zeros", ("zeros_0", FindingRule.VALUES_MOVED)),
        ("category", ("category_0", FindingRule.CATEGORIES_CHANGED)),
        ("unseen", ("category_0", FindingRule.UNSEEN_CATEGORIES)),
        ("missing", ("normal_0", FindingRule.MISSING_SHARE_CHANGED)),
        ("infinite", ("normal_0", FindingRule.NON_FINITE_SHARE_CHANGED)),
    ],
)
def test_a_change_is_found_in_its_column_and_in_no_other(change, expected):
    rng = np.random.default_rng(90_000)
    findings = report(frame(rng, 10_000), changed(change, rng))
    assert expected in drifted(findings)
    assert {name for name, _ in drifted(findings)} == {expected[0]}
    assert overall_verdict(findings) is Verdict.DRIFT


def test_a_significant_trifle_is_too_small_to_count():
    rng = np.random.default_rng(2)
    found = values_of(rng.normal(size=200_000), rng.normal(0.05, 1, 200_000))
    assert found.verdict is Verdict.OK
    assert found.p_value < 1e-6
    assert (found.rule, found.values["min_effect"]) == (FindingRule.EFFECT_TOO_SMALL, 0.1)


def test_a_shift_of_half_a_standard_deviation_reads_one_half():
    rng = np.random.default_rng(3)
    found = values_of(rng.normal(10, 4, 20_000), rng.normal(12, 4, 20_000))
    assert found.effect == pytest.approx(0.5, abs=0.03)
    assert found.effect_name == "Wasserstein distance in reference standard deviations"
    assert found.rule is FindingRule.VALUES_MOVED
    assert found.values["wasserstein"] == found.effect


def test_a_constant_is_ok_and_another_constant_is_a_drift_of_one():
    assert values_of(np.full(100, 3.0), np.full(100, 3.0)).verdict is Verdict.OK
    found = values_of(np.full(100, 3.0), np.full(100, 4.0))
    assert found.verdict is Verdict.DRIFT
    assert found.effect / found.threshold == pytest.approx(100)  # all rows are unseen, and 1 % counts


def test_one_row_is_too_few():
    found = values_of(np.arange(100.0), np.array([5.0]))
    assert found.verdict is Verdict.TOO_FEW_ROWS
    assert found.rule is FindingRule.TOO_FEW_ROWS
    assert [found.values[name] for name in ("rows", "reference_rows", "min_rows")] == [1, 100, 30]


def test_no_rows_at_all_are_too_few():
    findings = report({"x": np.arange(100.0)}, {"x": np.array([])})
    assert overall_verdict(findings) is Verdict.TOO_FEW_ROWS
    assert values_of(np.array([]), np.array([])).verdict is Verdict.TOO_FEW_ROWS


def test_all_missing_now_is_a_drift_of_the_missing_share_only():
    findings = report({"x": np.arange(100.0)}, {"x": np.full(100, np.nan)})
    assert [finding.verdict for finding in findings] == [Verdict.TOO_FEW_ROWS, Verdict.DRIFT]


def test_all_missing_in_both_is_ok_with_a_note():
    findings = report({"x": np.full(50, None)}, {"x": np.full(50, np.nan)})
    assert [finding.verdict for finding in findings] == [Verdict.OK, Verdict.OK]
    assert findings[0].rule is FindingRule.NO_VALUES


def test_nothing_but_infinities_is_found():
    assert values_of(np.arange(100.0), np.full(100, np.inf)).verdict is Verdict.DRIFT


def test_a_new_column_is_named_and_not_tested():
    profile = profile_columns({"x": np.arange(100.0)})
    counts = count_columns(profile, {"x": np.arange(100.0)})
    found = column_findings(profile, counts, RULE, new_columns=["y"])[-1]
    assert (found.name, found.rule, found.p_value) == ("y", FindingRule.NEW_COLUMN, None)


def test_a_column_that_is_gone_is_an_error_and_no_verdict():
    profile = profile_columns({"x": np.arange(100.0)})
    with pytest.raises(SchemaDriftError, match="gone"):
        column_findings(profile, {}, RULE)


def test_only_the_columns_of_the_rule_are_checked():
    columns = {"x": np.arange(100.0), "y": np.arange(100.0)}
    assert {finding.name for finding in report(columns, columns, DataDrift(columns=("y",)))} == {"y"}
    with pytest.raises(InvalidDriftRuleError, match="no column 'z'"):
        report(columns, columns, DataDrift(columns=("z",)))


def test_counts_of_another_reference_are_refused():
    first, second = (profile_columns({"x": np.arange(n, dtype=float)}) for n in (100, 120))
    with pytest.raises(InvalidProfileError):
        column_findings(first, count_columns(second, {"x": np.arange(50.0)}), RULE)


def test_a_window_of_partitions_reads_like_the_whole():
    rng = np.random.default_rng(4)
    reference, analysis = rng.normal(size=2000), rng.normal(0.3, 1, 900)
    profile = profile_columns({"x": reference})
    days = [count_columns(profile, {"x": day})["x"] for day in np.split(analysis, 9)]
    summed = sum(days[1:], start=days[0])
    whole = count_columns(profile, {"x": analysis})
    assert column_findings(profile, {"x": summed}, RULE) == column_findings(profile, whole, RULE)
