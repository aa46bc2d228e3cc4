"""Old runs go with all that was theirs; what production stands on, and what still runs, stays and says why."""

from datetime import timedelta

from sqlalchemy import inspect, text

import driftline
from driftline.experiments import plan_retention, remove_runs
from driftline.registry import find_version
from driftline.store import metric_rows, param_rows, run_removal, run_rows
from driftline.tracking import active_run
from driftline.workspace import unnamed_artifacts

NONE = timedelta(0)


def logged(workspace, name, *, files=(), tags=None, points=1, **options):
    with driftline.start_run("trials", workspace=workspace, run_name=name, **options) as run:
        run.log_params({"lr": 0.1})
        run.log_metrics({"loss": 1.0}, step=0)
        for step in range(1, points):
            run.log_metrics({"loss": 1.0 / step}, step=step)
        run.set_tags(tags or {"team": "fire"})
        for content in files:
            run.log_bytes(content, f"{content[:5].decode()}.txt")
    return run.run_id


RUN_COLUMNS = {"run", "run_id"}


def has_runs(session, table):
    return bool(RUN_COLUMNS & {column["name"] for column in inspect(session.connection()).get_columns(table)})


def count(session, table):
    """Return how many runs a table speaks of."""
    [column] = RUN_COLUMNS & {column["name"] for column in inspect(session.connection()).get_columns(table)}
    return session.connection().execute(text(f"SELECT COUNT(DISTINCT {column}) FROM {table}")).scalar_one()


def removable(plan):
    return {run.name for run in plan.removable}


def test_a_run_goes_with_all_that_was_logged_to_it(workspace):
    gone = logged(workspace, "gone", files=[b"alone", b"shared"], points=5_000)
    stays = logged(workspace, "stays", files=[b"shared"], tags={"keep": "yes"})
    plan = plan_retention(workspace, older_than=NONE, filter_string="NOT tags.keep = 'yes'")
    [run] = plan.removable
    assert (run.run_id, run.points, run.size_bytes) == (gone, 5_000, len(b"alone"))
    assert remove_runs(workspace, plan.removable) == 1
    with workspace.database.reading() as session:
        assert run_rows.run(session, gone) is None
        assert run_rows.run(session, stays) is not None
        assert len(metric_rows.history(session, stays, "loss").steps) == 1
        assert param_rows.params_of(session, [gone])[gone] == []
        tables = [name for name in inspect(session.connection()).get_table_names() if has_runs(session, name)]
        assert {count(session, name) for name in tables} == {0, 1}  # of the run that stays
    sizes = {file.size_bytes for file in unnamed_artifacts(workspace, age=NONE)}
    assert (len(b"alone") in sizes, len(b"shared") in sizes) == (True, False)


def test_archived_runs_go_by_age_and_by_a_filter_only_where_it_names_them(workspace):
    logged(workspace, "archived")
    logged(workspace, "plain")
    with workspace.database.transaction() as session:
        for run in run_rows.newest_runs(session):
            run.archived_at = run.ended_at if run.name == "archived" else None
    assert removable(plan_retention(workspace, older_than=NONE)) == {"archived", "plain"}
    assert removable(plan_retention(workspace, filter_string="tags.team = 'fire'")) == {"plain"}
    assert removable(plan_retention(workspace, filter_string="archived = true")) == {"archived"}
    assert removable(plan_retention(workspace, older_than=timedelta(days=1))) == set()


def test_a_run_with_a_running_one_below_it_stays(workspace):
    with driftline.start_run("trials", workspace=workspace, run_name="outer"):
        inner = logged(workspace, "inner", nested=True)
        active_run().flush()
        plan = plan_retention(workspace, older_than=NONE)
        assert {run.name: run.reason for run in plan.kept} == {"outer": "it is running"}
    assert removable(plan) == {"inner"}
    outer_only = plan_retention(workspace, filter_string="run_name = 'outer'")
    assert [run.reason for run in outer_only.kept] == [f"the run {inner[:8]} below it stays"]
    assert removable(plan_retention(workspace, older_than=NONE)) == {"outer", "inner"}


def test_the_run_of_a_version_stays_and_the_alias_and_the_decision_are_named(served):
    version = find_version(served, "fires@champion")
    plan = plan_retention(served, older_than=NONE)
    [kept] = [run for run in plan.kept if run.run_id == version.run_id]
    assert kept.reason.startswith("it is version 1 of fires (@champion, now, once or planned; named by decision ")
    remove_runs(served, plan.removable)
    served.artifacts.remove(unnamed_artifacts(served, age=NONE))
    assert driftline.load_model("fires@champion", workspace=served).classes == ("no", "yes")


def test_a_version_that_was_registered_meanwhile_keeps_its_run(served):
    version = find_version(served, "fires@champion")
    with served.database.transaction() as session:
        assert run_removal.remove(session, [version.run_id]) == 0
    with served.database.reading() as session:
        assert run_rows.of_runs(session, run_rows.Artifact, [version.run_id])[version.run_id] != []
