"""A `fit` of scikit-learn logs itself: what went in, what came out, and nothing twice."""

import logging
import pickle
import threading

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from driftline.autologging import autolog
from driftline.autologging.guard import _WARNED
from driftline.autologging.options import Options, set_options
from driftline.autologging.training_log import What
from driftline.metrics import Task
from driftline.models import from_files
from driftline.tracking import start_run
from tests.models_of_each_task import FEATURES, SIGNAL, TARGETS

NUMBERS = FEATURES[["heat", "count"]]
LABELS = np.where(TARGETS[Task.BINARY] == 1, "yes", "no")


def stored_model(logged, run):
    return from_files({path.removeprefix("model/"): content for path, content in logged.files(run).items()})


def test_a_classifier_logs_its_params_its_score_and_a_model_that_predicts_as_it_does(logged):
    fitted = LogisticRegression(C=0.5).fit(NUMBERS, LABELS)
    run = logged.only_run()
    assert (run["experiment"], run["name"], run["status"]) == ("auto", "LogisticRegression", "finished")
    assert (run["params"]["estimator"], run["params"]["C"], run["params"]["class_weight"]) == (
        "LogisticRegression",
        0.5,
        None,
    )
    assert run["metrics"]["final/training/accuracy"] == pytest.approx(fitted.score(NUMBERS, LABELS))
    assert set(run["metrics"]) == {
        "final/training/accuracy",
        "final/training/log_loss",
        "final/training/auroc",
        "training_duration_s",
    }
    model = stored_model(logged, run)
    assert (model.task, model.classes) == (Task.BINARY, ("no", "yes"))
    assert model.predict(NUMBERS).tolist() == fitted.predict(NUMBERS).tolist()
    assert list(logged.json(run, "feature_importance.json")) == ["heat", "count"]


def test_a_regressor_on_an_array_logs_a_model_that_predicts_as_it_does(logged):
    fitted = Ridge(alpha=2.0).fit(NUMBERS.to_numpy(), SIGNAL)
    run = logged.only_run()
    assert set(run["metrics"]) == {
        "final/training/rmse",
        "final/training/mae",
        "final/training/r2",
        "training_duration_s",
    }
    assert run["metrics"]["final/training/r2"] == pytest.approx(fitted.score(NUMBERS.to_numpy(), SIGNAL))
    table = NUMBERS.astype(float).set_axis(["x0", "x1"], axis=1)
    assert np.allclose(stored_model(logged, run).score(table), fitted.predict(NUMBERS.to_numpy()))


def test_a_pipeline_is_one_run_with_the_importance_of_the_columns_of_its_last_step(logged):
    columns = make_column_transformer((StandardScaler(), ["heat", "count"]), (OneHotEncoder(), ["kind"]))
    fitted = make_pipeline(columns, LogisticRegression()).fit(FEATURES, TARGETS[Task.MULTICLASS])
    run = logged.only_run()
    assert (run["name"], run["params"]["estimator"]) == ("LogisticRegression", "Pipeline")
    assert run["params"]["logisticregression__C"] == 1.0
    assert run["params"]["columntransformer"] == "ColumnTransformer"
    assert "standardscaler__heat" in logged.json(run, "feature_importance.json")
    assert np.allclose(stored_model(logged, run).score(FEATURES), fitted.predict_proba(FEATURES))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_search_is_one_run_and_its_candidates_are_runs_below_it(logged, workers):
    search = GridSearchCV(make_pipeline(StandardScaler(), Ridge()), {"ridge__alpha": [0.1, 1.0, 1e6]}, n_jobs=workers)
    search.fit(NUMBERS, SIGNAL)
    [run, *candidates] = logged.runs()
    assert (run["name"], run["params"]["candidates"]) == ("GridSearchCV", 3)
    assert run["params"]["best/ridge__alpha"] == search.best_params_["ridge__alpha"]
    assert run["metrics"]["best_score"] == search.best_score_
    assert [one["parent_run_id"] for one in candidates] == [run["run_id"]] * 3
    assert [one["params"]["ridge__alpha"] for one in candidates][-1] == 1e6  # the best ones first
    assert candidates[0]["metrics"]["mean_test_score"] == search.best_score_
    assert len(logged.json(run, "candidates.json")) == 3
    assert np.allclose(stored_model(logged, run).score(NUMBERS), search.predict(NUMBERS))


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(n_estimators=5),
        BaggingClassifier(LogisticRegression(), n_estimators=3),
        VotingClassifier([("a", LogisticRegression()), ("b", RandomForestClassifier(n_estimators=3))]),
        StackingClassifier([("a", LogisticRegression())], LogisticRegression(), cv=2),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_a_training_trains_as_a_part_of_it_is_not_logged_again(logged, estimator):
    with joblib.parallel_backend("threading", n_jobs=2):
        estimator.fit(NUMBERS, LABELS)
    assert logged.only_run()["name"] == type(estimator).__name__


def test_a_class_of_ones_own_is_logged_once_also_where_it_fits_what_it_is_derived_from(logged):
    class Own(LogisticRegression):
        def fit(self, X, y):  # noqa: N803
            return super().fit(X, y)

    Own().fit(NUMBERS, LABELS)
    assert logged.only_run()["name"] == "Own"


