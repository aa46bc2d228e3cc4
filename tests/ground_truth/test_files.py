"""Files of labels: what CSV writes as text gets its type, and what cannot be read is said."""

import pandas as pd
import pytest

from driftline import GroundTruth, Target, add_ground_truth
from driftline.errors import DriftlineError
from driftline.ground_truth import from_texts, read_label_file
from driftline.ground_truth.errors import InvalidLabelsError
from driftline.ground_truth.validation import Expected
from driftline.metrics import Task
from tests.streams import fires

HEADER = "time,station,fire\n"


def added(workspace, path, pipeline=None):
    declared = pipeline or fires()
    frame = read_label_file(workspace, declared, path)
    return add_ground_truth(workspace, declared, frame, actor="ann")


def test_times_of_any_zone_in_one_csv_file_are_read(served, tmp_path):
    path = tmp_path / "labels.CSV"
    path.write_text(
        HEADER + "2025-02-10T03:00:00+02:00,elm,yes\n2025-02-10T01:00:00.5Z,elm,no\n2025-02-10 05:00+0300,oak,no\n"
    )
    assert added(served, path).new_count == 3


def test_text_that_looks_like_a_number_stays_text_where_the_key_is_text(served, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(HEADER + "2025-02-10T01:00Z,007,yes\n")
    assert read_label_file(served, fires(), path)["station"].tolist() == ["007"]


def test_numbers_and_classes_are_read_from_text():
    pipeline = fires(entity=("number",), target=Target("fire"))
    texts = pd.DataFrame({"number": ["1", "2"], "fire": ["0", "1"], "model_version": ["1", ""]})
    read = from_texts(pipeline, Expected(numbers=frozenset({"number"}), classes=(0, 1)), texts)
    assert (read["number"].tolist(), read["fire"].tolist()) == ([1, 2], [0, 1])
    assert read["model_version"].isna().tolist() == [False, True]


def test_a_regression_is_read_from_text():
    pipeline = fires(target=Target("fire", task=Task.REGRESSION), metrics=("rmse",), drift=())
    assert from_texts(pipeline, Expected(classes=()), pd.DataFrame({"fire": ["1.5", "-2"]}))["fire"].tolist() == [
        1.5,
        -2,
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("labels.txt", "", "ends in '.txt'. Give a Parquet file"),
        ("labels", "", "ends in 'no suffix'"),
        ("labels.parquet", "no parquet", "is not a parquet file"),
        ("labels.csv", "", "is not a csv file"),
        ("labels.csv", "time,station\n2025-02-10T00:00Z,elm\n", "The column 'fire' is not in the table"),
        ("labels.csv", HEADER, "has no rows"),
        ("labels.csv", f"{HEADER}2025-02-10T00:00,elm,yes\n", "not an ISO 8601 time with a zone"),
        ("labels.csv", f"{HEADER}2025-02-10,elm,yes\n", "not an ISO 8601 time with a zone"),
        ("labels.csv", f"{HEADER}soon Z,elm,yes\n", "not an ISO 8601 time with a zone"),
        ("labels.csv", f"{HEADER}2025-02-10T00:00Z,,yes\n", "1 of 1 labels have no value"),
        ("labels.csv", f"{HEADER}2025-02-10T00:00Z,elm,\n", "1 rows have no finite value"),
        ("labels.csv", f"{HEADER}2025-02-10T00:00Z,elm,maybe\n", "'maybe'"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(served, tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(DriftlineError) as raised:
        added(served, tmp_path / name, fires(ground_truth=GroundTruth(delivered=True)))
    assert said in str(raised.value)


def test_a_file_that_is_not_there_is_named(served, tmp_path):
    with pytest.raises(InvalidLabelsError, match="No such file"):
        added(served, tmp_path / "none.csv")
