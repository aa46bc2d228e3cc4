"""Many categories, references of few rows, sparse and rounded numbers: quiet without drift, and not blind to it."""

import numpy as np
import pytest

from driftline.drift import DataDrift, Verdict
from driftline.drift.columns import column_findings
from driftline.drift.verdict import FindingRule
from driftline.profiles import count_columns, profile_columns

REPORTS = 60
MOST_ALARMS = 5  # 2 % of 60 is 1.2, the 99 % point of Binomial(60, .02) is 5


def names(count, power=0.0):
    """Draws of so many categories, all as frequent (power 0) or each less so than the one before."""
    texts = np.array([f"place {i}" for i in range(count)], dtype=object)
    shares = 1 / np.arange(1, count + 1) ** power
    return lambda random, rows: texts[random.choice(count, size=rows, p=shares / shares.sum())]


KINDS = {
    "500 categories": names(500),
    "60 categories, many rare": names(60, power=1),
    "5,000 categories, many rare": names(5000, power=1),
    "30,000 categories": names(30_000),
    "ids": lambda random, rows: np.array([f"id {i}" for i in random.integers(10**9, size=rows)], dtype=object),
    "95 % zeros": lambda random, rows: np.where(random.random(rows) < 0.95, 0.0, random.exponential(size=rows)),
    "99 % zeros": lambda random, rows: np.where(random.random(rows) < 0.99, 0.0, random.lognormal(size=rows)),
    "70 % zeros": lambda random, rows: np.where(random.random(rows) < 0.7, 0.0, random.gamma(2, size=rows)),
    "whole numbers": lambda random, rows: np.round(random.normal(size=rows)),
    "one decimal": lambda random, rows: np.round(random.normal(size=rows), 1),
    "counts": lambda random, rows: random.geometric(0.3, rows),
    "flags": lambda random, rows: random.random(rows) < 0.02,
    "heavy tails": lambda random, rows: random.standard_cauchy(rows),
}


def values_finding(reference, window):
    profile = profile_columns({"x": reference})
    return column_findings(profile, count_columns(profile, {"x": window}), DataDrift())[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("reference_rows", "rows"), [(10_000, 1000), (200, 1000), (300, 300), (60, 2000)])
def test_at_most_two_percent_of_columns_without_drift_raise_an_alarm(kind, reference_rows, rows):
    draw = KINDS[kind]
    alarms = 0
    for seed in range(REPORTS):
        random = np.random.default_rng([seed, reference_rows, rows])
        found = values_finding(draw(random, reference_rows), draw(random, rows))
        alarms += found.verdict is Verdict.DRIFT
    assert alarms <= MOST_ALARMS


@pytest.mark.parametrize(("kind", "share"), [("500 categories", 0.05), ("60 categories, many rare", 0.05)])
def test_a_new_category_is_found_and_named_among_many(kind, share):
    random = np.random.default_rng(1)
    window = KINDS[kind](random, 1000)
    window[: int(share * 1000)] = "elsewhere"
    found = values_finding(KINDS[kind](random, 10_000), window)
    assert (found.verdict, found.rule) == (Verdict.DRIFT, FindingRule.UNSEEN_CATEGORIES)
    assert found.values["unseen_categories"].startswith(f"elsewhere ({int(share * 1000)})")
    assert "elsewhere (50)" in found.note
    assert found.effect == pytest.approx(share, abs=0.005)


@pytest.mark.parametrize("kind", ["500 categories", "60 categories, many rare", "5,000 categories, many rare"])
@pytest.mark.parametrize("reference_rows", [1000, 10_000])
def test_one_category_among_many_that_rises_to_a_twentieth_is_found_and_named(kind, reference_rows):
    found = 0
    for seed in range(REPORTS):
        random = np.random.default_rng([10, seed, reference_rows])
        window = KINDS[kind](random, 1000)
        window[:50] = "place 45"
        said = values_finding(KINDS[kind](random, reference_rows), window)
        found += said.verdict is Verdict.DRIFT and "place 45 (" in said.note
    assert found >= 0.95 * REPORTS


def test_the_finding_says_from_which_share_to_which_one_the_surest_categories_moved():
    reference = np.array([f"place {i}" for i in range(500)] * 20, dtype=object)
    window = np.array([*(f"place {i}" for i in range(500)), *["place 7"] * 30, *["place 8"] * 12], dtype=object)
    said = values_finding(reference, window)
    assert (said.verdict, said.rule) == (Verdict.DRIFT, FindingRule.CATEGORIES_CHANGED)
    assert said.values["moved_categories"] == "place 7 (0.20% to 5.72%), place 8 (0.20% to 2.40%)"
    assert said.note.endswith("Most surely moved: place 7 (0.20% to 5.72%), place 8 (0.20% to 2.40%).")


@pytest.mark.parametrize(("after", "verdict"), [(0.415, Verdict.OK), (0.435, Verdict.DRIFT)])
def test_a_common_category_must_move_by_three_points_however_sure_that_is(after, verdict):
    def rows(share):
        return np.array(["oak"] * int(share * 100_000) + ["pine"] * (100_000 - int(share * 100_000)), dtype=object)

    assert values_finding(rows(0.4), rows(after)).verdict is verdict
    assert values_finding(rows(after), rows(0.4)).verdict is verdict


