"""XGBoost: what is its own, of training, scoring and its files."""

import copy
import json
import random
import subprocess
import sys

import numpy as np
import pytest
import xgboost

from driftline.metrics import Task
from driftline.models import XGBoost, from_files, to_files
from driftline.models.errors import ModelFilesError, TrainingError
from tests.models_of_each_task import FEATURES, ROWS, SIGNAL, TARGETS, trained

NUMBERS = FEATURES[["heat", "count"]]
BINARY = {"task": Task.BINARY, "classes": ("no", "yes")}
JSON = "model.xgboost.json"


def test_params_are_what_was_chosen():
    params = XGBoost(max_depth=3, extra={"gamma": 0.5}).params()
    assert (params["max_depth"], params["gamma"], params["trees"]) == (3, 0.5, 100)


def test_extra_params_that_it_sets_itself_are_refused():
    with pytest.raises(TrainingError, match="max_depth, seed in extra"):
        XGBoost(extra={"seed": 1, "max_depth": 3})


def test_another_seed_gives_another_model():
    assert to_files(trained("xgboost", Task.BINARY, seed=1)) != to_files(trained("xgboost", Task.BINARY, seed=2))


@pytest.mark.parametrize(
    ("target", "classes", "message"),
    [
        (np.zeros(ROWS), ("no", "yes"), "one class index"),
        (np.full(ROWS, np.nan), ("no", "yes"), "600 targets are not finite"),
        (np.arange(ROWS) % 2, (), "0 class labels"),
    ],
)
def test_rows_that_teach_nothing_are_refused(target, classes, message):
    with pytest.raises(TrainingError, match=message):
        XGBoost().fit(FEATURES, target, task=Task.BINARY, classes=classes)


def test_scores_are_those_of_xgboost_itself():
    model = XGBoost(trees=10, max_depth=3).fit(NUMBERS, SIGNAL, task=Task.REGRESSION)
    own = xgboost.XGBRegressor(n_estimators=10, max_depth=3, learning_rate=0.1, n_jobs=1).fit(NUMBERS, SIGNAL)
    np.testing.assert_allclose(model.score(NUMBERS), own.predict(NUMBERS), rtol=1e-6)


def test_text_that_did_not_occur_in_training_is_missing():
    model = trained("xgboost", Task.REGRESSION)
    unseen, missing = (FEATURES.assign(kind=text).astype({"kind": "str"}) for text in ("birch", np.nan))
    np.testing.assert_array_equal(model.score(unseen), model.score(missing))
    assert (model.score(missing) != model.score(FEATURES)).any()


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e300, np.nan])
def test_numbers_that_32_bits_do_not_hold_are_scored(value):
    table = NUMBERS.assign(heat=np.where(np.arange(ROWS) == 0, value, NUMBERS["heat"]))
    model = XGBoost(trees=3).fit(table, SIGNAL, task=Task.REGRESSION)
    assert np.isfinite(model.score(table)).all()


@pytest.mark.parametrize(
    "trainer",
    [
        XGBoost(trees=3, extra={"grow_policy": "lossguide", "max_leaves": 4}),
        XGBoost(trees=3, extra={"tree_method": "approx"}),
        XGBoost(trees=3, extra={"num_parallel_tree": 4, "subsample": 0.5}),
        XGBoost(trees=20, extra={"gamma": 5.0}),  # pruned
        XGBoost(trees=3, extra={"max_cat_to_onehot": 1}),
        XGBoost(trees=3, min_child_weight=1e6),  # its trees have one leaf
        XGBoost(trees=0),
    ],
)
@pytest.mark.parametrize("task", list(Task))
def test_trees_of_any_kind_are_read_again(trainer, task):
    classes = {Task.BINARY: ("no", "yes"), Task.MULTICLASS: ("low", "mid", "high"), Task.REGRESSION: ()}[task]
    model = trainer.fit(FEATURES, TARGETS[task], task=task, classes=classes)
    files = to_files(model)
    assert np.array_equal(from_files(files).score(FEATURES), model.score(FEATURES))
    assert to_files(from_files(files)) == files


def test_scoring_changes_no_byte_of_what_is_stored():
    model = trained("xgboost", Task.BINARY)
    model.score(FEATURES)
    assert to_files(model) == to_files(trained("xgboost", Task.BINARY))


VALUES = [999_999_999, -1, "nan", "", None, [], [1, 2], {}, 1e300, 2**63, 0.5, True, "999999999"]


def places(node, at=()):
    """The path of each value of a JSON; of a long list only the first two and the last."""
    if at:
        yield at
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in inner:
        if not isinstance(name, int) or name < 2 or name == len(node) - 1:
            yield from places(value, (*at, name))


def broken(stored, draw):
    """A model of XGBoost with another value at one place, or none."""
    changed = copy.deepcopy(stored)
    *path, last = draw.choice(list(places(stored["learner"])))
    node = changed["learner"]
    for name in path:
        node = node[name]
    node[last] = draw.choice([value for value in VALUES if value != node[last]])
    return json.dumps(changed).encode()


@pytest.mark.parametrize("task", list(Task))
def test_a_broken_model_ends_no_process(task):
    files, refused = to_files(trained("xgboost", task)), 0
    stored = json.loads(files[JSON])
    for seed in range(150):
        body = broken(stored, random.Random(seed))  # noqa: S311
        try:
            from_files({**files, JSON: body}).score(FEATURES)
        except ModelFilesError:
            refused += 1
    assert 100 < refused < 150  # in the rest only what nobody reads is changed, or a number of a leaf


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"[" * 100_000, b"{}", b"\x80\x04", b'{"learner": {}}', b"1" * 5000]
)
def test_a_model_of_any_content_is_one_error(body):
    with pytest.raises(ModelFilesError, match="the model of XGBoost is broken"):
        from_files({**to_files(trained("xgboost", Task.BINARY)), JSON: body})


def test_a_model_of_other_columns_or_classes_is_refused():
    binary, three = (to_files(trained("xgboost", task)) for task in (Task.BINARY, Task.MULTICLASS))
    numbers = to_files(XGBoost(trees=3).fit(NUMBERS, TARGETS[Task.BINARY], **BINARY))
    for other in (three, numbers):
        with pytest.raises(ModelFilesError, match=r"it has other classes|it reads other columns"):
            from_files({**binary, JSON: other[JSON]})


def test_without_the_library_an_error_says_what_to_install():
    code = """
import sys
sys.modules["xgboost"] = None
import numpy, pandas
from driftline.errors import LibraryMissingError
from driftline.models import XGBoost
try:
    XGBoost().fit(pandas.DataFrame({"a": [0.0, 1.0]}), numpy.zeros(2), task="regression")
except LibraryMissingError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'driftline[xgboost]'" in ran.stdout
