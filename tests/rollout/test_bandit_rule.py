"""The numerics of a bandit: who answers for a key, which version is better, when it is over, what it would earn."""

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from driftline.declaration.errors import RuleValueError
from driftline.predictions.assignment import assigned_to_challenger, assignment_units
from driftline.rollout import BanditRule
from driftline.rollout.bandit_rule import bandit_step
from driftline.rollout.errors import PropensityError
from driftline.rollout.off_policy import off_policy_value
from driftline.rollout.posterior import Beta, Cohort, expected_loss, posterior, probability_greater

KEYS = [f"station {number}" for number in range(20_000)]
DAY = timedelta(days=1)


def beta(successes, trials):
    return Beta(alpha=1 + successes, beta=1 + trials - successes)


def cohort(champion, challenger):
    """A cohort of two (reward, count) pairs."""
    return Cohort(
        champion_reward=champion[0],
        champion_count=champion[1],
        challenger_reward=challenger[0],
        challenger_count=challenger[1],
    )


def exact_sum(one, other):
    """P(one > other) by the finite sum for whole numbers."""

    def log_beta(a, b):
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    return math.fsum(
        math.exp(
            log_beta(other.alpha + i, one.beta + other.beta)
            - math.log(one.beta + i)
            - log_beta(1 + i, one.beta)
            - log_beta(other.alpha, other.beta)
        )
        for i in range(int(one.alpha))
    )


def test_a_key_has_the_same_place_in_every_process():
    assert assignment_units(["station 7", ""], salt="fires/2").tolist() == [0.4894645188263528, 0.4661989737992269]


def test_salt_and_key_do_not_run_together():
    [one], [other] = assignment_units(["bc"], salt="a"), assignment_units(["c"], salt="ab")
    assert one != other


def test_places_are_spread_evenly_and_two_salts_are_independent():
    one, other = assignment_units(KEYS, salt="one"), assignment_units(KEYS, salt="other")
    assert stats.kstest(one, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_greater_share_moves_no_key_back(share, more):
    small, great = sorted((share, more))
    before = assigned_to_challenger(KEYS[:200], salt="s", share=small)
    after = assigned_to_challenger(KEYS[:200], salt="s", share=great)
    assert not (before & ~after).any()


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(RuleValueError, match="share"):
        assigned_to_challenger(KEYS[:1], salt="s", share=share)


@pytest.mark.parametrize(
    ("champion", "challenger", "expected"), [((30, 100), (40, 100), 0.929849), ((450, 1000), (480, 1000), 0.910575)]
)
def test_the_probability_to_be_better_is_the_known_one(champion, challenger, expected):
    assert probability_greater(beta(*challenger), beta(*champion)) == pytest.approx(expected, abs=5e-7)


counts = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, counts)
def test_the_quadrature_is_the_exact_sum(one, other):
    found = probability_greater(beta(*one), beta(*other))
    assert found == pytest.approx(exact_sum(beta(*one), beta(*other)), abs=1e-9)


@given(counts, counts)
def test_one_of_two_is_the_better_one(one, other):
    both = probability_greater(beta(*one), beta(*other)) + probability_greater(beta(*other), beta(*one))
    assert both == pytest.approx(1.0, abs=1e-9)


def test_a_sure_and_an_unsure_version_are_compared_as_exactly():
    sure, unsure = beta(500_000, 1_000_000), beta(6, 10)
    expected = stats.beta.sf(0.5, unsure.alpha, unsure.beta)
    assert probability_greater(unsure, sure) == pytest.approx(expected, abs=1e-5)
    assert probability_greater(sure, unsure) == pytest.approx(1 - expected, abs=1e-5)


def test_the_expected_loss_is_that_of_a_simulation():
    chosen, other = beta(40, 100), beta(38, 90)
    rng = np.random.default_rng(1)
    drawn = rng.beta(other.alpha, other.beta, 400_000) - rng.beta(chosen.alpha, chosen.beta, 400_000)
    assert expected_loss(chosen, other) == pytest.approx(np.maximum(drawn, 0).mean(), abs=2e-4)


def test_with_equal_shares_the_posterior_counts_all_rows():
    known = posterior([cohort((80, 100), (90, 100)), cohort((30, 50), (20, 50))])
    assert (known.champion.alpha, known.champion.beta) == pytest.approx((111, 41))
    assert (known.challenger.alpha, known.challenger.beta) == pytest.approx((111, 41))


def test_changing_shares_on_partitions_of_different_ease_do_not_mislead():
    easy, hard = cohort((810, 900), (93, 100)), cohort((10, 100), (180, 900))  # the challenger is better in both
    pooled = probability_greater(beta(93 + 180, 1000), beta(810 + 10, 1000))
    known = posterior([easy, hard])
    assert pooled < 0.001
    assert probability_greater(known.challenger, known.champion) > 0.9


def test_a_partition_with_one_version_alone_says_nothing():
    assert posterior([cohort((10, 10), (0, 0))]) == posterior([])
    assert bandit_step(BanditRule(), [cohort((10, 10), (0, 0))], age=DAY).label_count == 0


def test_rewards_between_zero_and_one_count_in_part():
    assert posterior([cohort((7.5, 10), (9.0, 10))]).champion.mean == pytest.approx(8.5 / 12)


