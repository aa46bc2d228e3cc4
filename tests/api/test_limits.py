"""No query is larger than its budget, and measuring one is quick."""

import time

import pytest
from graphql import GraphQLObjectType, get_introspection_query, get_named_type, is_list_type, parse
from hypothesis import given
from hypothesis import strategies as st

from driftline.api.schema import build_schema
from driftline.api.schema.budget import MOST, Extent, extent

GRAPH = build_schema()._schema


def measured(query, **variables):
    return extent(GRAPH, parse(query), variables)


def chain(length, on, link, end):
    """Nested fragments, each used twice in the one before: expanded, their number doubles with each."""
    parts = [f"fragment F{i} on {on} {{ {link % f'...F{i + 1} ...F{i + 1}'} }}" for i in range(length)]
    return " ".join([*parts, f"fragment F{length} on {on} {{ {end} }}"])


BOMBS = {
    "cost": "{ ...F0 } " + chain(60, "Query", "%s", "__typename"),
    "number of aliases": "{ ...F0 } " + chain(40, "Query", "a: __typename %s", "__typename"),
    "depth": "{ driftReports { nodes { ...F0 } } } "
    + chain(30, "DriftReport", "decision { driftReport { %s } }", "id"),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_of_fragments_is_refused_at_once(client, what):
    started = time.process_time()
    answer = client("POST", "/graphql", json={"query": BOMBS[what]}).json()
    assert time.process_time() - started < 2  # seconds; expanded, these would take years
    [error] = answer["errors"]
    assert error["extensions"] == {"code": "QUERY_TOO_EXPENSIVE"}
    assert error["message"].startswith(f"The query's {what} is ")
    assert answer["data"] is None


def test_what_a_fragment_of_a_union_asks_for_is_counted():
    inner = "{ ... on AddGroundTruthPayload { delivery { id digest } } ... on UserError { code } }"
    found = measured('mutation { addGroundTruth(input: {pipeline: "fires", labels: []}) ' + inner + " }")
    assert (found.depth, found.cost) == (3, 5)


def test_a_document_of_too_many_words_is_not_even_parsed(ask):
    [error] = ask("{ " + "__typename " * 100_000 + "}")["errors"]
    assert "more than 1000 tokens" in error["message"]


def test_the_longest_document_is_checked_quickly(ask):
    started = time.process_time()
    ask("{ " + "__typename " * 990 + "}")
    assert time.process_time() - started < 3  # seconds; graphql-core compares each field with each


@pytest.mark.parametrize("query", ["{ a: runs(first: 500) { %s } b: runs(first: 500) { %s } }"])
def test_many_large_pages_at_once_are_refused(ask, query):
    page = (
        "nodes { runId params { key value } metrics { key first last min max mean } artifacts { path } tags { key } }"
    )
    [error] = ask(query % (page, page))["errors"]
    assert error["extensions"] == {"code": "QUERY_TOO_EXPENSIVE"}


def test_the_size_of_a_page_counts_wherever_it_stands():
    row = "{ nodes { name status } }"
    literal = measured(f"{{ runs(first: 500) {row} }}")
    assert literal == Extent(depth=3, aliases=0, cost=1 + 500 * 3)
    assert measured(f"query ($n: Int!) {{ runs(first: $n) {row} }}", n=500) == literal
    assert measured(f"query ($n: Int! = 500) {{ runs(first: $n) {row} }}") == literal
    assert measured("{ runs { nodes { name status } } }").cost == 1 + 50 * 3


def test_only_the_operation_that_runs_is_measured():
    both = "query A { experiments { name } } query B { runs(first: 500) { nodes { name } } }"
    assert extent(GRAPH, parse(both), {}, operation="A") == Extent(depth=2, aliases=0, cost=11)


def test_variables_that_are_refused_anyway_are_not_measured():
    assert measured("query ($n: Int!) { runs(first: $n) { nodes { name } } }", n="many") == Extent()


def test_introspection_is_served(ask):
    assert ask(get_introspection_query())["data"]["__schema"]["queryType"]["name"] == "Query"


@given(st.lists(st.sampled_from(["name", "a: name", "metrics { key }", "...F", "... { name }"]), min_size=1))
def test_a_fragment_counts_as_much_as_what_it_stands_for(parts):
    fragment = "tags { key } b: runId"
    named = f"{{ runs {{ nodes {{ {' '.join(parts)} }} }} }} fragment F on Run {{ {fragment} }}"
    spelled = named.replace("...F", fragment).split(" fragment F")[0]
    assert measured(named) == measured(spelled)


def lists_below(kind, passed=()):
    """Give the paths of list fields below a type; a field that is passed twice is not followed."""
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        step = (kind.name, name)
        if not isinstance(inner, GraphQLObjectType) or step in passed:
            continue
        if is_list_type(getattr(field.type, "of_type", field.type)):
            yield [*passed, step]
        yield from lists_below(inner, [*passed, step])


def test_no_list_leads_to_itself_so_that_a_response_cannot_explode():
    def lists(path):
        kinds = [GRAPH.type_map[kind].fields[name].type for kind, name in path]
        return [step for step, kind in zip(path, kinds, strict=True) if is_list_type(getattr(kind, "of_type", kind))]

    deepest = max((lists(path) for path in lists_below(GRAPH.query_type)), key=len)
    assert len(deepest) <= 3, deepest


def test_every_type_field_and_argument_is_described():
    bare = [
        f"{kind.name}.{name}"
        for kind in GRAPH.type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
        for name, field in [
            ("", kind),
            *kind.fields.items(),
            *((n, a) for f in kind.fields.values() for n, a in f.args.items()),
        ]
        if not field.description
    ]
    assert bare == []
    assert MOST.depth < 20
