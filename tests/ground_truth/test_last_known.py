"""The label that was last known is that of the row's own entity, and known only after the lag."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from driftline.ground_truth import last_known

DAY = timedelta(days=1)


def at(*days, entity=None):
    times = pd.to_datetime([f"2025-01-{day:02d}T12:00Z" for day in days])
    return pd.DataFrame({"time": times} if entity is None else {"time": times, "station": entity})


def known(asked, labelled, values, lag, remembered=None):
    places = last_known(asked, labelled, time_column="time", lag=lag, remembered=remembered)
    return np.append(np.array(values, dtype=float), np.nan)[places].tolist()


def test_a_label_is_repeated_from_the_moment_it_is_known_until_the_next_one_is():
    found = known(at(1, 2, 3, 4, 5), at(1, 3), [7.0, 9.0], DAY)
    assert found == pytest.approx([np.nan, 7.0, 7.0, 9.0, 9.0], nan_ok=True)


def test_a_label_is_forgotten_after_a_while():
    found = known(at(2, 4, 5, 6), at(1, 5), [7.0, 9.0], DAY, remembered=2 * DAY)
    assert found == pytest.approx([7.0, 7.0, np.nan, 9.0], nan_ok=True)


def test_without_a_lag_a_row_does_not_know_its_own_label():
    assert known(at(1, 2, 3), at(1, 2), [7.0, 9.0], timedelta(0)) == pytest.approx([np.nan, 7.0, 9.0], nan_ok=True)


def test_an_entity_repeats_its_own_labels_alone():
    labelled = at(1, 1, 2, entity=["a", "b", "a"])
    asked = at(2, 4, 4, 4, 1, entity=["a", "a", "b", "c", "b"])
    assert known(asked, labelled, [1.0, 2.0, 3.0], DAY) == pytest.approx([1.0, 3.0, 2.0, np.nan, np.nan], nan_ok=True)


def test_rows_come_in_any_order_and_a_missing_entity_is_one_of_its_own():
    labelled = at(3, 1, 2, entity=["a", None, "a"])
    assert known(at(9, 9, entity=[None, "a"]), labelled, [5.0, 6.0, 4.0], DAY) == [6.0, 5.0]


@pytest.mark.parametrize("remembered", [None, timedelta(hours=50)])
def test_many_rows_say_what_a_loop_over_them_says(remembered):
    random = np.random.default_rng(1)
    hours = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(np.sort(random.integers(0, 900, 300)), unit="h")
    frame = pd.DataFrame({"time": hours, "x": random.integers(0, 4, 300), "y": random.integers(0, 3, 300).astype(str)})
    values, lag = np.arange(300.0), timedelta(hours=30)
    expected = []
    for _, row in frame.iterrows():
        usable = (frame["time"] + lag <= row["time"]) & (frame["x"] == row["x"]) & (frame["y"] == row["y"])
        if remembered is not None and usable.any():
            usable &= row["time"] - frame["time"][usable].iloc[-1] - lag <= remembered
        expected.append(values[np.flatnonzero(usable)[-1]] if usable.any() else np.nan)
    assert known(frame, frame, values, lag, remembered) == pytest.approx(expected, nan_ok=True)
    assert 100 < np.isfinite(expected).sum() < 300


def test_nothing_known_is_nothing_repeated():
    assert known(at(1, 2), at(), [], DAY) == pytest.approx([np.nan, np.nan], nan_ok=True)
    assert known(at(), at(1), [3.0], DAY) == []
