import io
import json
import subprocess
import sys
import time
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from driftline.datasets.errors import MissingColumnError
from driftline.metrics import Task
from driftline.models import LightGBM, Sklearn, from_files, model_digest, to_files
from driftline.models.errors import ScoringError, TrainingError, UntrustedModelError

ROWS = 600


def table():
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "heat": random.normal(size=ROWS),
            "count": random.integers(0, 9, ROWS),
            "kind": pd.Categorical(random.choice(["oak", "pine", "élm"], ROWS)),
            "open": random.random(ROWS) < 0.5,
            'odd "name"': np.where(random.random(ROWS) < 0.3, np.nan, 1.0),
            "when": pd.date_range("2026-01-01", periods=ROWS, freq="h", tz="UTC"),
        }
    )


FEATURES = table()
SIGNAL = FEATURES["heat"].to_numpy() + (FEATURES["kind"] == "pine").to_numpy() + 0.1 * FEATURES["count"].to_numpy()
TARGETS = {
    Task.BINARY: (SIGNAL > 0.7).astype(int),
    Task.MULTICLASS: np.digitize(SIGNAL, [0.3, 1.2]),
    Task.REGRESSION: SIGNAL,
}
CLASSES = {Task.BINARY: ("no", "yes"), Task.MULTICLASS: ("low", "mid", "high"), Task.REGRESSION: ()}


def pipeline(final):
    columns = make_column_transformer(
        (StandardScaler(), ["heat", "count"]), (OneHotEncoder(handle_unknown="ignore"), ["kind"])
    )
    return Sklearn(make_pipeline(columns, final))


TRAINERS = {
    "lightgbm": lambda task: LightGBM(trees=20, num_leaves=7, column_share=0.7),
    "sklearn": lambda task: pipeline(LinearRegression() if task is Task.REGRESSION else LogisticRegression()),
}
EVERY = [(flavor, task) for flavor in TRAINERS for task in Task]


def trained(flavor, task, **options):
    return TRAINERS[flavor](task).fit(FEATURES, TARGETS[task], task=task, classes=CLASSES[task], **options)


@pytest.mark.parametrize(("flavor", "task"), EVERY)
def test_scores_have_the_shape_of_the_task_and_are_good(flavor, task):
    model = trained(flavor, task)
    scores = model.score(FEATURES)
    assert scores.shape == ((ROWS, 3) if task is Task.MULTICLASS else (ROWS,))
    truth = TARGETS[task]
    if task is Task.REGRESSION:
        assert np.corrcoef(scores, truth)[0, 1] > 0.9
    else:
        labels = np.array(CLASSES[task], dtype=object)[truth]
        assert (model.predict(FEATURES).to_numpy() == labels).mean() > 0.8


@pytest.mark.parametrize(("flavor", "task"), EVERY)
def test_the_same_training_gives_the_same_bytes(flavor, task):
    first, second = to_files(trained(flavor, task)), to_files(trained(flavor, task))
    assert first == second
    assert model_digest(first) == model_digest(second)


@pytest.mark.parametrize(("flavor", "task"), EVERY)
def test_a_model_survives_its_files(flavor, task):
    model = trained(flavor, task)
    files = to_files(model)
    loaded = from_files(files)
    np.testing.assert_array_equal(loaded.score(FEATURES), model.score(FEATURES))
    assert (loaded.flavor, loaded.task, loaded.classes, loaded.signature) == (
        model.flavor,
        model.task,
        model.classes,
        model.signature,
    )
    assert loaded.feature_importance == model.feature_importance
    pd.testing.assert_frame_equal(loaded.example, model.example, check_dtype=False)
    assert to_files(loaded) == files
    np.testing.assert_array_equal(loaded.score(loaded.example), model.score(FEATURES.head()))


@pytest.mark.parametrize("flavor", TRAINERS)
def test_predictions_keep_the_index_and_probabilities_add_up_to_one(flavor):
    model = trained(flavor, Task.BINARY)
    given = FEATURES.head(3).set_axis(["a", "b", "c"])
    likely = model.predict_proba(given)
    assert list(likely.columns) == ["no", "yes"]
    assert likely.index.tolist() == model.predict(given).index.tolist() == ["a", "b", "c"]
    np.testing.assert_allclose(likely.sum(axis=1), 1)
    np.testing.assert_array_equal(likely["yes"], model.score(given))


