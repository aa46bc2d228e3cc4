"""The declaration that is written can be used: it is Python, it reads the rows, and nothing speaks against training."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from driftline.retraining import read_dataset
from driftline.starter import choose, declaration_source, read_table

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ODD = 'a "quoted" \\ na\nme'  # of a column


def rows(count: int = 2_400) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    x = rng.normal(size=count)
    return pd.DataFrame(
        {
            "customerID": [f"c{place:05}" for place in range(count)],
            "seen": pd.date_range("2026-01-01", periods=count // 2, freq="h").repeat(2).strftime("%d.%m.%Y %H:%M"),
            ODD: rng.choice(["é", "b", None], count),
            "x": x,
            "amount": x + rng.normal(size=count),
            "grade": rng.integers(1, 5, count),
            "churned": np.where(x + rng.normal(size=count) > 1, "yes", "no"),
        }
    )


def declared(path, **columns):
    """The pipeline that is declared for a file, and the text of the declaration."""
    source = declaration_source("mine", choose(read_table(path), now=NOW, **columns))
    names: dict[str, object] = {}
    exec(source, names)  # noqa: S102
    return names["mine"], source


@pytest.fixture(params=["csv", "parquet"])
def path(request, tmp_path):
    place = tmp_path / f"my 'rows'.{request.param}"
    rows().to_csv(place, index=False) if request.param == "csv" else rows().to_parquet(place)
    return place


@pytest.mark.parametrize("time", [None, "seen"])
@pytest.mark.parametrize("target", ["churned", "grade", "amount"])
def test_each_kind_of_target_of_a_table_and_of_a_stream_can_be_trained_on(workspace, path, target, time):
    pipeline, source = declared(path, target=target, time=time)
    assert read_dataset(workspace, pipeline).problems == ()
    assert max(map(len, source.splitlines())) <= 120
    assert pipeline.ignore == (("customerID",) if time is None else ())
    assert pipeline.entity == (() if time is None else ("customerID",))


def test_rows_of_one_time_that_nothing_tells_apart_are_numbered(workspace, tmp_path):
    rows().drop(columns=["customerID", "x", "amount"]).to_csv(tmp_path / "rows.csv", index=False)
    pipeline, _ = declared(tmp_path / "rows.csv", target="churned", time="seen")
    assert pipeline.entity == ("row",)
    assert not pipeline.dataset(None).duplicated(["seen", "row"]).any()
    assert read_dataset(workspace, pipeline).problems == ()


def test_rows_without_a_time_are_left_out(tmp_path):
    rows().assign(seen=lambda table: table["seen"].where(table.index > 9)).to_csv(tmp_path / "rows.csv", index=False)
    pipeline, _ = declared(tmp_path / "rows.csv", target="churned", time="seen")
    assert len(pipeline.dataset(None)) == 2_390


def test_a_stream_declares_what_it_has_to_say_of_time(tmp_path):
    rows().to_parquet(tmp_path / "rows.parquet")
    pipeline, source = declared(tmp_path / "rows.parquet", target="churned", time="seen")
    assert replace(pipeline.partitions, end=None) == type(pipeline.partitions)("2026-01-16")
    assert (pipeline.time_column, pipeline.training_window, pipeline.holdout.duration) == ("seen", "15d", "3d")
    assert "# Times without a zone are taken as UTC." in source


def test_columns_that_pandas_keeps_as_the_index_are_columns(workspace, tmp_path):
    rows().set_index("seen").to_parquet(tmp_path / "rows.parquet")
    pipeline, source = declared(tmp_path / "rows.parquet", target="churned", time="seen")
    assert "pd.read_parquet(TABLE).reset_index()" in source
    assert read_dataset(workspace, pipeline).problems == ()


def test_one_word_for_what_is_missing_among_numbers_is_missing(tmp_path):
    rows().assign(x=lambda table: table["x"].astype("str").where(table.index > 9, "?")).to_csv(tmp_path / "rows.csv")
    pipeline, source = declared(tmp_path / "rows.csv", target="churned", time=None)
    assert 'na_values={"x": ["?"]}' in source
    assert pipeline.dataset(None)["x"].isna().sum() == 10


def test_a_long_value_does_not_lengthen_the_lines(tmp_path):
    rows().assign(note="long " * 99, churned=lambda table: table["churned"] + "x" * 300).to_csv(tmp_path / "rows.csv")
    _, source = declared(tmp_path / "rows.csv", target="churned", time=None)
    assert max(len(line) for line in source.splitlines() if "#" in line) <= 120
