"""What is read for a training is checked, split and kept; what does not pass is named and never trained on."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sqlmodel import select

from driftline import Target, Window
from driftline.registry import find_version
from driftline.retraining import read_dataset, train
from driftline.retraining.training import load_rows
from driftline.rows.errors import InvalidDatasetError, NotMaterializedError
from driftline.store import dataset_rows, model_rows
from tests.streams import Forest, day, fires, persons, read_persons


def everything(workspace, table):
    with workspace.database.reading() as session:
        return session.exec(select(table)).all()


def changed(**columns):
    return persons(dataset=lambda _: read_persons().assign(**columns))


def nothing_is_stored(workspace):
    return not everything(workspace, dataset_rows.DatasetVersion)


def test_a_reading_keeps_both_parts_with_their_content(workspace):
    read = read_dataset(workspace, persons(), dagster_run_id="d1")
    assert (read.problems, read.training.row_count + read.holdout.row_count) == ((), 300)
    both = pd.concat([load_rows(workspace, read.training), load_rows(workspace, read.holdout)])
    assert sorted(both["age"]) == sorted(read_persons()["age"])
    [reading] = everything(workspace, dataset_rows.DatasetReading)
    assert (reading.dagster_run_id, reading.training_version_id) == ("d1", read.training.id)


def test_the_same_content_is_one_version(workspace):
    first, second = read_dataset(workspace, persons()), read_dataset(workspace, persons())
    assert (first.training.id, first.holdout.id) == (second.training.id, second.holdout.id)
    assert len(everything(workspace, dataset_rows.DatasetReading)) == 2


def test_the_first_reading_of_a_stream_ends_before_its_first_partition(workspace):
    forest = Forest()
    read = read_dataset(workspace, fires(forest))
    assert forest.windows == [Window(day("2025-01-13"), day("2025-02-10"))]
    assert (read.as_of, read.window) == (day("2025-02-10"), forest.windows[0])


def test_rows_whose_labels_are_not_known_yet_are_left_out(served):
    read = read_dataset(replace(served, replay_at=day("2025-03-01")), fires())
    newest = load_rows(served, read.holdout)["time"].max()
    assert day("2025-02-27") < newest <= day("2025-02-28")
    assert load_rows(served, read.training)["time"].max() <= load_rows(served, read.holdout)["time"].min()


def boom(_window):
    raise ConnectionError("the register does not answer")


@pytest.mark.parametrize(
    ("dataset", "said"),
    [(boom, "raised ConnectionError: the register does not answer"), (lambda _: [1, 2], "gave a list")],
)
def test_a_dataset_function_that_gives_nothing_is_named(workspace, dataset, said):
    with pytest.raises(InvalidDatasetError, match=said) as refused:
        read_dataset(workspace, persons(dataset=dataset))
    assert "'persons'" in str(refused.value)
    assert nothing_is_stored(workspace)


def test_a_stream_whose_times_have_no_zone_is_refused(workspace):
    naive = Forest(always=lambda frame: frame.assign(time=frame["time"].dt.tz_localize(None)))
    with pytest.raises(InvalidDatasetError, match="'time' without a time zone"):
        read_dataset(workspace, fires(naive))
    assert nothing_is_stored(workspace)


ONE_CLASS = np.full(300, "<=50K")
SOME_MISSING = read_persons()["income"].where(read_persons().index % 50 != 0)


def test_rows_without_a_label_are_left_out_and_told_of(workspace):
    read = read_dataset(workspace, changed(income=SOME_MISSING))
    assert read.problems == ()
    assert read.training.row_count + read.holdout.row_count == 294
    assert read.left_out == (
        "6 of 300 rows are left out: no finite value in the target column 'income', the first at positions 0, 50, 100, "
        "150, 200.",
    )
    with workspace.database.reading() as session:
        assert dataset_rows.newest_reading(session, "persons").left_out == list(read.left_out)


@pytest.mark.parametrize(
    ("pipeline", "said"),
    [
        (persons(dataset=lambda _: read_persons().head(0)), "no rows"),
        (persons(dataset=lambda _: read_persons().drop(columns="income")), "'income' is not in the table"),
        (changed(income=np.where(read_persons()["income"] == ">50K", ">50K.", "<=50K.")), "'<=50K.', '>50K.'"),
        (changed(income=ONE_CLASS), "'<=50K'"),
        (changed(income=">50K"), "one class '>50K'"),
        (persons(dataset=lambda _: pd.concat([read_persons(), read_persons()[["age"]]], axis=1)), "named 'age'"),
        (changed(when=[{} for _ in range(300)]), "'when'"),
        (persons(dataset=lambda _: read_persons().head(1)), "one class"),
    ],
)
def test_what_speaks_against_a_dataset_is_said_with_the_value(workspace, pipeline, said):
    read = read_dataset(workspace, pipeline)
    assert said in " ".join(read.problems)
    assert (read.training, read.holdout) == (None, None)
    assert nothing_is_stored(workspace)
    with pytest.raises(InvalidDatasetError, match="materialize persons/dataset again"):
        train(workspace, pipeline)
    with workspace.database.reading() as session:
        assert model_rows.find_model(session, "persons") is None


def test_a_holdout_rule_that_leaves_nothing_is_a_problem(workspace):
    read = read_dataset(workspace, fires(Forest(always=lambda frame: frame[frame["time"] >= day("2025-02-04")])))
    assert "training side" in read.problems[0]
    assert nothing_is_stored(workspace)


def test_a_stream_without_rows_is_a_problem(workspace):
    read = read_dataset(workspace, fires(Forest(rows_per_day=0)))
    assert "no rows" in read.problems[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.drop(columns="age"), "'age'"),
        (lambda frame: frame.assign(age=frame["age"].astype(str)), "'age'"),
        (lambda frame: frame.assign(shoe_size=40), "'shoe_size'"),
    ],
)
def test_a_schema_that_changed_is_a_problem_until_the_recipe_says_so(workspace, change, said):
    read_dataset(workspace, persons())
    read = read_dataset(workspace, persons(dataset=lambda _: change(read_persons())))
    assert said in " ".join(read.problems)
    on_purpose = read_dataset(workspace, persons(dataset=lambda _: change(read_persons()), version="2"))
    assert on_purpose.problems == ()


def test_a_refused_dataset_leaves_the_champion_and_the_schema_before_it(served):
    assert read_dataset(served, fires(Forest(always=lambda frame: frame.assign(fire="no")))).problems
    with pytest.raises(InvalidDatasetError, match="'yes'"):
        train(served, fires())
    assert find_version(served, "fires").version == 1
    assert read_dataset(served, fires()).problems == ()


def test_a_dataset_that_was_never_read_cannot_be_trained_on(workspace):
    with pytest.raises(NotMaterializedError, match="Materialize persons/dataset first"):
        train(workspace, persons())


def test_a_target_with_more_than_two_classes_keeps_the_positive_one_against_the_rest(workspace):
    three = changed(income=np.where(read_persons()["age"] > 60, "retired", read_persons()["income"]))
    assert read_dataset(workspace, three).problems == ()
    assert train(workspace, three).model.classes == ("not >50K", ">50K")


def test_a_regression_is_read_and_trained(workspace):
    wages = persons(
        dataset=lambda _: read_persons().drop(columns="income").assign(wage=lambda frame: frame["age"] * 1000.0),
        target=Target("wage"),
        metrics=("rmse",),
        drift=(),
    )
    assert read_dataset(workspace, wages).problems == ()
    assert train(workspace, wages).measurements[0].value > 0