@pytest.mark.parametrize(("flavor", "task"), EVERY)
def test_no_rows_give_no_scores(flavor, task):
    model = trained(flavor, task)
    assert len(model.score(FEATURES[:0])) == 0
    assert model.predict(FEATURES[:0]).empty


@pytest.mark.parametrize("flavor", TRAINERS)
def test_importance_is_a_share_and_finds_the_signal(flavor):
    importance = trained(flavor, Task.BINARY).feature_importance
    assert sum(importance.values()) == pytest.approx(1)
    assert set(importance) == set(FEATURES.columns)
    assert next(iter(importance)) == "heat"


@pytest.mark.parametrize("flavor", TRAINERS)
def test_scoring_enforces_the_signature(flavor):
    with pytest.raises(MissingColumnError, match="'kind'"):
        trained(flavor, Task.BINARY).score(FEATURES.drop(columns="kind"))


@pytest.mark.parametrize("flavor", TRAINERS)
def test_how_text_is_held_changes_no_score(flavor):
    model = trained(flavor, Task.BINARY)
    as_text = FEATURES.assign(kind=FEATURES["kind"].astype(object))
    np.testing.assert_array_equal(model.score(as_text), model.score(FEATURES))


def test_lightgbm_reads_a_new_category_as_missing():
    model = trained("lightgbm", Task.BINARY)
    new, missing = FEATURES.assign(kind="maple"), FEATURES.assign(kind=None)
    np.testing.assert_array_equal(model.score(new), model.score(missing))


def test_lightgbm_scores_do_not_depend_on_how_many_rows_are_scored():
    model = trained("lightgbm", Task.BINARY)
    many = pd.concat([FEATURES] * 3, ignore_index=True)
    np.testing.assert_array_equal(model.score(many)[:ROWS], model.score(FEATURES))


def test_lightgbm_takes_a_time_as_a_number():
    late = (FEATURES["when"] > pd.Timestamp("2026-01-10", tz="UTC")).to_numpy().astype(int)
    features = FEATURES[["when", "heat"]]
    model = LightGBM(trees=5).fit(features, late, task=Task.BINARY, classes=("early", "late"))
    assert model.feature_importance["when"] > 0.9
    in_nanoseconds = features.assign(when=features["when"].dt.as_unit("ns"))
    np.testing.assert_array_equal(model.score(in_nanoseconds), model.score(features))


def test_another_seed_gives_another_model():
    assert to_files(trained("lightgbm", Task.BINARY, seed=1)) != to_files(trained("lightgbm", Task.BINARY, seed=2))


def test_lightgbm_params_are_what_was_chosen():
    params = LightGBM(num_leaves=15, extra={"cat_smooth": 20}).params()
    assert params["num_leaves"] == 15
    assert params["cat_smooth"] == 20


def test_lightgbm_refuses_extra_params_that_it_sets_itself():
    with pytest.raises(TrainingError, match="num_leaves, seed in extra"):
        LightGBM(extra={"seed": 1, "num_leaves": 3})


def test_sklearn_params_are_plain_and_its_name_is_the_last_step():
    trainer = pipeline(LogisticRegression(C=0.5))
    assert trainer.name == "LogisticRegression"
    assert trainer.params()["logisticregression__C"] == 0.5
    json.dumps(trainer.params())


def test_sklearn_leaves_the_given_estimator_unfitted():
    trainer = pipeline(LogisticRegression())
    trainer.fit(FEATURES, TARGETS[Task.BINARY], task=Task.BINARY, classes=("no", "yes"))
    assert not hasattr(trainer.estimator[-1], "coef_")


