"""What filters and orders mean: the language of MLflow, and what is added to it."""

from datetime import UTC, datetime

import pytest

from driftline.filters import parse_filter, parse_order
from driftline.filters.text import filter_text, order_text
from driftline.filters.tree import Aggregate, And, Attribute, Comparison, Metric, Operator, Or, Param, fields_of
from driftline.filters.values import STATUSES
from driftline.store.run_rows import RunStatus

MLFLOW = [  # as MLflow takes them, and what they mean here
    ("metrics.auc > 0.9 and params.lr = '0.1'", "metrics.auc > 0.9 AND params.lr = '0.1'"),
    ("metric.auc>=.5", "metrics.auc >= 0.5"),
    ("metrics.`val loss` < -1e-3", "metrics.`val loss` < -0.001"),
    ('metrics."val loss" != 1.', "metrics.`val loss` != 1"),
    ("`metrics`.auc = 1", "metrics.auc = 1"),
    ("metrics.train/loss < 1", "metrics.train/loss < 1"),
    ("parameters.model = \"tree\"", "params.model = 'tree'"),
    ("parameter.`a b` LIKE '%x'", "params.`a b` LIKE '%x'"),
    ("param.a.b ilike 'X_'", "params.a.b ILIKE 'X_'"),
    ("params.'x' = '1'", "params.x = '1'"),
    ("tag.team is null", "tags.team IS NULL"),
    ("tags.`mlflow.source.name` IS NOT NULL", "tags.mlflow.source.name IS NOT NULL"),
    ("tags.mlflow.parentRunId = 'abc'", "parent = 'abc'"),
    ("tags.mlflow.runName LIKE 'a%'", "run_name LIKE 'a%'"),
    ("status = 'FINISHED'", "status = 'finished'"),
    ('attributes.status != "RUNNING"', "status != 'running'"),
    ("attr.status = 'SCHEDULED'", "status = 'scheduled'"),
    ("status LIKE 'FIN%'", "status LIKE 'fin%'"),
    ('"Run Name" = \'a\'', "run_name = 'a'"),
    ("attributes.`Run name` = 'a'", "run_name = 'a'"),
    ("`run name` = 'a'", "run_name = 'a'"),
    ("run.run_name = 'a'", "run_name = 'a'"),
    ("run_id IN ('a','b')", "run_id IN ('a', 'b')"),
    ('run_id NOT IN ("a", "b")', "run_id NOT IN ('a', 'b')"),
    ("user_id = 'ann'", "user_id = 'ann'"),
    ("Created > 0", "start_time > '1970-01-01T00:00:00+00:00'"),
    ("attributes.end_time <= 1664067852747", "end_time <= '2022-09-25T01:04:12.747000+00:00'"),
    ("dataset.name = 'd' AND datasets.context IN ('train')", "dataset.name = 'd' AND dataset.role IN ('train')"),
    ("dataset.digest LIKE 'ab%'", "dataset.digest LIKE 'ab%'"),
    ("metrics.auc > 0.9 AND", "metrics.auc > 0.9"),
    ("AND metrics.auc > 1 AND AND\tmetrics.b<2 and ", "metrics.auc > 1 AND metrics.b < 2"),
]  # fmt: skip
ADDED = [
    ("params.lr < 0.1 OR params.lr IS NULL", "params.lr < 0.1 OR params.lr IS NULL"),
    ("not (archived or duration > '30m')", "NOT (archived = true OR duration > 1800)"),
    ("NOT NOT archived", "archived = true"),
    ("archived != TRUE", "archived = false"),
    ("NOT status = 'failed'", "NOT status = 'failed'"),
    ("duration > 90", "duration > 90"),
    ("duration <= 2h", "duration <= 7200"),
    ("start_time >= '2026-05-03'", "start_time >= '2026-05-03T00:00:00+00:00'"),
    ("start_time < '2026-05-03T09:00:00+02:00'", "start_time < '2026-05-03T07:00:00+00:00'"),
    ("params.deep = true AND params.n IN (1, 'one', false)", "params.deep = true AND params.n IN (1, 'one', false)"),
    ("metrics.auc == 1 AND metrics.auc <> 2", "metrics.auc = 1 AND metrics.auc != 2"),
    ("metrics.auc IN (1, 2.5)", "metrics.auc IN (1, 2.5)"),
    ("metrics.`auc.max` > 1", "metrics.`auc.max` > 1"),
    ("metrics.auc.last > 1", "metrics.auc > 1"),
    ("metrics.`a b`.mean > 1", "metrics.`a b`.mean > 1"),
    ("partition >= '2026-05-01'", "partition >= '2026-05-01'"),
    ("name NOT LIKE 'a%'", "run_name NOT LIKE 'a%'"),
    ("alias = 'income@champion' AND model = 'income'", "alias = 'income@champion' AND model = 'income'"),
    ("experiment IN ('a') AND parent IS NULL", "experiment IN ('a') AND parent IS NULL"),
    ("dagster_run_id IS NOT NULL", "dagster_run_id IS NOT NULL"),
    ("params.name = 'it''s'", "params.name = 'it''s'"),
    ("(((metrics.a > 1))) AND (metrics.b > 1 AND metrics.c > 1)", "metrics.a > 1 AND metrics.b > 1 AND metrics.c > 1"),
]