def test_a_category_that_is_gone_is_found_and_named():
    random = np.random.default_rng(11)
    reference, window = (KINDS["500 categories"](random, rows) for rows in (10_000, 2000))
    reference[:400] = "mill"
    said = values_finding(reference, window)
    assert said.verdict is Verdict.DRIFT
    assert said.values["moved_categories"] == "mill (4.00% to 0.00%)"


def test_five_unseen_categories_are_named_and_what_no_database_stores_is_not():
    reference = np.array(["oak", "pine"] * 200, dtype=object)
    new = ["a" * 500, "\x00\ud800", "elm", "fir", "ash", "yew", "box"]
    window = np.array(
        [*["oak"] * 80, *(name for place, name in enumerate(new) for _ in range(9 - place))], dtype=object
    )
    named = values_finding(reference, window).values["unseen_categories"]
    assert named == f"{'a' * 59}… (9), \ufffd\ufffd (8), elm (7), fir (6), ash (5) and 2 more"


@pytest.mark.parametrize("kind", ["500 categories", "5,000 categories, many rare", "30,000 categories"])
@pytest.mark.parametrize("reference_rows", [1000, 20_000])
def test_a_category_that_takes_a_tenth_of_the_rows_is_found_among_many(kind, reference_rows):
    random = np.random.default_rng(2)
    window = KINDS[kind](random, 1000)
    window[:100] = "place 250"
    assert values_finding(KINDS[kind](random, reference_rows), window).verdict is Verdict.DRIFT


def test_chance_explains_what_a_small_reference_lacks():
    random = np.random.default_rng(3)
    found = values_finding(names(500)(random, 500), names(500)(random, 500))
    assert found.values["unseen_count"] == pytest.approx(found.values["unseen_expected"], rel=0.2)
    assert (found.verdict, found.values["unseen_count"] > 100) == (Verdict.OK, True)


def test_the_order_of_names_and_rows_does_not_matter():
    random = np.random.default_rng(4)
    reference, window = names(60, power=1)(random, 400), names(60, power=1)(random, 500)
    found = values_finding(reference, window)
    assert values_finding(reference[::-1], window[::-1]) == found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("95 % zeros", lambda random: KINDS["70 % zeros"](random, 1000)),
        ("one decimal", lambda random: KINDS["one decimal"](random, 1000) + 0.5),
        ("whole numbers", lambda random: KINDS["whole numbers"](random, 1000) + 0.5),
        ("whole numbers", lambda random: np.round(random.normal(0.6, 1, 1000))),
        ("flags", lambda random: random.random(1000) < 0.15),
    ],
)
def test_sparse_and_rounded_numbers_that_changed_are_found(before, after):
    random = np.random.default_rng(5)
    assert values_finding(KINDS[before](random, 200), after(random)).verdict is Verdict.DRIFT


@pytest.mark.parametrize(("reference_rows", "rows"), [(1000, 2000), (10_000, 500)])
def test_the_few_numbers_among_zeros_are_seen_to_move(reference_rows, rows):
    random, draw = np.random.default_rng(9), KINDS["95 % zeros"]
    found = values_finding(draw(random, reference_rows), 50 * draw(random, rows))
    assert (found.verdict, found.rule) == (Verdict.DRIFT, FindingRule.VALUES_MOVED)


@pytest.mark.parametrize("value", [0.1, 1e9, 20_250_101.0, -3.0])
def test_a_constant_is_itself_whatever_its_last_bits_and_another_one_is_not(value):
    constant = np.full(100, value)
    rounded = np.nextafter(constant, np.repeat([0.0, 1e300], 50))
    assert values_finding(constant, rounded).verdict is Verdict.OK
    assert values_finding(rounded, constant).verdict is Verdict.OK
    assert values_finding(constant, constant + 1).verdict is Verdict.DRIFT


@pytest.mark.parametrize("kind", ["one decimal", "counts", "95 % zeros", "heavy tails"])
def test_numbers_of_single_precision_are_the_same_numbers(kind):
    random = np.random.default_rng(6)
    reference, window = (np.asarray(KINDS[kind](random, rows), dtype=float) for rows in (2000, 1000))
    found, expected = values_finding(reference.astype(np.float32), window), values_finding(reference, window)
    assert found.p_value == pytest.approx(expected.p_value, rel=0.05)
    assert found.effect == pytest.approx(expected.effect, abs=1e-3)


def test_a_code_for_missing_blurs_no_other_number():
    """The rows that are not coded move by half a standard deviation of theirs."""
    random = np.random.default_rng(7)
    is_coded = random.random(4000) < 0.6
    reference, window = (np.where(is_coded, 2.0**63, random.normal(mean, 1, 4000)) for mean in (40, 41))
    assert values_finding(reference, window).verdict is Verdict.DRIFT


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_objects_that_are_numbers_are_compared_as_numbers(missing):
    random = np.random.default_rng(8)
    reference, window = random.normal(size=500), random.normal(size=200)
    objects = np.array([missing if i % 9 == 0 else value for i, value in enumerate(window.tolist())], dtype=object)
    plain = np.where(np.arange(200) % 9 == 0, np.nan, window)
    assert values_finding(reference, objects) == values_finding(reference, plain)
    assert values_finding(objects, reference).values["check"] == "numbers"
