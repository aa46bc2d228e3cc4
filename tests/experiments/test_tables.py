"""Runs as tables and as files of them."""

import math

import pandas as pd
import pytest

from driftline.experiments import metric_histories, search_runs, write_table
from driftline.experiments.errors import UnknownFileTypeError
from driftline.tracking import start_run
from driftline.tracking.errors import UnknownRunError


@pytest.fixture
def logged(workspace):
    """A workspace with two runs whose param `c` is of two kinds."""
    for number, c in enumerate(["adam", 3]):
        with start_run("income", run_name=f"run-{number}", params={"c": c, "lr": 0.1}, workspace=workspace) as run:
            run.log_metrics({"auc": 0.5 + number / 10}, step=0)
            run.log_metrics({"auc": math.nan if number else 0.9}, step=1)
    return workspace


def test_a_wide_table_has_the_columns_that_filters_name(logged):
    table = search_runs(order_by="run_name", workspace=logged)
    assert list(table.columns[-3:]) == ["metrics.auc", "params.c", "params.lr"]
    assert table["run_name"].tolist() == ["run-0", "run-1"]
    assert table["metrics.auc"].tolist()[0] == 0.9
    assert math.isnan(table["metrics.auc"][1])
    assert table["params.c"].tolist() == ["adam", 3]
    assert table.query("`params.lr` < 0.5").shape[0] == 2
    assert str(table["start_time"].dtype) == "datetime64[us, UTC]"
    assert table["status"].tolist() == ["finished", "finished"]


def test_a_table_of_no_runs_has_its_columns(logged):
    table = search_runs("params.lr > 5", workspace=logged)
    assert (len(table), table.columns[0]) == (0, "run_id")


def test_a_long_table_has_a_row_for_each_value(logged):
    table = search_runs("run_name = 'run-1'", output_format="long", workspace=logged)
    assert list(zip(table["group"], table["key"], strict=True)) == [
        ("params", "c"),
        ("params", "lr"),
        ("metrics", "auc"),
    ]
    assert table["value"].tolist()[:2] == ["3", "0.1"]
    assert table["value"].isna().tolist() == [False, False, True]
    assert table["number"].tolist()[:2] == [3.0, 0.1]


def test_histories_are_a_table_of_points(logged):
    run_ids = search_runs(order_by="run_name", workspace=logged)["run_id"]
    table = metric_histories([run_ids[0], run_ids[1][:8]], ["auc"], workspace=logged)
    assert table["run_id"].tolist() == [run_id for run_id in run_ids for _ in range(2)]
    assert table["step"].tolist() == [0, 1, 0, 1]
    assert table["value"].tolist()[:3] == [0.5, 0.9, 0.6]
    assert len(metric_histories(run_ids, ["loss"], workspace=logged)) == 0
    with pytest.raises(UnknownRunError):
        metric_histories(["nobody"], workspace=logged)


@pytest.mark.parametrize(("ending", "read"), [(".csv", pd.read_csv), (".parquet", pd.read_parquet)])
def test_a_file_of_a_table_is_read_again(logged, tmp_path, ending, read):
    table = search_runs(order_by="run_name", workspace=logged)
    write_table(table, tmp_path / f"runs{ending}")
    again = read(tmp_path / f"runs{ending}")
    assert again["params.c"].tolist() == ["adam", "3"]
    assert again["metrics.auc"].tolist()[0] == 0.9
    assert again["run_id"].tolist() == table["run_id"].tolist()


def test_a_file_of_another_kind_is_refused(logged, tmp_path):
    with pytest.raises(UnknownFileTypeError, match=r"End its name in \.csv or \.parquet"):
        write_table(search_runs(workspace=logged), tmp_path / "runs.xlsx")