def test_trainings_of_two_threads_have_a_run_each(logged):
    threads = [threading.Thread(target=Ridge(alpha=alpha).fit, args=(NUMBERS, SIGNAL)) for alpha in (1.0, 2.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(run["params"]["alpha"] for run in logged.runs()) == [1.0, 2.0]


def test_what_cannot_predict_is_no_training_and_a_clustering_has_params_alone(logged):
    StandardScaler().fit(NUMBERS)
    KMeans(2, n_init=1).fit(NUMBERS)
    run = logged.only_run()
    assert (run["name"], run["params"]["n_clusters"], set(run["metrics"])) == ("KMeans", 2, {"training_duration_s"})


def test_a_training_that_fails_fails_its_run_and_raises_what_it_raised(logged):
    with pytest.raises(ValueError, match="NaN"):
        LinearRegression().fit(NUMBERS.assign(heat=np.nan), SIGNAL)
    run = logged.only_run()
    assert run["status"] == "failed"
    assert "NaN" in run["error"]
    assert run["params"]["estimator"] == "LinearRegression"


class Untrusted(ClassifierMixin, BaseEstimator):
    """A classifier that skops refuses to store."""

    def fit(self, X, y):  # noqa: N803
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):  # noqa: N803
        return np.full(len(X), self.classes_[0])

    def predict_proba(self, X):  # noqa: N803
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))


def test_a_model_that_cannot_be_stored_is_warned_of_once_and_the_rest_is_logged(logged, caplog):
    _WARNED.clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            Untrusted().fit(NUMBERS, LABELS)
    assert [record.message for record in caplog.records if "not trusted" in record.message] == [
        record.message for record in caplog.records
    ]
    assert len(caplog.records) == 1
    assert all("final/training/accuracy" in run["metrics"] for run in logged.runs())


@pytest.mark.parametrize(
    ("estimator", "inputs"),
    [
        (LogisticRegression(), csr_matrix(NUMBERS.to_numpy())),
        (LogisticRegression(), NUMBERS.to_numpy().tolist()),
        (LinearSVC(), NUMBERS),
        (LogisticRegression(), NUMBERS.set_axis([0, 1], axis=1)),
    ],
    ids=["sparse", "lists", "no probabilities", "numbered columns"],
)
def test_a_training_of_unusual_rows_is_logged_as_far_as_it_goes(logged, estimator, inputs):
    estimator.fit(inputs, LABELS)
    run = logged.only_run()
    assert run["status"] == "finished"
    assert "training_duration_s" in run["metrics"]


def test_a_store_that_does_not_serve_stops_no_training(logged, caplog, tmp_path):
    _WARNED.clear()

    class Broken:
        def active(self):
            return None

        def start(self, **_):
            raise OSError("no answer")

    set_options(Options(runs=Broken(), what=What()))
    assert Ridge().fit(NUMBERS, SIGNAL).predict(NUMBERS).shape == (600,)
    assert Ridge().fit(NUMBERS, SIGNAL) is not None
    assert [record.message for record in caplog.records] == ["Autologging leaves out a training: OSError: no answer"]


def test_a_run_that_breaks_amid_a_training_stops_it_not(logged):
    class Breaking:
        run_id = "broken"

        def __getattr__(self, name):
            raise OSError("no answer")

    class Active:
        def active(self):
            return Breaking()

    set_options(Options(runs=Active(), what=What()))
    assert Ridge().fit(NUMBERS, SIGNAL).coef_.shape == (2,)


class Odd(BaseEstimator):
    """An estimator that answers no question about itself."""

    def fit(self, X):  # noqa: N803
        self.seen = len(X)
        return self

    @property
    def predict(self):
        raise RuntimeError("ask somebody else")


def test_an_estimator_that_answers_no_question_is_fitted(logged):
    assert Odd().fit(NUMBERS).seen == len(NUMBERS)
    assert logged.runs() == []


def test_two_trainings_of_one_run_are_told_apart(logged):
    with start_run("mine", workspace=logged.workspace) as run:
        Ridge(alpha=1.0).fit(NUMBERS, SIGNAL)
        Ridge(alpha=2.0).fit(NUMBERS, SIGNAL)
    assert run.run_id == logged.only_run()["run_id"]
    described = logged.only_run()
    assert (described["params"]["alpha"], described["params"]["training_2/alpha"]) == (1.0, 2.0)
    assert {"model/model.json", "training_2/model/model.json"} <= set(logged.files(described))
    assert "training_2/final/training/rmse" in described["metrics"]


def test_nothing_is_logged_after_autologging_is_turned_off(logged):
    autolog(disable=True)
    Ridge().fit(NUMBERS, SIGNAL)
    assert logged.runs() == []


def test_models_and_plots_are_left_out_where_that_is_asked_for(logged):
    autolog(workspace=logged.workspace, models=False)
    Ridge().fit(NUMBERS, SIGNAL)
    assert set(logged.files(logged.only_run())) == {"feature_importance.json"}


def test_an_estimator_is_cloned_pickled_and_cross_validated_as_ever(logged):
    again = pickle.loads(pickle.dumps(Ridge().fit(NUMBERS, SIGNAL)))  # noqa: S301
    assert np.allclose(again.predict(NUMBERS), Ridge().fit(NUMBERS, SIGNAL).predict(NUMBERS))
    assert len(cross_val_score(Ridge(), NUMBERS, pd.Series(SIGNAL), cv=3, n_jobs=2)) == 3
