"""docs/sql.md: its queries run, and its columns are those of the views."""

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

TEXT = (Path(__file__).parents[2] / "docs" / "sql.md").read_text()
QUERIES = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)
COLUMNS = {
    view: columns.replace("\n", " ").split(", ")
    for view, columns in re.findall(r"^## `(\w+)`[^\n]*\n\n`([^`]+)`", TEXT, re.MULTILINE)
}


def test_each_view_of_the_database_is_described(database):
    with database.reading() as session:
        assert set(inspect(session.connection()).get_view_names()) == set(COLUMNS)


@pytest.mark.parametrize("view", COLUMNS)
def test_the_columns_described_are_those_of_the_view(database, view):
    with database.reading() as session:
        assert [column["name"] for column in inspect(session.connection()).get_columns(view)] == COLUMNS[view]


@pytest.mark.parametrize("query", QUERIES, ids=COLUMNS)
def test_each_query_runs_on_an_empty_database(database, query):
    with database.reading() as session:
        assert session.connection().execute(text(query)).all() == []


@pytest.mark.parametrize(("query", "column"), [(QUERIES[0], "model_version"), (QUERIES[2], "production_version")])
def test_a_query_finds_the_first_model(served, query, column):
    with served.database.reading() as session:
        rows = session.connection().execute(text(query.replace("fire_risk", "fires"))).mappings().all()
    assert [row[column] for row in rows] == [1]
