"""Income: does a person earn more than 50,000 dollars a year? The Adult census of 1994, in its original split."""

from pathlib import Path

import pandas as pd

from driftline import (
    AcceptedRange,
    AcceptedValues,
    DataDrift,
    LightGBM,
    MissingShare,
    ModelPipeline,
    PerformanceDrift,
    Promote,
    Retrain,
    SplitColumn,
    Target,
    Window,
)
from driftline.datasets import openml
from driftline.settings import Settings

COLUMNS = [
    "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship",
    "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income",
]  # fmt: skip
OPENML_TEST_ROWS = 16_281  # OpenML holds the test file first, then the training file


def read_income(window: Window | None) -> pd.DataFrame:
    """Return all persons, with the column `split` saying which file of the original split they are from."""
    settings = Settings()
    if settings.data_dir is not None:
        parts = {name: _read(settings.data_dir / f"adult-{name}.csv") for name in ("train", "test")}
        return pd.concat([rows.assign(split=name) for name, rows in parts.items()], ignore_index=True)
    table = openml(1590, cache=settings.cache).set_axis(COLUMNS, axis="columns")
    return table.assign(split=["test" if row < OPENML_TEST_ROWS else "train" for row in range(len(table))])


def _read(file: Path) -> pd.DataFrame:
    """Return a file as it was published: spaces after the commas, unknowns as `?`, a full stop after test labels."""
    rows = pd.read_csv(file, names=COLUMNS, skipinitialspace=True, na_values="?")
    return rows.assign(income=rows["income"].str.removesuffix("."))


income = ModelPipeline(
    name="income",
    description="Does a person earn more than 50,000 dollars a year? Adult census, original split.",
    dataset=read_income,
    target=Target("income", positive_class=">50K"),
    trainer=LightGBM(
        num_leaves=24,
        trees=250,
        learning_rate=0.06,
        column_share=0.5,
        l2=5.0,
        extra={"cat_smooth": 20, "cat_l2": 20},
    ),
    metrics=("auroc", "accuracy", "log_loss", "brier"),
    holdout=SplitColumn(column="split", holdout="test"),
    quality=(
        AcceptedRange("age", min_value=17, max_value=90),
        AcceptedValues("income", values=("<=50K", ">50K")),
        MissingShare("occupation", max_share=0.1, severity="warn"),  # 5.8 % as published
    ),
    drift=(PerformanceDrift("auroc", below=0.92, m_of_n=(1, 1)), DataDrift()),
    retrain=Retrain(schedule="0 7 * * *", on_drift=("performance",)),
    promote=Promote(min_gain=0.0, confidence=0.95),
    floor=0.9,
    owners=("team:census",),
)
