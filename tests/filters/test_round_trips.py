"""A tree that is written is read as the same tree, and no text raises anything but the error that points into it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from driftline.filters import parse_filter, parse_order
from driftline.filters.errors import SearchTextError
from driftline.filters.text import filter_text, order_text
from driftline.filters.tree import And
from tests.filters.trees import CONDITIONS, ORDERS

MARKS = [*"()`'\",.<>=!&", "== ", "''", "'text'", "0.9", "-1e3", "1e999", "30m", "日本", "\ud800", "\0"]
KEYWORDS = ["AND", "or", "NOT", "IN", "LIKE", "IS", "NULL", "true", "DESC"]
NAMES = ["metrics.auc", "params.`a b`", "tags.", "archived", "status", "start_time"]
WORDS = st.sampled_from([*MARKS, *KEYWORDS, *NAMES])


def fault(parse, text):
    """The error that a text is refused by, or None."""
    try:
        parse(text)
    except SearchTextError as error:
        return error
    return None


@given(CONDITIONS)
def test_a_filter_that_is_written_is_read_as_the_same_tree(condition):
    assert parse_filter(filter_text(condition)) == condition


@given(ORDERS)
def test_an_order_that_is_written_is_read_as_the_same(order):
    assert parse_order(order_text(order)) == order


@pytest.mark.parametrize(("parse", "write"), [(parse_filter, filter_text), (parse_order, order_text)])
@given(text=st.lists(WORDS, max_size=30).map(" ".join) | st.lists(WORDS, max_size=12).map("".join) | st.text())
@example(text="metrics." + "a" * 10_000)
@example(text="metrics.auc > 0.9 AND " * 500)
@example(text="'" * 9_999)
@example(text="NOT " * 2_500)
def test_any_text_is_read_or_refused_by_an_error_that_points_into_it(parse, write, text):
    error = fault(parse, text)
    if error is None:
        assert parse(write(parse(text))) == parse(text)
    else:
        assert 0 <= error.position <= len(text)
        assert "^" in str(error)


@pytest.mark.parametrize("text", ["", "  \n ", "AND", " and AND "])
def test_an_empty_filter_is_one_that_every_run_meets(text):
    assert parse_filter(text) == And(terms=())
