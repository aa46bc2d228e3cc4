"""Small pipelines to break: a forest service with few rows a day, and a table of a few hundred persons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from driftline import (
    Daily,
    DataDrift,
    GroundTruth,
    LightGBM,
    ModelPipeline,
    Newest,
    PerformanceDrift,
    Promote,
    RandomShare,
    Retrain,
    Target,
    Window,
)
from driftline.datasets import simulate_fire_risk

Fault = Callable[[pd.DataFrame], pd.DataFrame]

LONG_AFTER = datetime(2025, 6, 1, tzinfo=UTC)


def day(text: str) -> datetime:
    """The midnight in UTC that a day starts with."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Forest:
    """A forest service whose single days, or whole answers, can be made faulty."""

    rows_per_day: int = 60
    faults: dict[str, Fault] = field(default_factory=dict)
    windows: list[Window] = field(default_factory=list)
    always: Fault | None = None

    def __call__(self, window: Window) -> pd.DataFrame:
        self.windows.append(window)
        frame = simulate_fire_risk(window, rows_per_day=self.rows_per_day)
        for faulty, fault in self.faults.items():
            start = day(faulty)
            if window.start < start + timedelta(days=1) and start < window.end:
                inside = Window(start, start + timedelta(days=1)).contains(frame["time"])
                frame = pd.concat([frame[~inside], fault(frame[inside])], ignore_index=True)
        return frame if self.always is None else self.always(frame)


def fires(forest: Forest | None = None, **changes: Any) -> ModelPipeline:
    """A stream of 42 days whose truth changes on 1 March; a day's labels are all there two days after it starts."""
    told = {
        "name": "fires",
        "dataset": forest or Forest(),
        "target": Target("fire", positive_class="yes"),
        "trainer": LightGBM(num_leaves=7, trees=15, min_leaf_rows=10),
        "metrics": ("auroc", "log_loss"),
        "holdout": Newest(duration="7d"),
        "partitions": Daily("2025-02-10", end="2025-03-24"),
        "entity": ("station",),
        "training_window": "28d",
        "ground_truth": GroundTruth(delay="1d"),
        "drift": (PerformanceDrift("auroc", window="7d", m_of_n=(1, 1)), DataDrift(window="7d")),
        "retrain": Retrain(trigger=None, choice=None, cooldown="7d"),
        "promote": Promote(confidence=None),
    }
    return ModelPipeline(**{**told, **changes})


def read_persons(window: Window | None = None) -> pd.DataFrame:
    """Three hundred persons; the older and the more taught earn more, and a coin decides the rest."""
    random = np.random.default_rng(3)
    age, years = random.integers(18, 70, size=300), random.integers(6, 20, size=300)
    rich = age / 50 + years / 12 + random.normal(0, 0.3, size=300) > 2.1
    job = random.choice(["clerk", "driver", "teacher"], size=300)
    return pd.DataFrame({"age": age, "years": years, "job": job, "income": np.where(rich, ">50K", "<=50K")})


def persons(dataset: Callable[[Window | None], pd.DataFrame] = read_persons, **changes: Any) -> ModelPipeline:
    """A table without partitions."""
    told = {
        "name": "persons",
        "dataset": dataset,
        "target": Target("income", positive_class=">50K"),
        "trainer": LightGBM(num_leaves=7, trees=15, min_leaf_rows=10),
        "metrics": ("auroc", "accuracy"),
        "holdout": RandomShare(share=0.3),
        "drift": (PerformanceDrift("auroc", below=0.6, m_of_n=(1, 1)), DataDrift()),
    }
    return ModelPipeline(**{**told, **changes})


DAYS = ["2025-02-10", "2025-02-11", "2025-02-12"]
FAULTY = DAYS[1]


def boom(frame):
    raise ConnectionError("the station does not answer")


def broken(window, fault):
    """A call for the faulty day alone is at fault, and one for more days raises."""
    frame = Forest()(window)
    if not window.start <= day(FAULTY) < window.end:
        return frame
    return fault(frame) if window.days == 1 else boom(frame)


MARCH = [f"2025-03-{number:02}" for number in range(1, 18)]
FROM_THE_START = [*(f"2025-02-{number}" for number in range(10, 29)), *MARCH]
