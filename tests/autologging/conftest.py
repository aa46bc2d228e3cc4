"""Autologging into an empty workspace, and what of it is stored there."""

import json

import pytest

from driftline.autologging import autolog
from driftline.experiments import describe_run, list_runs, metric_history
from driftline.tracking.origin import CHANGES, ENVIRONMENT
from tests.models_of_each_task import FEATURES, TARGETS

NUMBERS = FEATURES[["heat", "count"]]


class Logged:
    """The runs of a workspace, oldest first, and what they have."""

    def __init__(self, workspace):
        self.workspace = workspace

    def runs(self):
        listed = list_runs(self.workspace, first=1000)
        return [describe_run(self.workspace, run["run_id"]) for run in reversed(listed)]

    def only_run(self):
        [run] = self.runs()
        return run

    def files(self, run):
        """The content of the files of a run but those that each run records by itself."""
        files = {file["path"]: self.workspace.artifacts.get(file["digest"]) for file in run["artifacts"]}
        return {path: content for path, content in files.items() if path not in {ENVIRONMENT, CHANGES}}

    def json(self, run, path):
        return json.loads(self.files(run)[path])

    def history(self, run, key):
        return [point.value for point in metric_history(self.workspace, run["run_id"], key)]


@pytest.fixture
def logged(workspace):
    """What is logged while autologging is on."""
    autolog(experiment="auto", workspace=workspace)
    yield Logged(workspace)
    autolog(disable=True)
    workspace.database.close()


@pytest.fixture
def halves():
    """The even and the odd rows of a table with a signal, by task: features and target of each."""

    def of(task, features=FEATURES):
        target = TARGETS[task]
        return features[::2], target[::2], features[1::2], target[1::2]

    return of
