"""Searches answer what the filter means, in its order, page by page, wherever they start."""

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftline.errors import InvalidInputError
from driftline.filters import (
    NEVER_MISSING,
    Aggregate,
    And,
    Attribute,
    Comparison,
    Membership,
    Metric,
    Not,
    Operator,
    Or,
    OrderBy,
    Param,
    Presence,
    Tag,
    fields_of,
    parse_filter,
    parse_order,
)
from driftline.store.found_runs import found_runs
from driftline.store.run_rows import Run
from driftline.store.run_search import Effort, Search, search
from tests.store.searched_runs import HOLDERS, RUNS, START, meets, sort_key, store, values_of

MANY = {Attribute.MODEL, Attribute.ALIAS, Attribute.DATASET_NAME, Attribute.DATASET_DIGEST, Attribute.DATASET_ROLE}
EFFORTS = st.sampled_from(
    [Effort(), Effort(few=0), Effort(few=0, stretch=3), Effort(few=4, stretch=6), Effort(few=0, many=2)]
)
FIELDS = st.sampled_from(
    [Metric(key="auc"), Metric(key="loss"), Metric(key="auc", aggregate=Aggregate.MAX), Metric(key="nothing"),
     Metric(key="auc", aggregate=Aggregate.COUNT), Param(key="lr"), Param(key="model"), Param(key="deep"),
     Tag(key="team"), Tag(key="nothing"), *Attribute]
)  # fmt: skip
TEXTS = ["a", "*", "%s%", "f%", "slow_1", "tree", "0.1", "champion", "c%", "d2", "2026-01-02", "x" * 499 + "é", "x%é"]
ORDERED = [Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL]
EQUAL = [Operator.EQUAL, Operator.NOT_EQUAL]
PATTERNS = [Operator.LIKE, Operator.NOT_LIKE, Operator.ILIKE, Operator.NOT_ILIKE]


@pytest.fixture
def searched(database):
    """A database with the runs."""
    with database.transaction() as session:
        store(session)
    return database


@st.composite
def leaves(draw):
    """Comparisons with values that runs have, and with others."""
    field = draw(FIELDS)
    if field is Attribute.ARCHIVED:
        return Comparison(field=field, operator=Operator.EQUAL, value=draw(st.booleans()))
    if field not in NEVER_MISSING and draw(st.integers(0, 4)) == 0:
        return Presence(field=field, is_missing=draw(st.booleans()))
    had = [value for run in RUNS for value in values_of(run, field) if value is not None]
    numbers = [float(value) for value in had if isinstance(value, int | float)] or [0.5]
    texts = [*(str(value) for value in had if isinstance(value, str)), *TEXTS]
    times = [value for value in had if not isinstance(value, str | int | float)]
    if isinstance(field, Metric) or field is Attribute.DURATION:
        values, operators = st.sampled_from([*numbers, 1.5, -1e300]), [*EQUAL, *ORDERED]
    elif times:
        values, operators = st.sampled_from([*times, START]), [*EQUAL, *ORDERED]
    elif isinstance(field, Param):
        values = st.sampled_from([*numbers, *texts, True, False])
        operators = [*EQUAL, *ORDERED, *PATTERNS]
    else:
        values, operators = st.sampled_from(texts), [*EQUAL, *ORDERED, *PATTERNS]
    if draw(st.integers(0, 4)) == 0:
        chosen = draw(st.lists(values, min_size=1, max_size=3))
        return Membership(field=field, values=tuple(chosen), is_negated=draw(st.booleans()))
    operator, value = draw(st.sampled_from(operators)), draw(values)
    if operator in PATTERNS and not isinstance(value, str):
        value = draw(st.sampled_from(texts))
    if operator in ORDERED and isinstance(value, bool):
        value = float(value)
    return Comparison(field=field, operator=operator, value=value)


CONDITIONS = st.recursive(
    leaves(),
    lambda terms: (
        st.lists(terms, min_size=2, max_size=3).map(lambda two: And(terms=tuple(two)))
        | st.lists(terms, min_size=2, max_size=3).map(lambda two: Or(terms=tuple(two)))
        | terms.map(lambda term: Not(term=term))
    ),
    max_leaves=4,
)
ORDERS = st.lists(
    st.builds(OrderBy, field=FIELDS.filter(lambda field: field not in MANY), is_descending=st.booleans()),
    max_size=2,
    unique_by=lambda one: one.field,
).map(tuple)


def expected(condition, order):
    """The numbers of the runs that should be found."""
    is_archived = Attribute.ARCHIVED in fields_of(condition)
    found = [run for run in RUNS if meets(run, condition) and (is_archived or not run.attributes[Attribute.ARCHIVED])]
    order = order or (OrderBy(field=Attribute.START_TIME, is_descending=True),)
    return [run.number for run in sorted(found, key=partial(sort_key, order=order))]


