"""Models that a script has trained: kept with its run, registered, and loaded as any other."""

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge

import driftline
from driftline.registry import load_model, log_model, promote, register_model
from driftline.registry.errors import (
    InvalidModelReferenceError,
    NoModelLoggedError,
    UnregistrableModelError,
)
from driftline.tracking import start_run
from driftline.tracking.errors import FrozenArtifactError, NoActiveRunError, UnknownRunError

ROWS = pd.DataFrame({"x": np.arange(60.0), "k": np.arange(60) % 7})
LABELS = np.where(ROWS["x"] > 30, "yes", "no")


def test_a_logged_model_is_registered_later_and_loaded_by_its_name(workspace):
    fitted = RandomForestClassifier(5, random_state=0).fit(ROWS, LABELS)  # whose files are others each time
    with start_run("script", workspace=workspace) as run:
        assert log_model(fitted, ROWS) is None
    version = register_model(f"runs:/{run.run_id}/model", "scripted", workspace=workspace)
    again = register_model(run.run_id[:8], "scripted", workspace=workspace)
    assert (version.version, again.version, again.digest) == (1, 2, version.digest)
    promote(workspace, "scripted", 2, actor="ann", reason="It is what we have.")
    loaded = load_model("scripted@champion", workspace=workspace)
    assert loaded.classes == ("no", "yes")
    assert np.allclose(loaded.score(ROWS), fitted.predict_proba(ROWS)[:, 1])


@pytest.mark.parametrize(
    "fitted", [Ridge().fit(ROWS, ROWS["x"]), LGBMClassifier(n_estimators=3, verbosity=-1).fit(ROWS, LABELS)]
)
def test_a_model_is_registered_at_once_where_a_name_is_given(workspace, fitted):
    with start_run("script", workspace=workspace) as run:
        version = log_model(fitted, ROWS, registered_model_name="at_once")
        with pytest.raises(FrozenArtifactError):
            log_model(Ridge(alpha=9).fit(ROWS, ROWS["k"]), ROWS)
    assert (version.version, version.run_id) == (1, run.run_id)
    assert load_model("at_once/1", workspace=workspace).signature.names == ("x", "k")


def test_what_cannot_be_kept_or_registered_is_said(workspace):
    with pytest.raises(NoActiveRunError):
        driftline.log_model(Ridge().fit(ROWS, ROWS["x"]), ROWS)
    with start_run("script", workspace=workspace) as run, pytest.raises(UnregistrableModelError, match="KMeans"):
        log_model(KMeans(2, n_init=1).fit(ROWS), ROWS)
    with pytest.raises(NoModelLoggedError, match=run.run_id):
        register_model(run.run_id, "none", workspace=workspace)
    with pytest.raises(UnknownRunError):
        register_model("f" * 32, "none", workspace=workspace)
    with pytest.raises(InvalidModelReferenceError):
        register_model(run.run_id, "no name", workspace=workspace)
