"""What no database keeps is refused alike on both; what people read is kept with an escape in its place."""

import pytest

from driftline import load_model
from driftline.errors import InvalidInputError
from driftline.experiments import describe_run
from driftline.registry import promote
from driftline.registry.errors import UnknownVersionError
from driftline.store import drift_rows, model_rows, run_rows
from driftline.store.errors import UnstorableValueError
from driftline.store.upsert import insert_missing
from driftline.tracking import start_run
from tests.logged import a_run, ended


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_names_that_no_database_keeps_are_refused_alike(workspace, text):
    for started in ({"experiment": text}, {"experiment": "e", "tags": {text: "t"}}):
        with pytest.raises(InvalidInputError), start_run(**started, workspace=workspace):
            pass
    with start_run("e", workspace=workspace) as run:
        with pytest.raises(InvalidInputError):
            run.log_metrics({text: 1.0})
        run.log_params({"p": text})  # JSON keeps any text
    with workspace.database.reading() as session:
        assert [row.name for row in run_rows.experiments(session)] == ["e"]
        assert run_rows.newest_runs(session, experiment="e")[0].status == "finished"
    assert describe_run(workspace, run.run_id)["params"] == {"p": text}


def test_many_rows_at_once_are_looked_at_too(workspace):
    rows = [
        {"name": "x" * number + "\0" * (number == 40), "description": "", "created_at": workspace.clock()}
        for number in range(50)
    ]
    with pytest.raises(UnstorableValueError), workspace.database.transaction() as session:
        insert_missing(session, run_rows.Experiment, rows)
    with workspace.database.reading() as session:
        assert run_rows.experiments(session) == []


def test_what_people_read_is_kept_with_escapes(workspace):
    with workspace.database.transaction() as session:
        model_id = model_rows.model_named(session, "fires", workspace.clock()).id
    run_id = a_run(workspace.database, ended())
    with workspace.database.transaction() as session:
        common = {"run_id": run_id, "digest": "d", "flavor": "f", "signature": []}
        times = {"trained_through": workspace.clock(), "created_at": workspace.clock()}
        version = model_rows.add_version(session, model_id, **common, **times)
        drift_rows.add_report(
            session,
            model_id=model_id,
            version_id=version.id,
            partition_key="",
            reference="the holdout",
            verdict="drift",
            summary="moved: a\0b, \ud800, é",
            digest="d",
            created_at=workspace.clock(),
        )
    with workspace.database.reading() as session:
        [report] = drift_rows.reports(session, model_id, first=1)
    assert report.summary == r"moved: a\x00b, \ud800, é"


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_version_beyond_its_column_is_unknown(served, number):
    with pytest.raises(UnknownVersionError, match=f"no version {number}"):
        load_model(f"fires/{number}", workspace=served)
    with pytest.raises(UnknownVersionError):
        promote(served, "fires", number, actor="ann", reason="typed")


def test_a_number_beyond_its_column_is_refused(workspace):
    for number in (2**63, -(2**70)):
        row = {"name": "e", "description": "", "created_at": workspace.clock(), "id": number}
        with (
            pytest.raises(UnstorableValueError, match="64 bits"),
            workspace.database.transaction() as session,
        ):
            insert_missing(session, run_rows.Experiment, [row])