def pages(database, wanted, first):
    """The numbers of the runs that are found, page by page."""
    numbers, place = [], None
    while True:
        with database.reading() as session:
            found = search(session, wanted, first=first, place=place)
        numbers += [one.number for one in found]
        if len(found) < first:
            return numbers
        place = found[-1]


def numbers(database, filter_="", order="", **options):
    wanted = Search(condition=parse_filter(filter_), order=parse_order(order), holders=HOLDERS, **options)
    return pages(database, wanted, 100)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(condition=CONDITIONS, order=ORDERS, effort=EFFORTS, first=st.sampled_from([1, 3, 50]))
def test_a_search_finds_what_its_filter_means_in_its_order_page_by_page(searched, condition, order, effort, first):
    wanted = Search(condition=condition, order=order, holders=HOLDERS, effort=effort)
    assert pages(searched, wanted, first) == expected(condition, order)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(terms=st.lists(leaves(), min_size=2, max_size=3), order=ORDERS, effort=EFFORTS)
def test_terms_that_must_all_hold_are_started_from_by_any_of_them(searched, terms, order, effort):
    condition = And(terms=tuple(terms))
    wanted = Search(condition=condition, order=order, holders=HOLDERS, effort=effort)
    assert pages(searched, wanted, 4) == expected(condition, order)


def test_whole_runs_have_all_that_they_logged(searched):
    with searched.reading() as session:
        [place] = search(session, Search(condition=parse_filter("run_id = '919abc'")), first=9)
        [run] = found_runs(session, [place.number])
    assert (run.experiment, run.name, run.status, run.started_at) == ("fires", "fast", "finished", START)
    assert run.params == {"deep": False, "lr": 0.01, "model": "Tree"}
    assert run.metrics == {"auc": 0.1, "loss": 1.0}
    assert run.tags == {"team": "b", "dagster/partition": "2026-01-02"}


def test_a_page_is_stable_under_new_runs(searched):
    wanted = Search(condition=parse_filter(""))
    with searched.reading() as session:
        before = search(session, wanted, first=20)
        page = search(session, wanted, first=5, place=before[9])
    with searched.transaction() as session:
        newest = before[0].values[0]
        session.add(
            Run(id=99, run_id="new", experiment_id=1, name="n", status="running", user_name="u", started_at=newest)
        )
    with searched.reading() as session:
        assert search(session, wanted, first=5, place=before[9]) == page
        assert len(search(session, wanted, first=1)) == 1


def test_nan_comes_last_with_the_runs_that_lack_the_metric(searched):
    in_order = numbers(searched, order="metrics.auc DESC")
    nan_or_none = [run.number for run in RUNS if not any(values_of(run, Metric(key="auc")))]
    zero = [run.number for run in RUNS if values_of(run, Metric(key="auc")) == [0.0]]
    missing = [number for number in in_order if number in nan_or_none and number not in zero]
    assert in_order[-len(missing) :] == missing
    assert missing == sorted(missing, reverse=True)


def test_an_aggregate_is_part_of_the_name_where_only_that_was_logged(searched):
    assert numbers(searched, "metrics.loss.max = 0.9")
    assert numbers(searched, "metrics.`loss.max` = 5", "start_time") == [11, 22]


def test_a_name_that_only_ends_like_an_aggregate_is_found(searched):
    with searched.transaction() as session:
        session.connection().exec_driver_sql("UPDATE logged_key SET name = 'other' WHERE name = 'loss'")
    assert numbers(searched, "metrics.loss.max = 5", "start_time") == [11, 22]


def test_archived_runs_are_found_only_where_the_filter_names_them(searched):
    assert numbers(searched, "archived", "start_time") == [9, 18]
    assert not {9, 18} & set(numbers(searched))
    assert {9, 18} <= set(numbers(searched, "archived OR NOT archived"))


def test_a_filter_as_deep_and_as_long_as_it_may_be_is_answered(searched):
    deep = "NOT (metrics.auc > 2 OR " * 20 + "archived" + ")" * 20
    wide = " OR ".join(["tags.team = 'nobody'"] * 199 + ["run_id = '919abc'"])
    assert numbers(searched, deep)
    assert numbers(searched, wide) == [1]


def test_patterns_mean_nothing_but_their_wildcards(searched):
    assert numbers(searched, "tags.team LIKE '*'", "start_time")
    assert numbers(searched, "params.model LIKE 'forest\\%'") == []
    assert numbers(searched, "run_name LIKE 'FAST'") == []
    assert numbers(searched, "run_name ILIKE 'FAST' AND run_name != 'Fast'", "start_time")[:2] == [1, 5]


@pytest.mark.parametrize("filter_", ["params.model = 'a\0b'", "tags.`\ud800` = 'x'", "run_name LIKE '\ud800%'"])
def test_what_no_database_keeps_is_refused_as_input(searched, filter_):
    with pytest.raises(InvalidInputError, match="NUL or half of a character"):
        numbers(searched, filter_)
