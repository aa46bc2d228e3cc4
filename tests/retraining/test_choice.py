"""Which candidate meets the champion: the one with most rows of those that cannot be told from the best."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from driftline import Choice, Retrain
from driftline.datasets import Window
from driftline.retraining import Candidate, Recallable, candidates, choose, fit_model
from tests.streams import Forest, day, fires

RANDOM = np.random.default_rng(0)
NOISE = RANDOM.normal(0, 0.05, 700)


DAYS = np.arange(700) // 100


def candidate(mean, noise=0.0, *, recalled=None, of_days=0.0):
    """A candidate whose loss varies from row to row, and from day to day."""
    losses = np.full(700, mean) + NOISE + noise * RANDOM.normal(size=700) + of_days * (DAYS % 2 - 3 / 7)
    return Candidate(trained_from=None, recalled=recalled, row_count=1, model=None, losses=losses, days=DAYS)


def test_the_longest_that_is_as_good_as_the_best_is_taken():
    assert choose([candidate(0.2000, 0.1), candidate(0.1999, 0.1), candidate(0.3)]) == 0
    assert choose([candidate(0.25, 0.1), candidate(0.20, 0.1), candidate(0.20, 0.1)]) == 1
    assert choose([candidate(0.2)]) == 0


def test_an_earlier_version_is_taken_only_if_it_is_surely_better_than_what_is_trained():
    spans = [candidate(0.25), candidate(0.22)]
    assert choose([*spans, candidate(0.2, 0.01, recalled=7)]) == 2
    assert choose([*spans, candidate(0.21, 0.01, recalled=8), candidate(0.2, 0.01, recalled=7)]) == 3
    assert choose([*spans, candidate(0.215, 0.1, recalled=7)]) == 1
    assert (
        choose([*spans, candidate(0.2, 0.01, recalled=7, of_days=0.1)]) == 1
    )  # some days speak for it, others against


@pytest.fixture(scope="module")
def split():
    frame = Forest()(Window(day("2025-02-10"), day("2025-03-10")))
    return fires().holdout.split(frame)


def tried(split, *, choice, changed_at=None, recallable=()):
    return candidates(
        fires(retrain=Retrain(choice=choice)),
        split.train,
        split.holdout,
        window=Window(day("2025-02-10"), day("2025-03-10")),
        changed_at=changed_at,
        recallable=recallable,
        fit=lambda _, rows, like: fit_model(fires(), rows, like=like),
    )


def test_spans_are_shares_of_the_time_before_the_holdout_the_longest_first(split):
    found = tried(split, choice=Choice(spans=("change", 0.25, 0.5), min_rows=50), changed_at=day("2025-02-28"))
    holdout = split.holdout["time"].min()
    half, quarter = (holdout - share * (holdout - day("2025-02-10")) for share in (0.5, 0.25))
    starts = [one.trained_from for one in found]
    assert starts == [None, half, quarter, day("2025-02-28")]
    assert [one.row_count for one in found] == [
        len(split.train),
        *(int((split.train["time"] >= start).sum()) for start in starts[1:]),
    ]


def test_without_a_choice_there_is_the_whole_window_alone(split):
    assert [one.trained_from for one in tried(split, choice=None)] == [None]


def test_a_span_of_too_few_rows_is_left_out(split):
    assert len(tried(split, choice=Choice(spans=(0.5,), min_rows=5000))) == 1


def test_a_version_that_saw_the_holdout_or_cannot_score_it_is_not_tried_again(split):
    model = fit_model(fires(), split.train)
    narrow = fit_model(fires(), split.train.rename(columns={"temperature_c": "temperature_f"}))
    first = split.holdout["time"].min().to_pydatetime()
    recallable = [
        Recallable(version_id=7, seen_until=first + timedelta(days=1), model=model),
        Recallable(version_id=6, seen_until=first, model=narrow),
        Recallable(version_id=5, seen_until=datetime(2025, 1, 1, tzinfo=UTC), model=model),
    ]
    found = tried(split, choice=Choice(spans=(), versions=3), recallable=recallable)
    assert [one.recalled for one in found] == [None, 5]
    assert found[1].losses == pytest.approx(found[0].losses)