def test_sklearn_seeds_what_leaves_its_randomness_open():
    forest = Sklearn(RandomForestRegressor(5), trusted=("sklearn.tree._tree.Tree",))
    one, again, other = (
        forest.fit(FEATURES[["heat"]], SIGNAL, task=Task.REGRESSION, seed=seed).score(FEATURES) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_sklearn_gives_a_class_without_training_rows_no_probability():
    model = pipeline(LogisticRegression()).fit(
        FEATURES, TARGETS[Task.BINARY] * 2, task=Task.MULTICLASS, classes=("a", "b", "c")
    )
    scores = model.score(FEATURES)
    assert (scores[:, 1] == 0).all()
    np.testing.assert_allclose(scores.sum(axis=1), 1)


def test_sklearn_refuses_a_classifier_without_probabilities():
    with pytest.raises(TrainingError, match="no predict_proba"):
        Sklearn(LinearSVC()).fit(FEATURES[["heat"]], TARGETS[Task.BINARY], task=Task.BINARY, classes=("no", "yes"))


def test_types_that_are_not_trusted_are_neither_stored_nor_loaded():
    tree = "sklearn.tree._tree.Tree"
    rows = {
        "features": FEATURES[["heat"]],
        "target": TARGETS[Task.BINARY],
        "task": Task.BINARY,
        "classes": ("n", "y"),
    }
    with pytest.raises(UntrustedModelError, match=tree):
        Sklearn(RandomForestClassifier(3)).fit(**rows)
    files = to_files(Sklearn(RandomForestClassifier(3), trusted=(tree,)).fit(**rows))
    with pytest.raises(UntrustedModelError, match=tree):
        from_files(files)
    assert from_files(files, trusted=(tree,)).score(FEATURES).shape == (ROWS,)


def test_skops_files_hold_no_time_and_no_address():
    with zipfile.ZipFile(io.BytesIO(to_files(trained("sklearn", Task.BINARY))["model.skops"])) as stored:
        assert {entry.date_time[0] for entry in stored.infolist()} == {1980}
        assert all(int(name.split(".")[0]) < 10_000 for name in stored.namelist() if name != "schema.json")


IN_ANOTHER_PROCESS = """
import sys
sys.path.insert(0, {folder!r})
from test_training_and_storage import *
print(model_digest(to_files(trained({flavor!r}, Task.BINARY))))
"""


@pytest.mark.parametrize("flavor", TRAINERS)
def test_another_process_trains_the_same_bytes(flavor, request):
    code = IN_ANOTHER_PROCESS.format(folder=str(request.path.parent), flavor=flavor)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == model_digest(to_files(trained(flavor, Task.BINARY)))


def test_importing_the_room_imports_no_learning_library():
    code = "import sys, driftline.models, driftline.datasets as _; "
    code += "print({'lightgbm', 'sklearn', 'skops'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("target", "classes", "message"),
    [
        (np.zeros(ROWS), ("no", "yes"), "one class index"),
        (np.zeros(3), ("no", "yes"), r"shape \(3,\)"),
        (np.full(ROWS, np.nan), ("no", "yes"), "600 targets are not finite"),
        (np.arange(ROWS) % 3, ("no", "yes"), "class indexes 0 to 2 and 2 class labels"),
        (np.arange(ROWS) % 2, (), "0 class labels"),
    ],
)
def test_rows_that_teach_nothing_are_refused(target, classes, message):
    for trainer in (LightGBM(), pipeline(LogisticRegression())):
        with pytest.raises(TrainingError, match=message):
            trainer.fit(FEATURES, target, task=Task.BINARY, classes=classes)


def test_an_empty_table_is_refused():
    with pytest.raises(TrainingError, match=r"shape \(0, 6\)"):
        LightGBM().fit(FEATURES[:0], np.zeros(0), task=Task.REGRESSION)


def test_a_regression_has_no_probabilities():
    with pytest.raises(ScoringError, match="regression"):
        trained("lightgbm", Task.REGRESSION).predict_proba(FEATURES)


def test_a_small_table_is_scored_within_milliseconds():
    model = trained("lightgbm", Task.BINARY)
    rows = FEATURES.head(48)

    def elapsed():
        start = time.perf_counter()
        model.score(rows)
        return time.perf_counter() - start

    # The best of many is what the code takes; the others are what a busy machine adds.
    assert min(elapsed() for _ in range(50)) < 0.005


class Broken:
    def score(self, _features):
        raise ValueError("the oven is cold")

    def to_bytes(self):
        return b""


def test_an_estimator_that_raises_is_named_with_its_words():
    model = replace(trained("lightgbm", Task.BINARY), estimator=Broken())
    with pytest.raises(ScoringError, match="ValueError: the oven is cold"):
        model.score(model.example)
