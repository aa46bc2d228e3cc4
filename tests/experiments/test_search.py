"""Runs are searched as MLflow's users search them, page by page, and as tables."""

import math

import pytest

from driftline.experiments import find_runs, list_runs, run_page, search_runs, unlogged_keys
from driftline.experiments.errors import (
    InvalidPageTokenError,
    NotAFilterError,
    TooManyResultsError,
    UnknownExperimentError,
    UnknownOutputFormatError,
    UnknownStatusError,
)
from driftline.filters.errors import InvalidFilterError
from driftline.tracking import start_run
from tests.histories import promote_copy


@pytest.fixture
def logged(workspace):
    """A workspace with five runs of two experiments."""
    for number in range(5):
        params = {"lr": 10.0**-number, "model": ["tree", "net"][number % 2]}
        with start_run(
            ["income", "fires"][number % 2], run_name=f"run-{number}", params=params, workspace=workspace
        ) as run:
            run.log_metrics({"auc": number / 10 if number < 4 else math.nan, "loss": 1.0 - number / 10})
            run.set_tags({"team": "a"} if number else {})
    return workspace


def names(workspace, filter_string="", order_by=(), **options):
    found = search_runs(filter_string, order_by, output_format="list", workspace=workspace, **options)
    return [run.name for run in found]


def test_runs_are_found_by_metrics_and_params_in_an_order(logged):
    assert names(logged, "metrics.loss > 0.6 and params.lr < 0.5", ["metrics.loss ASC"]) == ["run-3", "run-2", "run-1"]
    assert names(logged, "params.model = 'net' OR tags.team IS NULL", "params.lr DESC") == ["run-0", "run-1", "run-3"]
    assert names(logged, max_results=2) == ["run-4", "run-3"]


def test_a_metric_that_is_not_a_number_comes_last(logged):
    assert names(logged, order_by="metrics.auc DESC")[-1] == names(logged, order_by="metrics.auc")[-1] == "run-4"


def test_experiments_are_named_or_the_error_says_which_there_are(logged):
    assert names(logged, experiment_names=["fires"]) == ["run-3", "run-1"]
    assert names(logged, experiment_names=[]) == []
    with pytest.raises(UnknownExperimentError, match="Did you mean 'income'"):
        search_runs(experiment_names=["incom"], workspace=logged)


def test_pages_follow_each_other_whatever_is_logged_in_between(logged):
    first = run_page(logged, filter_string="metrics.loss > 0", order_by="metrics.loss", max_results=2)
    with start_run("income", run_name="between", workspace=logged) as run:
        run.log_metrics({"loss": 0.1})
    following, token = [], first.next_page_token
    while token:
        page = run_page(
            logged, filter_string="metrics.loss > 0", order_by="metrics.loss", max_results=2, page_token=token
        )
        following += page.runs
        token = page.next_page_token
    assert [run.name for run in (*first.runs, *following)] == ["run-4", "run-3", "run-2", "run-1", "run-0"]


def test_a_page_by_times_and_texts_follows_too(logged):
    for order in ("start_time", "run_name DESC", "params.model", "end_time DESC, metrics.auc"):
        page = run_page(logged, order_by=order, max_results=1)
        found = list(page.runs)
        while page.next_page_token:
            page = run_page(logged, order_by=order, max_results=1, page_token=page.next_page_token)
            found += page.runs
        assert [run.name for run in found] == names(logged, order_by=order)


@pytest.mark.parametrize("spoil", [lambda token: token[:-4], lambda token: "no token", lambda token: f"{token}é"])
def test_a_token_of_another_search_is_refused(logged, spoil):
    token = run_page(logged, max_results=1).next_page_token
    with pytest.raises(InvalidPageTokenError, match="does not belong to this search"):
        run_page(logged, max_results=1, page_token=spoil(token))
    with pytest.raises(InvalidPageTokenError):
        run_page(logged, filter_string="metrics.auc > 0", max_results=1, page_token=token)


@pytest.mark.parametrize("asked", [0, 50_001, True])
def test_a_search_says_how_many_runs_it_may_return(logged, asked):
    with pytest.raises(TooManyResultsError, match="1 to 50000"):
        run_page(logged, max_results=asked)


def test_a_status_is_narrowed_beside_a_filter(logged):
    assert [run.name for run in find_runs(logged, status="finished", filter_string="metrics.auc = 0.3")] == ["run-3"]
    assert list_runs(logged, experiment="fires", status="failed") == []
    with pytest.raises(UnknownStatusError, match="Did you mean 'finished'"):
        find_runs(logged, status="finised")
    with pytest.raises(InvalidFilterError, match="no attribute 'auc'"):
        find_runs(logged, filter_string="auc > 0.3")


def test_what_is_no_filter_and_no_format_is_refused(logged):
    with pytest.raises(NotAFilterError, match=r"The filter is a list.*experiment_names=\['income'\]"):
        search_runs(["income"], workspace=logged)
    with pytest.raises(UnknownOutputFormatError, match="Known: list, long, pandas"):
        search_runs(output_format="xml", workspace=logged)
    assert len(search_runs(None, None, workspace=logged)) == 5


def test_names_that_nobody_logged_are_pointed_out(logged):
    assert unlogged_keys(logged, "metrics.acu > 0.3 AND params.lr > 0", "metrics.loss") == [
        "Nothing was ever logged as 'acu'. Did you mean 'auc'?"
    ]


def test_runs_are_found_by_the_alias_that_their_version_holds_now(served):
    [champion] = search_runs("alias = 'champion'", output_format="list", workspace=served)
    another = promote_copy(served, at="2025-03-20")
    [promoted] = search_runs("alias = 'fires@champion'", output_format="list", workspace=served)
    assert promoted.run_id == another.run_id != champion.run_id
    found = search_runs("model = 'fires' AND NOT alias = 'champion'", output_format="list", workspace=served)
    assert champion.run_id in [run.run_id for run in found]


def test_runs_are_found_by_the_data_that_they_used(served):
    [trained] = search_runs(
        "dataset = 'fires/training' AND dataset.role = 'holdout'", output_format="list", workspace=served
    )
    assert trained.experiment == "fires"
