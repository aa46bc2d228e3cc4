"""Fire risk: the simulated forest service gives the same rows whatever window asks for them."""

from datetime import timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import fire_risk
from driftline.datasets import Window
from tests.streams import day

START, END = day("2025-02-27"), day("2025-03-04")
MINUTES = int((END - START) / timedelta(minutes=1))


@settings(deadline=None, max_examples=25)
@given(cuts=st.sets(st.integers(1, MINUTES - 1), max_size=5))
def test_the_rows_are_the_same_however_the_window_is_cut(cuts):
    edges = [START, *(START + timedelta(minutes=minute) for minute in sorted(cuts)), END]
    parts = [fire_risk.dataset(Window(*pair)) for pair in pairwise(edges)]
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), fire_risk.dataset(Window(START, END)))


def test_no_window_is_refused_with_the_reason():
    with pytest.raises(ValueError, match="ask for a window"):
        fire_risk.dataset(None)


def test_its_key_tells_all_rows_of_a_year_apart():
    partitions = fire_risk.partitions
    frame = fire_risk.dataset(Window(partitions.first, partitions.last))
    assert not frame.duplicated(list(fire_risk.row_key)).any()
    assert len(frame) == 200 * len(partitions.keys(Window(partitions.first, partitions.last)))
