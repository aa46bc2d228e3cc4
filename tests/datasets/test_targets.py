import numpy as np
import pandas as pd
import pytest

from driftline.datasets import Target, classes_of, encode, schema_of, task_of
from driftline.datasets.errors import InvalidTargetError, MissingColumnError, TargetClassError
from driftline.metrics import Task
from driftline.quality import check_frame

INCOME = pd.DataFrame({"age": [20, 30, 40], "income": ["<=50K", ">50K", "<=50K"]})


def test_a_binary_target_is_one_for_the_positive_class():
    target = Target("income", positive_class=">50K")
    assert classes_of(target, INCOME) == ("<=50K", ">50K")
    assert encode(target, INCOME).tolist() == [0, 1, 0]
    assert encode(target, INCOME).dtype == np.int64


def test_without_a_positive_class_the_last_of_two_is_positive():
    assert classes_of(Target("income"), INCOME) == ("<=50K", ">50K")


def test_more_than_two_classes_become_one_against_the_rest():
    frame = pd.DataFrame({"kind": pd.Categorical(["a", "b", "c", "b"])})
    target = Target("kind", positive_class="b")
    classes = classes_of(target, frame)
    assert classes == ("not b", "b")
    assert encode(target, frame).tolist() == [0, 1, 0, 1]
    assert encode(target, pd.DataFrame({"kind": ["new", "b"]}), classes=classes).tolist() == [0, 1]


def test_a_multiclass_target_is_the_position_in_the_sorted_classes():
    frame = pd.DataFrame({"kind": ["c", "a", "b"]})
    assert task_of(Target("kind"), frame) is Task.MULTICLASS
    assert classes_of(Target("kind"), frame) == ("a", "b", "c")
    assert encode(Target("kind"), frame).tolist() == [2, 0, 1]


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([0, 1, 1], Task.BINARY),
        ([True, False, True], Task.BINARY),
        ([0.0, 1.0, 1.0], Task.BINARY),
        ([1, 2, 3], Task.REGRESSION),
        ([0.5, 2.0, 3.0], Task.REGRESSION),
        (["a", "b", "b"], Task.BINARY),
    ],
)
def test_the_task_follows_from_the_values(values, task):
    assert task_of(Target("y"), pd.DataFrame({"y": values})) is task


def test_integer_classes_are_declared():
    frame = pd.DataFrame({"y": [3, 1, 2]})
    target = Target("y", task=Task.MULTICLASS)
    assert classes_of(target, frame) == (1, 2, 3)
    assert encode(target, frame).tolist() == [2, 0, 1]


def test_a_regression_target_is_a_float():
    assert encode(Target("y"), pd.DataFrame({"y": [1, 5]})).dtype == np.float64
    assert classes_of(Target("y"), pd.DataFrame({"y": [1, 5]})) == ()


def test_known_classes_encode_rows_in_which_one_does_not_occur():
    target = Target("income", positive_class=">50K")
    assert encode(target, INCOME[:1], classes=("<=50K", ">50K")).tolist() == [0]


def test_an_unknown_class_is_named():
    target = Target("income", positive_class=">50K")
    with pytest.raises(TargetClassError, match=r"not known: '>50K\.'"):
        encode(target, pd.DataFrame({"income": [">50K."]}), classes=("<=50K", ">50K"))


def test_a_positive_class_that_does_not_occur_shows_the_spaces_of_those_that_do():
    with pytest.raises(TargetClassError, match=r"never holds the positive class '>50K'; it holds ' <=50K', ' >50K'"):
        encode(Target("income", positive_class=">50K"), pd.DataFrame({"income": [" >50K", " <=50K"]}))


def test_a_missing_target_column_lists_the_others():
    with pytest.raises(MissingColumnError, match="Did you mean 'income'"):
        encode(Target("incom"), INCOME)


@pytest.mark.parametrize("values", [[1.0, np.nan, np.inf], ["a", None, None], pd.array([1, None, None], dtype="Int64")])
def test_missing_targets_are_counted_and_their_first_rows_named(values):
    with pytest.raises(InvalidTargetError, match=r"2 rows .* positions 1, 2"):
        encode(Target("y"), pd.DataFrame({"y": values}, index=[7, 8, 9]))


def test_a_regression_on_text_is_refused():
    with pytest.raises(InvalidTargetError, match="regression"):
        encode(Target("income", task=Task.REGRESSION), INCOME)


def test_a_binary_task_with_three_classes_asks_for_the_positive_one():
    with pytest.raises(TargetClassError, match="has 3 classes"):
        classes_of(Target("k", task=Task.BINARY), pd.DataFrame({"k": ["a", "b", "c"]}))


def problems(frame, target, **options):
    return [problem.check for problem in check_frame(frame, target, **options)]


def test_a_sound_frame_has_no_problems():
    assert check_frame(INCOME, Target("income"), previous_schema=schema_of(INCOME)) == ()


def test_each_problem_of_a_frame_is_found():
    target = Target("income", positive_class=">50K")
    assert problems(INCOME[:0], target) == ["rows"]
    assert problems(INCOME.drop(columns="income"), target) == ["target"]
    assert problems(INCOME.assign(income=[None, ">50K", "<=50K"]), target) == ["target"]
    assert problems(INCOME.assign(income="<=50K"), target) == ["classes"]
    assert problems(INCOME.assign(income=">50K"), target) == ["classes"]
    assert problems(pd.concat([INCOME, INCOME], axis=1), target) == ["column_names"]
    assert problems(INCOME.assign(odd=[(1,), (2,), (3,)]), target) == ["column_types"]
    assert problems(INCOME.assign(age=1.5), target, previous_schema=schema_of(INCOME)) == ["schema"]


def test_a_task_that_was_guessed_and_does_not_fit_what_is_measured_is_a_problem():
    digits = pd.DataFrame({"digit": range(10)})
    (problem,) = check_frame(digits, Target("digit"), metrics=("accuracy",))
    assert str(problem) == (
        "The target column 'digit' holds 10 different values of type int64 and is taken as regression, for which the "
        "metric 'accuracy' is not defined. Declare its task, as Target('digit', task='multiclass'), or another metric."
    )
    assert check_frame(digits, Target("digit", task="multiclass"), metrics=("accuracy",)) == ()
    assert check_frame(digits, Target("digit"), metrics=("rmse",)) == ()


def test_a_problem_says_the_value_and_the_remedy():
    (problem,) = check_frame(INCOME.assign(income=">50K"), Target("income", positive_class=">50K"))
    assert str(problem) == (
        "All 3 rows have the one class '>50K' in the target column 'income'. "
        "Read a longer window, or one in which other classes occur."
    )
