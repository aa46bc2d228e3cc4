"""A retraining from the reading to the judgement, and recipes for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from driftline.retraining import adjudicate, read_dataset, train
from driftline.store import run_rows

COLD = RuntimeError("the oven is cold")


@dataclass(frozen=True)
class Broken:
    """A recipe that cannot be followed."""

    error: BaseException = COLD
    name = "Broken"

    def params(self):
        return {}

    def fit(self, *_args, **_kwargs):
        raise self.error


@dataclass(frozen=True)
class Stuck:
    """A recipe that says when it has begun, and does not come to its end."""

    begun: Callable[[], None]
    name = "Stuck"

    def params(self):
        return {}

    def fit(self, *_args, **_kwargs):
        self.begun()
        time.sleep(60)


def of_run(workspace, run_id, table):
    with workspace.database.reading() as session:
        return run_rows.of_runs(session, table, [run_id])[run_id]


def retrain(workspace, pipeline, **told):
    read_dataset(workspace, pipeline)
    train(workspace, pipeline, **told)
    return adjudicate(workspace, pipeline)
