"""What differs between runs is shown beside each other, and what does not is left out."""

import math

import pandas as pd
import pytest

from driftline.experiments import compare_runs
from driftline.experiments.errors import TooFewRunsError
from driftline.tracking import start_run
from driftline.tracking.errors import UnknownRunError


def logged(workspace, *, rows=3, metrics=None, **params):
    with start_run("income", params=params, workspace=workspace) as run:
        run.log_metrics(metrics or {})
        run.log_input(pd.DataFrame({"x": range(rows)}), name="rows", role="training")
    return run.run_id


def test_params_that_differ_are_shown_by_run_and_the_others_once(workspace):
    first = logged(workspace, lr=0.1, model="tree", deep=True)
    second = logged(workspace, lr=0.01, model="tree", seed=1)
    compared = compare_runs([first[:8], second], workspace=workspace)
    assert compared.params == {"deep": {first: True}, "lr": {first: 0.1, second: 0.01}, "seed": {second: 1}}
    assert compared.same_params == {"model": "tree"}
    assert list(compared.runs) == [first, second]
    assert compared.runs[first]["status"] == "finished"


def test_a_number_and_a_boolean_are_not_the_same(workspace):
    first, second = logged(workspace, deep=1), logged(workspace, deep=True)
    assert compare_runs([first, second], workspace=workspace).params == {"deep": {first: 1, second: True}}


def test_metrics_are_all_shown_with_their_last_values(workspace):
    first, second = logged(workspace, metrics={"auc": 0.9, "loss": math.nan}), logged(workspace, metrics={"auc": 0.9})
    compared = compare_runs([first, second], workspace=workspace)
    assert compared.metrics == {"auc": {first: 0.9, second: 0.9}, "loss": {first: None}}


def test_data_differs_by_its_content(workspace):
    first, second, third = logged(workspace), logged(workspace), logged(workspace, rows=4)
    assert compare_runs([first, second], workspace=workspace).data == {}
    data = compare_runs([first, second, third], workspace=workspace).data
    assert data["training"][first] == data["training"][second] != data["training"][third]
    assert data["training"][third].startswith("rows@")


def test_runs_of_one_process_have_the_same_code_and_environment(workspace):
    compared = compare_runs([logged(workspace), logged(workspace)], workspace=workspace)
    assert (compared.code, compared.environment) == ({}, {})


def test_one_run_alone_is_not_compared(workspace):
    run_id = logged(workspace)
    with pytest.raises(TooFewRunsError, match="Name at least two"):
        compare_runs([run_id, run_id[:9]], workspace=workspace)
    with pytest.raises(UnknownRunError):
        compare_runs([run_id, "nobody"], workspace=workspace)
