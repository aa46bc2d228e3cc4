"""A filter that cannot be read: what is wrong, where, and what to write instead."""

import pytest

from driftline.errors import InvalidInputError
from driftline.filters import parse_filter, parse_order
from driftline.filters.errors import InvalidFilterError, InvalidOrderError, pointed

FAULTS = [
    ("metrics.auc >> 0.9", ">", "Expected a number, found >", "such as 0.9"),
    ("metrics.auc > '0.9'", "'0.9'", "Expected a number", "without quotes: 0.9"),
    ("metrics.auc > high", "high", "Expected a number", "Write a number"),
    ("metrics.auc LIKE '1%'", "LIKE", "metrics.auc has no LIKE", "compared by =, !=, <, <=, >, >= and IN"),
    ("metrics.auc BETWEEN 0 AND 1", "BETWEEN", "Expected an operator", "metrics.auc >= 0.8 AND"),
    ("metrics.auc > 1e999", "1e999", "larger than any float", "1.79e308"),
    ("metrics. > 1", "metrics.", "names no key", "metrics.name"),
    ("metrics.auc", "", "Expected an operator after metrics.auc, found the end", "IS NOT NULL"),
    ("metrcs.auc > 1", "metrcs", "metrcs.auc is not a field", "Did you mean metrics.auc?"),
    ("auc > 0.9", "auc", "A run has no attribute 'auc'", "Write metrics.auc, params.auc or tags.auc"),
    ("statsu = 'failed'", "statsu", "no attribute", "Did you mean 'status'?"),
    ("lifecycle_stage = 'active'", "life", "no attribute", "archived = true"),
    ("status = 'finised'", "'finised'", "There is no status 'finised'", "Did you mean 'finished'?"),
    ("status = FINISHED", "FINISHED", "Expected a status in quotes", "'FINISHED'"),
    ("params.name = adam", "adam", "Expected a value", "A text stands in quotes: 'adam'"),
    ("params.lr > '0.2'", "'0.2'", "would go by its letters", "> 0.2"),
    ("params.deep > true", "true", "cannot be compared by >", "= or !="),
    ("tags.x = 5", "5", "Expected a text in quotes", "'5'"),
    ("start_time > '2026-05-03 07:00'", "'2026", "not an ISO 8601 time with a zone", "2026-05-03T07:00:00Z"),
    ("start_time > 9e99", "9e99", "outside of the years", "milliseconds since 1970"),
    ("duration > '1.5h'", "'1.5h'", "not a positive duration", "in seconds"),
    ("archived = 1", "1", "Expected true or false", "true or false"),
    ("archived IN (true)", "IN", "Expected AND, OR or the end", "Write AND"),
    ("run_id IS NULL", "run_id", "Every run has run_id", "Leave"),
    ("params.a IS EMPTY", "EMPTY", "Expected NULL", "IS NOT NULL"),
    ("params.a NOT = 1", "=", "Expected an operator", "Write one of"),
    ("params.a IN 1", "1", "Expected (, found 1", "('a', 'b')"),
    ("run_id IN ('a' 'b')", "'b'", "Expected , or )", "('a', 'b')"),
    ("run_id IN ()", ")", "found )", "quotes"),
    ("'auc' > 1", "'auc'", "Expected a field", "backticks"),
    ("0.9 < metrics.auc", "0.9", "Expected a field", "begins with its field"),
    ("params.a = 1 AND OR params.b = 1", "OR", "Expected a field", "a word of the language"),
    ("metrics.a > 1 metrics.b > 1", "metrics.b", "Expected AND, OR or the end", "Write AND"),
    ("metrics.a > 1)", ")", "closes nothing", "Take it out"),
    ("(metrics.a > 1", "", "Expected ), found the end", "character 1 is open"),
    ("metrics.a > 1 && metrics.b > 1", "&&", "'&' cannot stand here", "Write AND"),
    ("metrics.a > 1; metrics.b > 1", ";", "cannot stand here", "without a semicolon"),
    ("params.a = ‘x’", "‘", "cannot stand here", "straight quotes"),
    ("status = 'x", "'x", "The quote ' is not closed", "written twice"),
    ("params.`a = 1", "`", "The quote ` is not closed", "written twice"),
    ("metrics.a = 1 OR", "", "Expected a field, found the end", "as metrics.auc > 0.9"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "fault", "hint"), FAULTS)
def test_an_error_says_what_is_wrong_and_what_to_write(text, at, fault, hint):
    with pytest.raises(InvalidFilterError) as raised:
        parse_filter(text)
    first, shown, caret, last = str(raised.value).split("\n")
    assert fault in first
    assert hint in last
    assert shown[caret.index("^") :].startswith(at)
    assert text[raised.value.position :].startswith(at)


@pytest.mark.parametrize(
    ("text", "at", "fault"),
    [
        ("metrics.loss UP", "UP", "Expected ASC, DESC or a comma"),
        ("alias", "alias", "A run may have many of alias"),
        ("metrics.a, metrics.a DESC", "metrics.a DESC", "metrics.a is in the order twice"),
        ("metrics.a,", "", "Expected a field after the comma"),
        ("-metrics.a", "-", "cannot stand here"),
    ],
)
def test_an_order_that_cannot_be_read_says_where(text, at, fault):
    with pytest.raises(InvalidOrderError) as raised:
        parse_order([text])
    assert fault in str(raised.value)
    assert text[raised.value.position :].startswith(at)


def test_deep_nesting_is_refused_at_the_parenthesis_that_is_too_many():
    with pytest.raises(InvalidFilterError, match="More than 20 parentheses are open") as raised:
        parse_filter("(" * 5000 + "params.a = 1" + ")" * 5000)
    assert raised.value.position == 20


def test_a_filter_of_too_many_comparisons_is_refused():
    with pytest.raises(InvalidFilterError, match="more than 200 comparisons"):
        parse_filter(" OR ".join(["params.a = 1"] * 201))


def test_a_filter_of_too_many_values_is_refused():
    with pytest.raises(InvalidFilterError, match="more than 1000 values"):
        parse_filter(f"params.a IN ({', '.join(['1'] * 1001)})")


def test_a_pattern_that_is_too_long_is_refused():
    with pytest.raises(InvalidFilterError, match="pattern has 1001 characters"):
        parse_filter(f"params.a LIKE '{'a' * 1001}'")


def test_a_text_that_is_too_long_is_refused_before_it_is_read():
    with pytest.raises(InvalidFilterError, match="has 120000 characters"):
        parse_filter("a = 'b' AND " * 10_000)


def test_of_a_long_text_the_surroundings_are_shown():
    text = "params.a = 1 AND " * 100 + "wrong" + " AND params.a = 1" * 90
    with pytest.raises(InvalidFilterError) as raised:
        parse_filter(text)
    _, shown, caret, _ = str(raised.value).split("\n")
    assert len(shown) < 100
    assert shown[caret.index("^") :].startswith("wrong")


def test_of_several_lines_the_one_with_the_fault_is_shown():
    assert pointed("params.a = 1\n  AND wrong\n  AND params.b = 1", 19) == "    AND wrong\n        ^"


def test_characters_of_two_columns_move_the_caret_by_two():
    assert pointed("日本 wrong", 3) == "  日本 wrong\n       ^"


def test_the_errors_are_of_what_was_given():
    assert issubclass(InvalidFilterError, InvalidInputError)
    assert (InvalidFilterError.code, InvalidOrderError.code) == ("INVALID_FILTER", "INVALID_ORDER")
