"""A retraining whose process died is known as such at once, and holds up no other."""

import pytest

from driftline.experiments import list_runs
from driftline.retraining import decide_reports, read_dataset, train, waiting_retrainings
from tests.forks import again, ended, forked
from tests.histories import decisions
from tests.retraining.test_decide_reports import DRIFTED, watch
from tests.retrainings import Stuck
from tests.streams import fires

on_one_database = pytest.mark.parametrize("served", ["sqlite"], indirect=True)


def training(workspace, artifacts, **told):
    """What a process does that trains and does not come to its end."""

    def work(begun):
        own = again(workspace, artifacts)
        read_dataset(own, fires())
        train(own, fires(trainer=Stuck(begun)), **told)

    workspace.database.close()  # no connection is shared with the fork
    return work


@pytest.fixture
def artifacts(tmp_path):
    return str(tmp_path / "artifacts")


def test_drift_is_not_declined_because_of_a_retraining_whose_process_died(served, artifacts):
    watch(served, *DRIFTED)
    with forked(training(served, artifacts)) as process:
        assert decisions(served)[-1].status == "training"
        ended(process)
    decided = decide_reports(served, {"fires": fires()})
    assert [one.retrain for one in decided] == [False] * 6 + [True]
    dead = decisions(served)[1]
    assert (dead.status, dead.outcome) == ("failed", "Failed: its process ended during the training.")
    assert [run["status"] for run in list_runs(served)] == ["lost", "finished"]


@on_one_database
def test_drift_waits_for_a_retraining_that_lives(served, artifacts):
    watch(served, *DRIFTED)
    with forked(training(served, artifacts)):
        decided = decide_reports(served, {"fires": fires()})
        assert "is under way" in decided[-1].reason


@on_one_database
def test_a_retraining_that_drift_asked_for_keeps_its_decision_when_its_process_died(served, artifacts):
    watch(served, *DRIFTED)
    [asked] = [one for one in decide_reports(served, {"fires": fires()}) if one.retrain]
    with forked(training(served, artifacts, decision_id=asked.decision_id)) as process:
        ended(process)
    assert decide_reports(served, {"fires": fires()}) == []
    [waiting] = waiting_retrainings(served)
    assert (waiting.decision_id, decisions(served)[-1].status) == (asked.decision_id, "training")
    read_dataset(served, fires())
    assert train(served, fires(), decision_id=waiting.decision_id).decision_id == asked.decision_id
    assert decisions(served)[-1].drift_report_id == asked.report_id