@pytest.mark.parametrize("reward", [-1.0, 11.0, math.nan])
def test_rewards_that_cannot_be_are_refused(reward):
    with pytest.raises(RuleValueError, match="challenger_reward"):
        cohort((5, 10), (reward, 10))


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_share": 0.0},
        {"min_share": 0.6},
        {"certainty": 0.5},
        {"epsilon": 0.0},
        {"min_labels": 0},
        {"max_age": 0 * DAY},
    ],
)
def test_a_rule_that_cannot_be_is_refused(wrong):
    [name] = wrong
    with pytest.raises(RuleValueError, match=name):
        BanditRule(**wrong)


def test_a_bandit_begins_with_half_and_half():
    step = bandit_step(BanditRule(), [], age=0 * DAY)
    assert (step.verdict, step.share, step.probability) == ("go_on", pytest.approx(0.5), pytest.approx(0.5))


def test_the_share_is_the_probability_and_never_less_than_the_least():
    assert bandit_step(BanditRule(), [cohort((30, 100), (32, 100))], age=DAY).share == pytest.approx(0.619, abs=0.01)
    assert bandit_step(BanditRule(), [cohort((10, 100), (90, 100))], age=DAY).share == 0.9
    assert bandit_step(BanditRule(), [cohort((90, 100), (10, 100))], age=DAY).share == 0.1


def test_a_winner_needs_certainty_a_small_loss_and_labels():
    better = [cohort((2000, 2500), (2150, 2500))]
    assert bandit_step(BanditRule(), better, age=DAY).verdict == "promote"
    assert bandit_step(BanditRule(min_labels=5001), better, age=DAY).verdict == "go_on"
    assert bandit_step(BanditRule(), [cohort((2150, 2500), (2000, 2500))], age=DAY).verdict == "keep"
    assert bandit_step(BanditRule(), [cohort((2000, 2500), (2010, 2500))], age=DAY).verdict == "go_on"


def test_without_a_winner_in_time_the_champion_is_kept():
    step = bandit_step(BanditRule(), [cohort((2000, 2500), (2010, 2500))], age=30 * DAY)
    assert step.verdict == "keep"
    assert step.reason.startswith("Keep: no winner within 30 days; P(challenger is better) = ")


def ends(champion, challenger, *, runs, days=60, a_day=500):
    """How bandits end whose labels come 3 days late, seeded."""
    rng = np.random.default_rng(1)
    verdicts = []
    for _ in range(runs):
        cohorts, share = [], 0.5
        for day in range(days + 1):
            step = bandit_step(BanditRule(max_age=days * DAY), cohorts[: max(0, day - 2)], age=day * DAY)
            if step.verdict != "go_on":
                break
            share = step.share
            n = int(rng.binomial(a_day, share))
            cohorts.append(cohort((rng.binomial(a_day - n, champion), a_day - n), (rng.binomial(n, challenger), n)))
        verdicts.append(step.verdict)
    return verdicts


def test_a_better_challenger_is_promoted_and_an_equal_one_seldom():
    assert ends(0.80, 0.83, runs=20) == ["promote"] * 20
    assert ends(0.80, 0.80, runs=20).count("promote") <= 3


def logged(rng, *, share, value, size=20_000):
    """Rewards, propensities and keys of the rows that a version answered for."""
    mine = rng.random(size) < share
    easy = rng.random(size) < 0.5
    rewards = (rng.random(size) < value + 0.2 * easy).astype(float)
    return rewards[mine], np.full(mine.sum(), share), np.arange(size)[mine] % 997


def test_the_value_of_a_version_is_that_of_all_keys():
    rng = np.random.default_rng(3)
    parts = [logged(rng, share=0.1, value=0.5), logged(rng, share=0.9, value=0.7)]
    found = off_policy_value(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    assert found.value == pytest.approx(0.7, abs=0.02)
    assert found.interval.low < 0.7 < found.interval.high
    assert found.effective_count < found.row_count


def test_with_one_propensity_the_value_is_the_mean():
    rewards = np.tile([1.0, 0.0, 1.0, 1.0], 50)
    found = off_policy_value(rewards, np.full(200, 0.3), np.arange(200))
    assert (found.value, found.effective_count) == pytest.approx((0.75, 200))


def test_rows_of_one_key_are_drawn_together():
    rewards = np.repeat([1.0, 0.0] * 10, 20)
    alone = off_policy_value(rewards, np.full(400, 0.5), np.arange(400)).interval
    together = off_policy_value(rewards, np.full(400, 0.5), np.repeat(np.arange(20), 20)).interval
    assert together.high - together.low > 2 * (alone.high - alone.low)


@pytest.mark.parametrize("propensity", [math.nan, 0.0, 1.5, -0.5])
def test_a_propensity_that_was_not_logged_refuses_the_estimate(propensity):
    with pytest.raises(PropensityError, match="1 of 200 rows"):
        off_policy_value(np.ones(200), [propensity, *[0.5] * 199], np.arange(200))


def test_too_few_rows_or_rewards_that_cannot_be_refuse_the_estimate():
    with pytest.raises(PropensityError, match="count as 99"):
        off_policy_value(np.ones(99), np.full(99, 0.5), np.arange(99))
    with pytest.raises(PropensityError, match="count as 0"):
        off_policy_value([], [], [])
    with pytest.raises(PropensityError, match="reward"):
        off_policy_value([math.nan] * 200, [0.5] * 200, np.arange(200))
