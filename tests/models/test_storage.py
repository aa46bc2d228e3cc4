"""Models survive their files, byte for byte, and only trusted types are stored and loaded."""

import io
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from driftline.metrics import Task
from driftline.models import Sklearn, from_files, model_digest, to_files
from driftline.models.errors import (
    UntrustedModelError,
)
from tests.models_of_each_task import EVERY, FEATURES, ROWS, TARGETS, TRAINERS, trained


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


class Halved(TransformerMixin, BaseEstimator):
    """A step of somebody's own."""

    def fit(self, x, y=None):
        return self

    def transform(self, x):
        return x / 2


def test_types_that_are_not_trusted_are_neither_stored_nor_loaded():
    own = "tests.models.test_storage.Halved"
    rows = {
        "features": FEATURES[["heat"]],
        "target": TARGETS[Task.BINARY],
        "task": Task.BINARY,
        "classes": ("n", "y"),
    }
    estimator = make_pipeline(Halved(), LogisticRegression())
    with pytest.raises(UntrustedModelError, match=rf"Sklearn\(estimator, trusted=\('{own}',\)\)"):
        Sklearn(estimator).fit(**rows)
    files = to_files(Sklearn(estimator, trusted=(own,)).fit(**rows))
    with pytest.raises(UntrustedModelError, match=own):
        from_files(files)
    assert from_files(files, trusted=(own,)).score(FEATURES).shape == (ROWS,)


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(3),
        GradientBoostingClassifier(n_estimators=3),
        HistGradientBoostingClassifier(max_iter=3),
        KNeighborsClassifier(),
        KNeighborsClassifier(algorithm="ball_tree", p=1),
        MLPClassifier((3,), max_iter=5),
        SVC(probability=True),
        GaussianNB(),
        CalibratedClassifierCV(LogisticRegression()),
        VotingClassifier([("a", LogisticRegression()), ("b", DecisionTreeClassifier(max_depth=2))], voting="soft"),
        StackingClassifier([("a", LogisticRegression()), ("b", GaussianNB())], cv=2),
        make_pipeline(SimpleImputer(), StandardScaler(), SelectKBest(k=1), LogisticRegression()),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
@pytest.mark.filterwarnings("ignore")
def test_usual_estimators_need_no_word_about_trust(estimator):
    rows = {
        "features": FEATURES[["heat"]].fillna(0),
        "target": TARGETS[Task.BINARY],
        "task": Task.BINARY,
        "classes": ("n", "y"),
    }
    model = Sklearn(estimator).fit(**rows)
    np.testing.assert_array_equal(from_files(to_files(model)).score(rows["features"]), model.score(rows["features"]))


def test_skops_files_hold_no_time_and_no_address():
    with zipfile.ZipFile(io.BytesIO(to_files(trained("sklearn", Task.BINARY))["model.skops"])) as stored:
        assert {entry.date_time[0] for entry in stored.infolist()} == {1980}
        assert all(int(name.split(".")[0]) < 10_000 for name in stored.namelist() if name != "schema.json")


IN_ANOTHER_PROCESS = """
import sys
sys.path.insert(0, {folder!r})
from driftline.metrics import Task
from driftline.models import model_digest, to_files
from tests.models_of_each_task import trained
print(model_digest(to_files(trained({flavor!r}, Task.BINARY))))
"""


@pytest.mark.parametrize("flavor", TRAINERS)
def test_another_process_trains_the_same_bytes(flavor, request):
    code = IN_ANOTHER_PROCESS.format(folder=str(request.path.parents[2]), flavor=flavor)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == model_digest(to_files(trained(flavor, Task.BINARY)))


def test_importing_the_room_imports_no_learning_library():
    code = "import sys, driftline.models, driftline.datasets as _; "
    code += "print({'lightgbm', 'sklearn', 'skops'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
