"""All columns together: the laws of the domain classifier, and what it must not look at."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from driftline import MultivariateDrift
from driftline.dossier import separate
from driftline.drift import DataDrift, Verdict
from driftline.drift.columns import column_findings
from driftline.drift.domain_classifier import multivariate_finding
from driftline.drift.errors import InvalidDriftRuleError
from driftline.drift.verdict import FindingRule
from driftline.profiles import count_columns, profile_columns
from driftline.profiles.errors import SchemaDriftError

RULE = MultivariateDrift()
TREES = np.array(["oak", "pine", "elm"], dtype=object)


def normal(seed, rows, correlation=0.0, columns=10):
    """Standard normal columns of which the first two are correlated, and one of text."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(columns, rows))
    values[1] = correlation * values[0] + np.sqrt(1 - correlation**2) * values[1]
    return {f"x{i}": column for i, column in enumerate(values)} | {"tree": random.choice(TREES, size=rows)}


def found(reference, window, rule=RULE):
    said = multivariate_finding(reference, window, rule, separate)
    json.dumps(asdict(said), allow_nan=False)
    return said


def test_a_new_correlation_is_found_that_no_column_shows():
    reference, window = normal(1, 2000), normal(2, 2000, correlation=0.8)
    said = found(reference, window)
    assert (said.kind, said.verdict) == ("multivariate", "drift")
    assert said.rule is FindingRule.SEPARABLE
    assert said.effect > 0.58
    assert {"x0", "x1"} == set(said.values["most_telling"].split(", ")[:2])
    profile = profile_columns(reference)
    alone = column_findings(profile, count_columns(profile, window), DataDrift())
    assert {one.verdict for one in alone} == {Verdict.OK}


def test_there_is_no_drift_against_itself():
    rows = normal(3, 1500)
    assert found(rows, rows).verdict is Verdict.OK


def test_the_order_of_the_rows_does_not_matter():
    reference, window = normal(4, 1200), normal(5, 1500)
    order = np.random.default_rng(6).permutation(1500)
    assert found(reference, {name: values[order] for name, values in window.items()}) == found(reference, window)


def test_windows_without_drift_raise_no_alarm():
    said = [found(normal(7 + i, 1000, columns=5), normal(50 + i, 1000, columns=5)) for i in range(12)]
    assert {one.verdict for one in said} == {Verdict.OK}
    assert max(one.effect for one in said) < 0.55


def test_rows_of_which_many_are_the_same_are_drawn_in_their_share():
    window = {"x": np.repeat([0.0, 1.0], [9000, 3000])}
    assert found({"x": np.repeat([0.0, 1.0], [3750, 1250])}, window).verdict is Verdict.OK


def test_too_few_rows_are_no_verdict():
    said = found(normal(1, 5000), normal(2, 999))
    assert (said.verdict, said.reference_rows, said.analysis_rows) == (Verdict.TOO_FEW_ROWS, 5000, 999)
    assert said.rule is FindingRule.TOO_FEW_ROWS


def test_without_reference_rows_nothing_is_said():
    said = found(None, normal(1, 1000))
    assert (said.verdict, said.rule) == (Verdict.UNDEFINED, FindingRule.NO_REFERENCE)


def test_ids_are_not_looked_at():
    ids = {"number": np.arange(1000.0), "name": np.array([f"n{i}" for i in range(1000)], dtype=object)}
    later = {"number": np.arange(1000.0, 2000.0), "name": np.array([f"m{i}" for i in range(1000)], dtype=object)}
    assert found(ids, later).verdict is Verdict.UNDEFINED
    assert found(normal(1, 1000) | ids, normal(2, 1000) | later).verdict is Verdict.OK


def test_a_column_without_a_value_on_one_side_is_left_to_its_missing_share():
    empty = {"x9": np.full(1000, np.nan), "tree": np.full(1000, None)}
    assert found(normal(1, 1000), normal(2, 1000) | empty).verdict is Verdict.OK


def test_infinities_missing_values_and_unseen_categories_are_compared_like_others():
    odd = normal(2, 1000)
    odd["x0"][:500], odd["x1"][:300], odd["tree"][:300] = np.inf, np.nan, "yew"
    said = found(normal(1, 1000), odd)
    assert said.verdict is Verdict.DRIFT
    assert "x0" in said.values["most_telling"]


def test_constant_columns_tell_nothing_apart():
    said = found({"x": np.ones(1000)}, {"x": np.ones(1000)})
    assert (said.verdict, said.effect) == (Verdict.OK, 0.5)


def test_another_constant_tells_everything_apart():
    said = found({"x": np.ones(1000)}, {"x": np.zeros(1000)})
    assert (said.verdict, said.effect, said.statistic, said.p_value) == (Verdict.DRIFT, 1.0, None, 0.0)


def test_a_column_that_is_gone_or_of_another_kind_is_an_error():
    with pytest.raises(SchemaDriftError, match="'x0' of the reference is gone"):
        found(normal(1, 1000), {"tree": np.full(1000, "oak", dtype=object)})
    with pytest.raises(SchemaDriftError, match="'tree' holds numbers where the reference holds text"):
        found(normal(1, 1000), normal(2, 1000) | {"tree": np.ones(1000)})


def test_only_the_columns_of_the_rule_are_looked_at():
    shifted = normal(2, 1000)
    shifted["x0"] += 5
    assert found(normal(1, 1000), shifted, MultivariateDrift(columns=("x1", "tree"))).verdict is Verdict.OK
    with pytest.raises(InvalidDriftRuleError, match="'z'"):
        found(normal(1, 1000), shifted, MultivariateDrift(columns=("z",)))


@pytest.mark.parametrize("fault", [{"columns": "x"}, {"min_rows": 99}, {"min_auroc": 0.5}, {"smallest_z": 0.0}])
def test_a_value_that_makes_no_sense_is_refused(fault):
    with pytest.raises(InvalidDriftRuleError, match=next(iter(fault))):
        MultivariateDrift(**fault)


@pytest.mark.parametrize("seed", range(3))
def test_many_categories_of_few_rows_each_are_not_told_apart(seed):
    """Those that the reference holds often by chance are not rarer in the window than they are."""
    random = np.random.default_rng(seed)
    names = np.array([f"place {i}" for i in range(190)], dtype=object)
    reference, window = ({"place": random.choice(names, 1000), "x": random.normal(size=1000)} for _ in range(2))
    said = found(reference, window)
    assert (said.verdict, said.effect < 0.55) == (Verdict.OK, True)


@pytest.mark.parametrize("stored", [np.float32, object, lambda values: np.nextafter(values, 1e9)])
def test_numbers_are_the_same_however_they_are_stored(stored):
    random = np.random.default_rng(8)
    reference, window = ({"x": random.normal(size=1500).round(1), "y": random.normal(size=1500)} for _ in range(2))
    stored = {
        "x": np.asarray(stored(window["x"])) if stored is not object else window["x"].astype(object),
        "y": window["y"],
    }
    said = found(reference, stored)
    assert (said.verdict, said.effect) == (Verdict.OK, pytest.approx(found(reference, window).effect, abs=0.02))
