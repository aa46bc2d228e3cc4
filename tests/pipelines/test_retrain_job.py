"""The retrain job: dataset, model and champion as assets that people can look at."""

import base64
import re

import dagster as dg

from definitions import defs
from driftline import AcceptedRange, Unique
from driftline.registry import find_version
from driftline.store import run_rows
from driftline.workspace import open_workspace
from tests.histories import decisions
from tests.streams import Forest, fires, persons, read_persons

IDS = {"version", "decision", "run", "report"}


def test_the_definitions_of_the_project_can_be_loaded():
    dg.Definitions.validate_loadable(defs)
    keys = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    kinds = {"dataset", "model", "champion", "predictions", "evaluation", "drift"}
    everything = {f"{name}/{kind}" for name in ("income", "electricity", "fire_risk") for kind in kinds}
    assert keys == everything | {"electricity/ground_truth", "fire_risk/ground_truth"}


def sentence(result):
    """All that a failed run says of its steps."""
    return " ".join(str(event.step_failure_data.error) for event in result.get_step_failure_events())


def test_a_retraining_of_a_table_materializes_all_its_assets(dagster):
    run = dagster.run("persons_retrain", persons())
    assert run.success
    kinds = ("dataset", "model", "champion", "predictions", "evaluation", "drift")
    told = {kind: dagster.newest("persons", kind).metadata for kind in kinds}
    assert told["dataset"]["dagster/row_count"].value == 300
    assert (told["dataset"]["training rows"].value, told["dataset"]["holdout rows"].value) == (196, 104)
    assert [record.data["metric"] for record in told["model"]["holdout"].records] == ["auroc", "accuracy"]
    assert 0.5 < told["model"]["auroc"].value <= 1
    assert told["champion"]["promoted"].value
    assert told["champion"]["reason"].value.startswith("Promoted: the first valid version")
    assert (told["predictions"]["dagster/row_count"].value, told["evaluation"]["labels"].value) == (104, 104)
    assert told["drift"]["verdict"].value in {"ok", "drift"}


def test_pictures_are_small_pngs(dagster):
    dagster.run("persons_retrain", persons())
    told = dagster.newest("persons", "model").metadata
    pictures = [re.search(r"base64,(.*)\)", value.value) for value in told.values() if isinstance(value.value, str)]
    decoded = [base64.b64decode(found[1]) for found in pictures if found]
    assert len(decoded) == 5
    assert all(png.startswith(b"\x89PNG") and len(png) <= 50_000 for png in decoded)
    assert sum(map(len, decoded)) <= 150_000


def test_a_data_version_is_the_digest_of_what_was_made(dagster):
    dagster.run("persons_retrain", persons())
    workspace = open_workspace()
    versions = {kind: dagster.newest("persons", kind).tags["dagster/data_version"] for kind in ("dataset", "model")}
    told = dagster.newest("persons", "dataset").metadata
    assert versions["dataset"] == f"{told['training digest'].value}:{told['holdout digest'].value}"
    assert versions["model"] == find_version(workspace, "persons").digest


def test_a_run_and_its_dagster_run_know_each_other(dagster):
    result = dagster.run("persons_retrain", persons())
    with open_workspace().database.reading() as session:
        [run] = run_rows.newest_runs(session)
    [decision] = decisions(open_workspace(), "persons")
    assert (run.dagster_run_id, decision.dagster_run_id) == (result.run_id, result.run_id)
    told = {kind: dagster.newest("persons", kind).metadata for kind in ("dataset", "model", "champion", "evaluation")}
    assert told["model"]["run"].value == run.run_id
    for kind, name in (("champion", "challenger version trained by"), ("evaluation", "version trained by")):
        assert told[kind][name] == dg.MetadataValue.dagster_run(result.run_id)
    ids = {name: value for shown in told.values() for name, value in shown.items() if name.split()[-1] in IDS}
    assert {"version", "training version", "decision", "run"} <= set(ids)
    assert [name for name, value in ids.items() if not isinstance(value.value, str)] == []  # a number would be plotted


def test_a_dataset_that_fails_its_check_stops_the_training(dagster, serving):
    result = dagster.run("fires_retrain", fires(Forest(always=lambda frame: frame.assign(fire="no"))))
    assert not result.success
    [check] = result.get_asset_check_evaluations()
    assert not check.passed
    assert "'yes'" in check.metadata["problems"].value
    assert dagster.newest("fires", "model") is None
    assert find_version(serving, "fires").version == 1


RULES = (
    AcceptedRange("age", min_value=18, max_value=60),
    AcceptedRange("age", min_value=18, max_value=70, severity="warn"),
    Unique("age", severity="warn"),
)


def test_each_quality_rule_is_a_check_and_a_broken_one_stops_the_training_unless_it_only_warns(dagster):
    result = dagster.run("persons_retrain", persons(quality=RULES))
    assert not result.success
    assert dagster.newest("persons", "model") is None
    checks = {check.check_name: check for check in result.get_asset_check_evaluations()}
    assert {name: (check.passed, check.severity.value) for name, check in checks.items()} == {
        "quality": (True, "ERROR"),
        "accepted_range_age": (False, "ERROR"),
        "accepted_range_age_warn": (True, "WARN"),
        "unique_age_warn": (False, "WARN"),
    }
    older = read_persons().query("age > 60")
    told = checks["accepted_range_age"].metadata
    assert (told["rows"].value, told["rows that break it"].value) == (300, len(older))
    assert told["share that breaks it"].value == len(older) / 300
    first = [record.data for record in told["first rows"].records]
    assert first[0] == {"row": str(older.index[0]), "value": str(older["age"].iloc[0])}
    assert len(first) == 5
    assert "that is not from 18 to 60" in checks["accepted_range_age"].description
    assert dagster.run("persons_retrain", persons(quality=RULES[1:])).success
    assert "the same 'age' as another row" in dagster.newest("persons", "dataset").metadata["warnings"].value


def test_a_training_on_a_refused_dataset_says_so_in_a_run_of_its_own(dagster, serving):
    faulty = fires(Forest(always=lambda frame: frame.assign(fire="no")))
    dagster.run("fires_retrain", faulty)
    result = dagster.run("fires_retrain", faulty, asset_selection=[dg.AssetKey(["fires", "model"])])
    assert "did not pass its checks" in sentence(result)


def test_a_dataset_function_that_raises_fails_the_run_with_its_sentence(dagster):
    def boom(_):
        raise ConnectionError("the register does not answer")

    result = dagster.run("persons_retrain", persons(dataset=boom))
    assert "raised ConnectionError: the register does not answer" in sentence(result)


def test_a_second_retraining_keeps_the_champion_and_says_why(dagster, serving):
    result = dagster.run("fires_retrain", fires(), at="2025-03-10")
    assert result.success
    told = dagster.newest("fires", "champion").metadata
    assert told["champion version"].value == ("2" if told["promoted"].value else "1")
    assert told["challenger version"].value == "2"
    assert [record.data["metric"] for record in told["scores"].records] == ["auroc", "auroc"]


def test_who_asked_is_the_actor(dagster):
    dagster.run("persons_retrain", persons(), tags={"user": "ann", "driftline/trigger": "schedule"})
    [decision] = decisions(open_workspace(), "persons")
    assert (decision.actor, decision.trigger) == ("ann", "schedule")


def test_a_table_with_one_row_fails_visibly(dagster):
    result = dagster.run("persons_retrain", persons(dataset=lambda _: read_persons().head(1)))
    assert [check.passed for check in result.get_asset_check_evaluations()] == [False]
    assert dagster.newest("persons", "model") is None
