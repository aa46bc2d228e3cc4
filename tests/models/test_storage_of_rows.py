"""A model scores the same rows alike, whatever holds them in memory, and learns the same from them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from driftline import LightGBM, Sklearn
from driftline.metrics import Task

random = np.random.default_rng(0)
ROWS = pd.DataFrame(
    {
        "whole": random.integers(0, 9, 200),
        "number": random.normal(size=200),
        "flag": random.random(200) < 0.5,
        "kind": random.choice(list("abc"), 200),
        "opened": pd.date_range("2025-01-01", periods=200, freq="h", tz="UTC").as_unit("us"),
    }
)
TRUTH = ((ROWS["whole"] + ROWS["number"] + 3 * ROWS["flag"]) > 5).to_numpy().astype(float)
OTHERS = {
    "nullable": ROWS.convert_dtypes(),
    "Arrow": ROWS.convert_dtypes(dtype_backend="pyarrow"),
    "objects": ROWS.astype(object),
    "category and ns": ROWS.assign(kind=ROWS["kind"].astype("category"), opened=ROWS["opened"].dt.as_unit("ns")),
    "Arrow seconds": ROWS.assign(opened=ROWS["opened"].astype(pd.ArrowDtype(pa.timestamp("s", "UTC")))),
    "another zone": ROWS.assign(opened=ROWS["opened"].dt.tz_convert("Asia/Tokyo")),
    "whole numbers as floats": ROWS.assign(whole=ROWS["whole"].astype(float)),
}
TRAINERS = {
    "LightGBM": (LightGBM(trees=20, min_leaf_rows=5), list(ROWS.columns)),
    "Sklearn": (Sklearn(make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())), ["flag", "kind"]),
}


@pytest.mark.parametrize("form", OTHERS)
@pytest.mark.parametrize("trainer", TRAINERS)
def test_the_same_rows_have_the_same_scores(trainer, form):
    recipe, columns = TRAINERS[trainer]
    model = recipe.fit(ROWS[columns], TRUTH, task=Task.BINARY, classes=("no", "yes"))
    expected = model.score(ROWS[columns])
    assert np.ptp(expected) > 0.1
    assert np.array_equal(model.score(OTHERS[form][columns]), expected)
    again = recipe.fit(OTHERS[form][columns], TRUTH, task=Task.BINARY, classes=("no", "yes"))
    assert np.array_equal(again.score(ROWS[columns]), expected)