@pytest.mark.parametrize(("text", "meaning"), MLFLOW + ADDED)
def test_a_filter_means_what_its_tree_says(text, meaning):
    assert filter_text(parse_filter(text)) == meaning


def test_and_binds_closer_than_or():
    condition = parse_filter("params.a = 1 OR params.b = 1 AND params.c = 1")
    assert isinstance(condition, Or)
    assert [type(term) for term in condition.terms] == [Comparison, And]


def test_an_aggregate_follows_the_key_of_a_metric_where_it_is_not_quoted():
    plain, quoted = parse_filter("metrics.auc.max > 0.9"), parse_filter('metrics."auc.max" > 0.9')
    assert plain.field == Metric(key="auc", aggregate=Aggregate.MAX)
    assert quoted.field == Metric(key="auc.max")


def test_times_are_milliseconds_since_1970_or_iso_texts():
    assert parse_filter("start_time > 1777777777000.5").value == datetime(2026, 5, 3, 3, 9, 37, 500, tzinfo=UTC)


def test_the_fields_of_a_filter_are_found_at_any_depth():
    condition = parse_filter("NOT (metrics.auc > 1 OR params.lr IS NULL) AND model IN ('a')")
    assert fields_of(condition) == {Metric(key="auc"), Param(key="lr"), Attribute.MODEL}


def test_the_statuses_of_the_language_are_those_of_runs():
    assert set(STATUSES) == set(RunStatus)


@pytest.mark.parametrize(
    ("clauses", "meaning"),
    [
        ("metrics.loss", "metrics.loss ASC"),
        ("metrics.`val loss` desc", "metrics.`val loss` DESC"),
        (["attributes.start_time DESC", "metrics.auc.max ASC"], "start_time DESC, metrics.auc.max ASC"),
        ("params.lr DESC, tag.team, status", "params.lr DESC, tags.team ASC, status ASC"),
        ("`Run Name` ASC", "run_name ASC"),
        ([], ""),
        ("", ""),
    ],
)
def test_an_order_has_a_direction_for_each_field(clauses, meaning):
    assert order_text(parse_order(clauses)) == meaning


def test_ten_kilobytes_of_a_list_are_read():
    ids = [f"{number:032x}" for number in range(300)]
    condition = parse_filter(f"run_id IN ({', '.join(map(repr, ids))})")
    assert condition.values == tuple(ids)


def test_negation_of_a_pattern_needs_a_value():
    assert parse_filter("tags.a NOT ILIKE 'x'").operator is Operator.NOT_ILIKE
