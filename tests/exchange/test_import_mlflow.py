"""What MLflow holds is here afterwards: as many items, of the same values, and once."""

import math

import pytest

from driftline.exchange import import_mlflow
from driftline.experiments import find_runs
from driftline.registry import find_version, load_model, timeline
from driftline.registry.errors import ForeignModelError, UnknownAliasError
from driftline.store import metric_rows, param_rows, run_rows

TABLES = ("runs", "params", "points", "tags", "inputs", "artifacts", "models", "versions", "aliases")


@pytest.fixture
def imported(workspace, store):
    import_mlflow(workspace, store.source)
    return workspace


def run_named(workspace, name):
    [found] = [run for run in runs(workspace).values() if run.name == name]
    return found


def runs(workspace):
    with workspace.database.reading() as session:
        return {run.run_id: run for run in run_rows.newest_runs(session, experiment="houses")}


def test_params_tags_and_histories_are_those_that_mlflow_reads(imported, store):
    ids = [run["run_id"] for run in store.runs]
    with imported.database.reading() as session:
        params, tags = param_rows.params_of(session, ids), param_rows.tags_of(session, ids)
        for run in store.runs:
            assert {one.key: one.value for one in params[run["run_id"]]} == run["params"]
            stored = {one.key: one.value for one in tags[run["run_id"]]}
            assert {key: stored[key] for key in run["tags"]} == run["tags"]
            for key in run["latest"]:
                history = metric_rows.history(session, run["run_id"], key)
                points = sorted(
                    [key, step, at_us // 1000, str(value)]
                    for step, at_us, value in zip(history.steps, history.at_us, history.values, strict=True)
                )
                assert _unlimited(points) == _unlimited([point for point in run["points"] if point[0] == key])


def _unlimited(points):
    """Return points with infinities for what MLflow's database makes of them."""
    return [[*rest, str(math.inf * math.copysign(1, float(value))) if abs(float(value)) > 1e308 else value]
            for *rest, value in points]  # fmt: skip


def test_the_newest_value_is_mlflows_latest(imported, store):
    with imported.database.reading() as session:
        for run in store.runs:
            [metrics] = metric_rows.metrics_of(session, [run["run_id"]]).values()
            finite = {metric.key: str(metric.last) for metric in metrics if metric.last is not None}
            assert finite == {key: value for key, value in run["latest"].items() if abs(float(value)) < 1e300}


def test_the_columns_of_runs_come_from_mlflows_tags(imported):
    first, inner = run_named(imported, "first"), run_named(imported, "inner")
    assert (first.status, first.note, first.git_commit, first.git_branch) == ("finished", "a note", "0" * 40, "work")
    assert inner.parent_run_id == first.run_id
    assert first.ended_at >= first.started_at
    assert run_named(imported, "broken").status == "failed"
    assert run_named(imported, "going on").status == "lost"
    assert [run.run_id for run in runs(imported).values() if run.archived_at is not None] != []
    with imported.database.reading() as session:
        [experiment] = [row for row in run_rows.experiments(session) if row.name == "houses"]
    assert experiment.description == "What a house costs"


def test_numbers_that_mlflow_keeps_as_text_are_found_as_numbers(imported):
    for condition in ("params.lr < 0.2", "params.rate < 0.01", "params.early = true", "params.trees = '30'"):
        [found] = find_runs(imported, filter_string=condition)
        assert found.name == "first", condition


def test_files_and_inputs_come_along_and_a_digest_of_mlflow_is_no_identity(imported):
    first = run_named(imported, "first")
    with imported.database.reading() as session:
        [files] = run_rows.of_runs(session, run_rows.Artifact, [first.run_id]).values()
        [[used]] = run_rows.of_runs(session, run_rows.RunInput, [first.run_id]).values()
    by_path = {row.path: row for row in files}
    assert imported.artifacts.get(by_path["notes/a.txt"].digest) == b"hello"
    assert {"model/MLmodel", "model/model.pkl", "other/MLmodel"} <= by_path.keys()
    [row] = find_runs(imported, filter_string="dataset.digest LIKE 'mlflow:%'")
    assert (row.run_id, used.role) == (first.run_id, "training")


def test_versions_keep_their_numbers_and_are_never_unpickled(imported):
    first = run_named(imported, "first")
    one, two, three = (find_version(imported, f"house_price/{number}") for number in (1, 2, 3))
    assert (one.run_id, two.run_id, one.flavor) == (first.run_id, first.run_id, "mlflow sklearn")
    assert (three.flavor, run_of(imported, three).parent_run_id) == ("mlflow xgboost", first.run_id)
    for version in ("house_price/1", "house_price/3"):
        with pytest.raises(ForeignModelError, match="does not load it"):
            load_model(version, workspace=imported)


def run_of(workspace, version):
    with workspace.database.reading() as session:
        return run_rows.run(session, version.run_id)


def test_aliases_and_stages_are_history(imported):
    [event] = timeline(imported, "house_price").events
    assert (event.version.version, event.actor) == (1, "import")
    assert find_version(imported, "house_price@staging").version == 2
    assert find_version(imported, "house_price@nightly").version == 3
    with pytest.raises(UnknownAliasError, match="nightly"):
        find_version(imported, "house_price@nightli")
    ids = [find_version(imported, f"house_price/{number}").run_id for number in (2, 3)]
    with imported.database.reading() as session:
        tags = {one.key: one.value for own in param_rows.tags_of(session, ids).values() for one in own}
    assert tags["house_price/2/checked"] == "by Ada"
    assert tags["house_price/3/stage"] == "Archived"


def test_a_second_import_changes_nothing(workspace, store):
    first = import_mlflow(workspace, store.source)
    assert {name for name, counts in first.tables.items() if counts.present} == set()
    assert all(first.tables[name].imported for name in TABLES)
    before = rows_of(workspace)
    second = import_mlflow(workspace, store.source)
    assert {name: counts.imported for name, counts in second.tables.items() if counts.imported} == {}
    assert {name: counts.present for name, counts in second.tables.items()} == {
        name: counts.imported for name, counts in first.tables.items()
    }
    assert rows_of(workspace) == before


def rows_of(workspace):
    ids = list(runs(workspace))
    with workspace.database.reading() as session:
        writers = [(row.writer, row.watermark) for run_id in ids for row in run_rows.writers_of(session, run_id)]
        return sorted(writers), param_rows.tags_of(session, ids), metric_rows.metrics_of(session, ids)
