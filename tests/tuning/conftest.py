"""Small tables, and trainers that can be made to fail, to count and to show what they were given."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pytest

from driftline import open_workspace
from driftline.metrics import Task
from driftline.models import LightGBM

ROWS = 400


def table(seed=0, rows=ROWS):
    """Persons, of whom some have bought: the signal is in two columns, and a coin decides the rest."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": random.integers(18, 80, rows),
            "income": random.normal(size=rows),
            "town": random.choice(["Ulm", "Bonn", "Kiel"], rows),
            "customer": random.integers(0, rows // 4, rows),
            "day": pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(random.permutation(rows), unit="h"),
        }
    )
    odds = frame["age"] / 40 + frame["income"] + (frame["town"] == "Ulm") - 1.5
    return frame.assign(bought=np.where(random.random(rows) < 1 / (1 + np.exp(-2 * odds)), "yes", "no"))


FEATURES = table()[["age", "income", "town"]]
TARGET = (table()["bought"] == "yes").to_numpy().astype(int)
BINARY = {"task": Task.BINARY, "classes": ("no", "yes")}
SMALL = {"most_trees": 30, "patience": 5}


@dataclass(frozen=True)
class Spy:
    """A recipe that trains a few trees, and remembers which rows it was given; some of its values fail."""

    depth: int = 1
    seen: list = field(default_factory=list, hash=False, compare=False)
    nan: int | None = None
    faults: Mapping[int, Exception] = field(default_factory=dict, hash=False, compare=False)
    name = "Spy"

    def params(self):
        return {"depth": self.depth}

    def with_params(self, params):
        return replace(self, **params)

    def fit(self, features, target, *, task, classes=(), seed=None):
        self.seen.append(features)
        if self.depth in self.faults:
            raise self.faults[self.depth]
        model = LightGBM(trees=3, num_leaves=1 + self.depth).fit(features, target, task=task, classes=classes)
        return replace(model, estimator=NotANumber()) if self.depth == self.nan else model


class NotANumber:
    """A model without an answer."""

    def score(self, features):
        return np.full(len(features), np.nan)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of its own, and the workspace in it."""
    for name in ("DRIFTLINE_DATABASE_URL", "DRIFTLINE_RUN_ID", "DRIFTLINE_SERVER_URL", "DRIFTLINE_PRICE_PER_HOUR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DRIFTLINE_HOME", str(tmp_path / "home"))
    workspace = open_workspace()
    yield workspace
    workspace.database.close()
