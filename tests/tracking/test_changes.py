"""What is said of a run afterwards; what it logged stays."""

import pytest

import driftline
from driftline.experiments import describe_run, list_runs
from driftline.tracking.errors import InvalidKeyError, InvalidRunIdError, UnknownRunError

pytestmark = pytest.mark.usefixtures("home")


def test_tags_notes_and_names_change_after_the_end_and_the_status_stays(look):
    with driftline.start_run("income", tags={"team": "risk", "old": "1"}, params={"lr": 0.1}) as run:
        pass
    before = describe_run(look(), run.run_id)
    driftline.change_run(run.run_id, name="best", note="As good as it gets.", tags={"team": "fraud", "old": None})
    told = describe_run(look(), run.run_id)
    assert (told["name"], told["note"], told["tags"]) == ("best", "As good as it gets.", {"team": "fraud"})
    assert {key: told[key] for key in ("status", "ended_at", "params", "artifacts")} == {
        key: before[key] for key in ("status", "ended_at", "params", "artifacts")
    }


def test_a_run_that_goes_on_is_changed_by_others_and_goes_on(look):
    with driftline.start_run("income") as run:
        run.flush()
        driftline.change_run(run.run_id, tags={"seen": True}, workspace=look())
        assert list_runs(look())[0]["status"] == "running"
        run.set_tag("own", "yes")
    told = describe_run(look(), run.run_id)
    assert (told["status"], told["tags"]) == ("finished", {"own": "yes", "seen": "True"})


def test_an_archived_run_is_hidden_and_can_be_brought_back(look):
    with driftline.start_run("income") as run:
        pass
    driftline.change_run(run.run_id, archived=True)
    assert list_runs(look()) == []
    assert [one.run_id for one in driftline.search_runs("archived = true", output_format="list")] == [run.run_id]
    driftline.change_run(run.run_id, archived=False)
    assert [one["run_id"] for one in list_runs(look())] == [run.run_id]


def test_a_run_is_looked_up_by_the_start_of_its_id(look):
    with driftline.start_run("income", params={"lr": 0.1}) as run:
        run.log_metric("loss", 0.5)
    found = driftline.get_run(run.run_id[:8])
    assert (found.run_id, found.params, found.metrics) == (run.run_id, {"lr": 0.1}, {"loss": 0.5})
    with pytest.raises(UnknownRunError):
        driftline.get_run("f" * 32)


def test_what_cannot_be_changed_is_said(look):
    look()
    with pytest.raises(UnknownRunError):
        driftline.change_run("0" * 32, note="x")
    with pytest.raises(InvalidRunIdError):
        driftline.change_run("abc", note="x")
    with driftline.start_run("income") as run:
        pass
    with pytest.raises(InvalidKeyError):
        driftline.change_run(run.run_id, tags={"": "x"})
