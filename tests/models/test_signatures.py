import numpy as np
import pandas as pd
import pytest

from driftline.datasets.errors import InvalidColumnError, MissingColumnError
from driftline.models.errors import ScoringError
from driftline.models.signature import InputColumn, columns_as_json, columns_from_json, enforce, signature_of

TRAIN = pd.DataFrame(
    {
        "age": [20, 30, 40],
        "pay": [1.5, np.nan, 2.0],
        "member": [True, False, True],
        "kind": pd.Categorical(["b", "a", None], categories=["z", "b", "a"]),
        "since": pd.to_datetime(["2026-01-01", "2026-01-02", None], utc=True),
    }
)
SIGNATURE = signature_of(TRAIN)


def test_a_signature_holds_names_types_and_the_categories_seen():
    assert SIGNATURE.columns == (
        InputColumn(name="age", type="integer"),
        InputColumn(name="pay", type="float"),
        InputColumn(name="member", type="boolean"),
        InputColumn(name="kind", type="string", categories=("a", "b")),
        InputColumn(name="since", type="datetime", zoned=True),
    )


def test_times_with_and_without_a_zone_are_not_mixed():
    local = TRAIN.assign(since=TRAIN["since"].dt.tz_localize(None))
    with pytest.raises(
        ScoringError, match="'since' holds times without a zone, the model was trained on times with a zone"
    ):
        enforce(SIGNATURE, local)
    with pytest.raises(
        ScoringError, match="'since' holds times with a zone, the model was trained on times without a zone"
    ):
        enforce(signature_of(local), TRAIN)
    kept = columns_from_json(columns_as_json(SIGNATURE))
    assert kept == SIGNATURE
    older = [{key: value for key, value in column.items() if key != "zoned"} for column in columns_as_json(SIGNATURE)]
    assert enforce(columns_from_json(older), local)["since"].dt.tz is None


def test_text_has_one_type_however_it_is_held():
    text = pd.Series(["b", None, "a"])
    for values in (text, text.astype(object), text.astype("string"), text.astype("category")):
        (column,) = signature_of(values.to_frame("kind")).columns
        assert column == InputColumn(name="kind", type="string", categories=("a", "b"))


def test_integers_and_booleans_that_miss_values_are_floats():
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": pd.array([True, None], dtype="boolean")})
    assert [column.type for column in signature_of(frame).columns] == ["float", "float"]
    enforced = enforce(signature_of(frame), frame)
    np.testing.assert_array_equal(enforced.to_numpy(), [[1, 1], [np.nan, np.nan]])


def test_enforced_rows_have_plain_types_the_right_order_and_their_index():
    given = TRAIN[TRAIN.columns[::-1]].assign(extra=1).set_axis([7, 8, 9])
    enforced = enforce(SIGNATURE, given)
    assert list(enforced.columns) == list(TRAIN.columns)
    assert enforced.index.tolist() == [7, 8, 9]
    assert list(map(str, enforced.dtypes))[:4] == ["int64", "float64", "bool", "str"]
    pd.testing.assert_frame_equal(enforce(SIGNATURE, enforced), enforced)


def test_the_same_rows_as_json_would_give_them_are_taken():
    row = {
        "age": 20,
        "pay": None,
        "member": True,
        "kind": None,
        "since": pd.Timestamp("2026-01-01", tz="UTC"),
    }
    enforced = enforce(SIGNATURE, pd.DataFrame([row]).astype({"age": object, "member": object}))
    assert enforced["age"].tolist() == [20]
    assert enforced[["pay", "kind"]].isna().all(axis=None)


def test_whole_numbers_are_taken_as_floats():
    assert enforce(SIGNATURE, TRAIN.assign(pay=[1, 2, 3]))["pay"].tolist() == [1.0, 2.0, 3.0]


def test_a_category_that_is_new_stays_text():
    assert enforce(SIGNATURE, TRAIN.assign(kind="new"))["kind"].tolist() == ["new"] * 3


def test_missing_columns_are_named_with_what_was_meant():
    with pytest.raises(MissingColumnError, match=r"'age'.*Did you mean 'Age'"):
        enforce(SIGNATURE, TRAIN.rename(columns={"age": "Age"}))
    with pytest.raises(MissingColumnError, match="'pay', 'kind'"):
        enforce(SIGNATURE, TRAIN.drop(columns=["pay", "kind"]))


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("age", [1.0, 2.5, 3.0], r"'age' holds float \(float64\), the model was trained on integer"),
        ("age", [1, 2**70, 3], "1 of 3 rows differ, the first at position 1: 1180591620717411303424"),
        ("age", [1.0, 2.0**60, 3.0], "numbers as large as"),
        ("age", pd.array([1, None, 2], dtype="Int64"), "'age' holds 1 missing values"),
        ("age", [True, False, True], "'age' holds boolean"),
        ("age", ["1", "2", "3"], "'age' holds string"),
        ("pay", ["1", "2", "3"], "trained on float"),
        ("member", [0, 1, 0], "trained on boolean"),
        ("member", pd.array([True, None, True], dtype="boolean"), "1 missing values"),
        ("kind", [1, 2, 3], "trained on string"),
        ("kind", [(1,), (2,), (3,)], r"tuple such as \(1,\)"),
        ("since", ["2026-01-01"] * 3, "trained on datetime"),
    ],
)
def test_another_type_is_refused_with_both(column, values, message):
    with pytest.raises(ScoringError, match=message):
        enforce(SIGNATURE, TRAIN.assign(**{column: values}))


def test_two_columns_of_one_name_are_not_scored():
    with pytest.raises(InvalidColumnError, match="'age'"):
        enforce(SIGNATURE, pd.concat([TRAIN, TRAIN[["age"]]], axis=1))


def test_what_no_model_reads_has_no_signature():
    with pytest.raises(InvalidColumnError, match="'odd'"):
        signature_of(pd.DataFrame({"odd": [(1,)]}))
    with pytest.raises(InvalidColumnError, match="named by a int"):
        signature_of(pd.DataFrame([[1]]))
    with pytest.raises(InvalidColumnError, match="'a'"):
        signature_of(pd.DataFrame([[1, 2]], columns=["a", "a"]))
