import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from driftline.metrics import Task
from driftline.models import LightGBM, Sklearn, from_files, model_digest, to_files
from driftline.models.errors import ModelFilesError

FEATURES = pd.DataFrame({"heat": np.linspace(0, 1, 100)})
TARGET = np.arange(100) // 50


def boosted_files():
    return to_files(LightGBM(trees=3).fit(FEATURES, TARGET, task=Task.BINARY, classes=("no", "yes")))


@pytest.mark.parametrize("path", ["model.json", "model.txt", "example.json"])
def test_a_missing_or_broken_file_is_named(path):
    files = boosted_files()
    with pytest.raises(ModelFilesError, match=f"{path} is missing"):
        from_files({name: body for name, body in files.items() if name != path})
    with pytest.raises(ModelFilesError, match=r"broken|LightGBM does not read"):
        from_files({**files, path: b"other"})


def test_a_broken_skops_file_is_refused():
    files = to_files(Sklearn(LogisticRegression()).fit(FEATURES, TARGET, task=Task.BINARY, classes=("no", "yes")))
    with pytest.raises(ModelFilesError, match="skops"):
        from_files({**files, "model.skops": b"other"})


def test_a_newer_format_is_refused():
    files = boosted_files()
    newer = json.dumps(json.loads(files["model.json"]) | {"format_version": 2}).encode()
    with pytest.raises(ModelFilesError, match="format version 2"):
        from_files({**files, "model.json": newer})


def test_the_digest_of_a_model_counts_paths_and_contents():
    files = {"a": b"1", "b": b"2"}
    assert model_digest(files) == model_digest(dict(reversed(files.items())))
    assert len({model_digest(f) for f in (files, {"a": b"2", "b": b"1"}, {"a": b"12", "b": b""}, {"a": b"1"})}) == 4
