"""Profiles that version 0.2 stored: windows are compared with them after an upgrade, until the next champion."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from driftline.drift import DataDrift, Verdict
from driftline.drift.columns import column_findings
from driftline.drift.verdict import FindingRule
from driftline.profiles import ReferenceProfile, count_columns

STORED = json.loads(Path(__file__).with_name("profile_of_version_0_2.json").read_text())
ROWS = 400


def rows(seed=0):
    """The rows that the profile was made of, at seed 0, and others like them."""
    random = np.random.default_rng(seed)
    return {
        "normal": random.normal(size=ROWS),
        "rounded": np.round(random.normal(size=ROWS), 1),
        "codes": random.integers(1, 5, ROWS).astype(float),
        "sparse": np.where(np.arange(ROWS) % 100, 0.0, random.exponential(size=ROWS)),
        "infinite": np.where(np.arange(ROWS) % 50, random.normal(size=ROWS), np.inf),
        "missing": np.full(ROWS, np.nan),
        "tree": random.choice(np.array(["oak", "pine", None], dtype=object), ROWS),
        "place": np.array([f"place {i}" for i in random.integers(0, 300, ROWS)], dtype=object),
        "objects": np.array([None if i % 9 == 0 else float(i % 5) for i in range(ROWS)], dtype=object),
    }


def report(window):
    """The finding about the values of each column."""
    profile = ReferenceProfile.from_json(STORED)
    findings = column_findings(profile, count_columns(profile, window), DataDrift())
    return {
        found.name: found
        for found in reversed(findings)
        if not found.method.endswith("share") or "unseen" in found.method
    }


def test_it_is_read_as_it_was():
    profile = ReferenceProfile.from_json(STORED)
    assert (tuple(profile.names), profile.row_count) == (tuple(rows()), ROWS)
    assert ReferenceProfile.from_json(json.loads(json.dumps(profile.to_json()))) == profile


@pytest.mark.parametrize("seed", range(10))
def test_rows_like_those_of_the_reference_are_no_drift(seed):
    assert {name: found.verdict for name, found in report(rows(seed)).items()} == dict.fromkeys(rows(), Verdict.OK)


@pytest.mark.parametrize("far", [0.5, 30.0])
def test_numbers_move_as_far_as_they_do(far):
    reference, window = rows(0)["normal"], rows(1)["normal"] + far
    found = report(rows(1) | {"normal": window})["normal"]
    assert (found.verdict, found.rule) == (Verdict.DRIFT, FindingRule.VALUES_MOVED)
    assert found.effect == pytest.approx(stats.wasserstein_distance(reference, window) / reference.std(), rel=0.03)


def test_unseen_categories_are_named():
    window = rows(1) | {"tree": np.where(np.arange(ROWS) % 10, rows(1)["tree"], "yew")}
    found = report(window)["tree"]
    assert (found.rule, found.values["unseen_categories"]) == (FindingRule.UNSEEN_CATEGORIES, "yew (40)")


def test_of_very_many_categories_those_that_it_lists_are_compared():
    found = report(rows(1))["place"]
    listed = STORED["columns"][7]["counts"]["bin_counts"][:-1]
    assert (len(listed), found.reference_rows) == (200, sum(listed))
    assert found.analysis_rows < ROWS
    assert found.values["unseen_count"] is None
    one = report(rows(1) | {"place": np.full(ROWS, "place 7", dtype=object)})["place"]
    assert one.verdict is Verdict.DRIFT
    few = report(rows(1) | {"place": np.full(ROWS, "elsewhere", dtype=object)})["place"]
    assert few.verdict is Verdict.TOO_FEW_ROWS


def test_objects_that_are_numbers_are_the_text_that_they_were():
    found = report(rows(1))["objects"]
    assert (found.effect, found.analysis_rows) == (0.0, 355)
