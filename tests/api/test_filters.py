"""Lists narrowed by what does not exist are errors, and a range is named in one way everywhere."""

import pytest

from driftline import Hourly
from driftline.api.schema import filters
from driftline.declaration import Monthly
from driftline.registry import find_declaration
from driftline.registry.declarations import record_declaration
from tests.streams import fires, persons

OF_FIRES = '{ evaluations(model: "fires", %s) { nodes { partitionKey version { number } } } }'


UNKNOWN = [
    ('runs(experiment: "fire") { nodes { name } }', "UNKNOWN_EXPERIMENT", "Did you mean 'fires'?"),
    ('alerts(model: "fire") { nodes { what } }', "UNKNOWN_MODEL", "Did you mean 'fires'?"),
    ('backtests(pipeline: "fire") { nodes { metric } }', "UNKNOWN_PIPELINE", "has run on this database yet"),
    ('groundTruth(pipeline: "fire") { nodes { id } }', "UNKNOWN_PIPELINE", "Did you mean 'fires'?"),
    ('driftReports(model: "fire") { nodes { id } }', "UNKNOWN_MODEL", "Did you mean 'fires'?"),
    ('decisions(model: "fire") { nodes { id } }', "UNKNOWN_MODEL", "Did you mean 'fires'?"),
    ('evaluations(model: "fire") { nodes { id } }', "UNKNOWN_MODEL", "Did you mean 'fires'?"),
    ('evaluations(model: "fires", version: 99) { nodes { id } }', "UNKNOWN_VERSION", "no version 99"),
    ('evaluations(model: "fires", dataset: "fires/houldout") { nodes { id } }', "UNKNOWN_DATASET", "fires/holdout"),
    ('evaluations(model: "fires", start: "garbage") { nodes { id } }', "INVALID_TIME", "'garbage'"),
    ('evaluations(model: "fires", end: "9999-12-31") { nodes { id } }', "INVALID_TIME", "9999"),
    (
        'evaluations(model: "fires", start: "2025-05-03", end: "2025-05-01") { nodes { id } }',
        "EMPTY_WINDOW",
        "lies",
    ),
    ('evaluations(model: "untrained", start: "2025-05") { nodes { id } }', "UNKNOWN_PIPELINE", "untrained"),
]


def test_what_does_not_exist_is_an_error(production, ask):
    for query, code, hint in UNKNOWN:
        [error] = ask(f"{{ {query} }}")["errors"]
        assert error["extensions"]["code"] == code, query
        assert hint in error["message"]


def test_what_exists_and_has_nothing_is_an_empty_list(production, ask):
    for query in (
        'alerts(model: "fires") { nodes { what } }',
        'alerts(model: "untrained") { nodes { what } }',
        'backtests(pipeline: "fires") { nodes { metric } }',
        'evaluations(model: "fires", start: "2031-05") { nodes { id } }',
        'evaluations(model: "fires", dataset: "fires/estimated") { nodes { id } }',
    ):
        [answer] = ask(f"{{ {query} }}")["data"].values()
        assert answer == {"nodes": []}, query


def test_a_table_has_no_range(production, ask):
    with production.database.transaction() as session:
        record_declaration(session, persons(name="fires"), production.clock())
    [error] = ask(OF_FIRES % 'start: "2025-05-01"')["errors"]
    assert error["extensions"]["code"] == "NOT_A_STREAM"


RANGES = [
    ('start: "2025-05-07", end: "2025-05-12"', ["2025-05-12", "2025-05-07"]),
    ('start: "2025-05-07T12:00:00Z", end: "2025-05-12T00:00:00Z"', ["2025-05-12", "2025-05-07"]),
    ('start: "2025-05", end: "2025-05", version: 2', ["2025-05-13", "2025-05-12"]),
    ('end: "2025-05-02"', ["2025-05-02", "2025-05-01"]),
    ('start: "2025-05-13"', ["2025-05-13"]),
]


def test_a_range_of_evaluations_is_named_as_that_of_a_backfill(production, ask):
    for given, keys in RANGES:
        nodes = ask(OF_FIRES % given)["data"]["evaluations"]["nodes"]
        assert [node["partitionKey"] for node in nodes] == keys, given


HOURS = [f"2025-05-03-{hour:02}:00" for hour in range(24)]


@pytest.mark.parametrize(
    ("partitions", "start", "end", "keys"),
    [
        (Hourly("2025-02-10"), "2025-05-03", "2025-05-03", (HOURS[0], HOURS[-1])),
        (Hourly("2025-02-10"), HOURS[7], HOURS[9], (HOURS[7], HOURS[9])),
        (Hourly("2025-02-10"), "2025-05-03T07:30:00Z", None, (HOURS[7], None)),
        (Hourly("2025-02-10", timezone="Europe/Zurich"), "2025-05-03", "2025-05-03", (HOURS[0], HOURS[-1])),
        (Monthly("2025-02-01"), "2025-05-03", "2025-06", ("2025-05-01", "2025-06-01")),
    ],
)
@pytest.mark.parametrize("workspace", ["sqlite"], indirect=True)
def test_keys_that_the_api_gives_are_taken_where_it_asks_for_a_range(workspace, partitions, start, end, keys):
    with workspace.database.transaction() as session:
        record_declaration(session, fires(partitions=partitions), workspace.clock())
        declared = find_declaration(session, "fires")
    assert filters._keys(declared, start, end) == keys
