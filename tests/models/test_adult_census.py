import os
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from driftline.datasets import Target, classes_of, encode, task_of
from driftline.models import LightGBM, from_files, to_files

FOLDER = Path(os.environ.get("DRIFTLINE_DATA_DIR") or Path(__file__).parents[2] / ".." / "shared" / "data")
COLUMNS = ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation"]
COLUMNS += ["relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country"]
COLUMNS += ["income"]
TARGET = Target("income", positive_class=">50K")
TRAINER = LightGBM(
    num_leaves=24,
    trees=250,
    learning_rate=0.06,
    column_share=0.5,
    l2=5.0,
    extra={"cat_smooth": 20, "cat_l2": 20},
)

pytestmark = pytest.mark.skipif(
    not (FOLDER / "adult-train.csv").exists(),
    reason="set DRIFTLINE_DATA_DIR to a folder with adult-train.csv",
)


def read(name):
    frame = pd.read_csv(FOLDER / name, names=COLUMNS, skipinitialspace=True, na_values="?")
    return frame.assign(income=frame["income"].str.removesuffix("."))


def test_the_declared_model_is_good_on_the_official_test_rows_and_the_same_each_time():
    train, test = read("adult-train.csv"), read("adult-test.csv")
    classes = classes_of(TARGET, train)
    features, target = train.drop(columns="income"), encode(TARGET, train)
    models = [TRAINER.fit(features, target, task=task_of(TARGET, train), classes=classes) for _ in range(2)]
    models.append(from_files(to_files(models[0])))
    truth = encode(TARGET, test, classes=classes)
    one, again, loaded = (roc_auc_score(truth, model.score(test)) for model in models)
    assert one == again == loaded
    assert one >= 0.9285
