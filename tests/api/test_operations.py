"""The operations that other apps copy, run over a real server, and the schema they stand on."""

import json
import re
import threading
from pathlib import Path

import httpx
import pytest
import uvicorn
from graphql import get_variable_values, parse
from sqlmodel import select

from driftline import Alert
from driftline.alerting import raise_alerts
from driftline.api import schema_text
from driftline.api.http.application import create_app
from driftline.api.http.limits import BODY_S, MOST_BYTES, REQUEST_S
from driftline.api.http.server import listening
from driftline.api.schema import build_schema
from driftline.api.schema.budget import MOST, MOST_TOKENS
from driftline.api.schema.ground_truth import MOST_LABELS
from driftline.api.schema.page import MOST_ROWS
from driftline.backtest import backtest, store_backtest
from driftline.registry.declarations import record_declaration
from driftline.store import evaluation_rows, run_rows
from tests.streams import day, fires

FOLDER = Path(__file__).parents[2] / "graphql"
GUIDE = FOLDER.parent / "docs" / "api.md"
MARCH = {"start": "2025-03-01", "end": "2025-03-03"}


@pytest.fixture
def url(production, settings):
    """The address of the API, served by uvicorn on a free port."""
    listener = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(production, settings), ws="none", log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


def run(url, name, **variables):
    query = (FOLDER / "operations" / f"{name}.graphql").read_text()
    answer = httpx.post(f"{url}/graphql", json={"query": query, "variables": variables}, timeout=30).json()
    assert "errors" not in answer, answer
    return answer["data"]


def test_the_committed_schema_is_that_of_the_code():
    committed = (FOLDER / "schema.graphql").read_text()
    assert committed == schema_text(), "Renew it: driftline schema > graphql/schema.graphql"


def test_one_query_tells_which_version_was_champion_on_a_past_day_and_why(url):
    champion = run(url, "champion_at", model="fires", at="2025-05-20")["model"]["champion"]
    assert champion["version"]["number"] == 2
    assert champion["previousVersion"] == {"number": 1}
    assert champion["effectiveAt"] == "2025-05-12T00:00:00Z"
    assert champion["version"]["run"]["dagsterRunUrl"] == "http://dagster.test:3000/runs/d-7"
    why = champion["decision"]
    assert (why["trigger"], why["adjudication"]["metric"]) == ("DRIFT", "auroc")
    assert (why["adjudication"]["gain"], why["adjudication"]["pValue"]) == (0.05, 0.0002)
    assert why["holdout"] == {"dataset": "fires/holdout", "digest": "holdout-digest", "rowCount": 900}
    assert why["driftReport"]["partitionKey"] == "2025-05-09"
    assert why["driftReport"]["findings"][0]["note"] == "auroc fell from 0.95 to 0.87."


def test_the_answer_for_an_earlier_day_is_the_earlier_version(url):
    first = run(url, "champion_at", model="fires", at="2025-05-11T23:59:59Z")["model"]["champion"]
    assert (first["version"]["number"], first["previousVersion"]) == (1, None)
    assert first["decision"]["driftReport"] is None


def test_nobody_is_champion_before_the_first_version(url):
    assert run(url, "champion_at", model="fires", at="2025-02-01")["model"] == {"name": "fires", "champion": None}


def test_runs_are_listed_with_all_that_was_logged(url):
    page = run(url, "runs", experiment="fires", status="FINISHED")["runs"]
    newest = page["nodes"][0]
    assert [node["name"] for node in page["nodes"]] == [f"through 2025-{day}" for day in ("06-12", "05-12", "03-01")]
    assert newest["params"] == [{"key": "num_leaves", "value": 3}]
    assert newest["metrics"] == [{"key": "auroc", "last": 0.94, "lastStep": 0, "min": 0.94, "max": 0.94}]
    assert newest["tags"] == [{"key": "team", "value": "risk"}]
    assert {"model/model.json", "model/model.txt"} <= {artifact["path"] for artifact in newest["artifacts"]}
    used = [(use["role"], use["datasetVersion"]["rowCount"]) for use in newest["inputs"]]
    assert sorted(used) == [("holdout", 900), ("training", 4000)]
    assert (newest["dagsterRunId"], newest["dagsterRunUrl"]) == ("d-7", "http://dagster.test:3000/runs/d-7")


def test_drift_comes_with_its_evidence_and_what_was_decided(url):
    [report] = run(url, "drift", model="fires")["driftReports"]["nodes"]
    assert (report["model"], report["verdict"], report["version"]) == ("fires", "DRIFT", {"number": 1})
    [finding] = report["findings"]
    assert (finding["analysisRows"], finding["rule"]) == (1200, "performance_fell")
    assert finding["details"] == {"metric": "auroc", "value": 0.87, "reference_value": 0.95}
    assert report["decision"]["status"] == "PROMOTED"
    assert report["decision"]["dagsterRunUrl"] == "http://dagster.test:3000/runs/d-8"


def test_evaluations_of_a_range_of_partitions_have_intervals_and_notes(url):
    asked = {"model": "fires", "dataset": "fires", "start": "2025-05-07", "end": "2025-05-12"}
    nodes = run(url, "evaluations", **asked)["evaluations"]["nodes"]
    assert [(node["partitionKey"], node["version"]["number"]) for node in nodes] == [
        ("2025-05-12", 2),
        ("2025-05-07", 1),
    ]
    auroc, log_loss, recall = nodes[0]["metrics"]
    assert (auroc["value"], auroc["ciLow"]) == (0.9, 0.89)
    assert log_loss["value"] is None  # it is infinite
    assert (recall["value"], recall["note"]) == (None, "no positive label")


def test_the_slices_of_an_evaluation_say_which_are_too_small(url, production):
    with production.database.transaction() as session:
        [newest] = evaluation_rows.newest_evaluations(session, [2], "fires", ["2025-05-13"])
        told = {"evaluation_id": newest.id, "slice_column": "station", "metric": "auroc", "note": None}
        ends = {"ci_low": 0.7, "ci_high": 0.9, "standard_error": 0.05}
        session.add(evaluation_rows.EvaluationSlice(**told, slice_value="elm", value=0.8, row_count=51, **ends))
    asked = {"model": "fires", "dataset": "fires", "start": "2025-05-13"}
    [node] = run(url, "evaluations", **asked)["evaluations"]["nodes"]
    [elm] = node["slices"]
    assert (elm["sliceColumn"], elm["sliceValue"], elm["value"], elm["rowCount"]) == ("station", "elm", 0.8, 51)


def test_the_plots_of_a_version_are_numbers(url):
    [version] = run(url, "plots", model="fires")["model"]["versions"]
    plots = {plot["__typename"]: plot for plot in version["plots"]}
    assert set(plots) == {"RocCurve", "PrecisionRecallCurve", "CalibrationCurve", "ConfusionMatrix"}
    assert plots["ConfusionMatrix"]["classes"] == ["no", "yes"]
    assert sum(map(sum, plots["ConfusionMatrix"]["matrix"])) == 40
    assert (plots["RocCurve"]["thresholds"][0], plots["RocCurve"]["falsePositiveRate"][-1]) == (None, 1.0)


def test_a_version_without_plots_has_none(url, production):
    with production.database.transaction() as session:
        for artifact in session.exec(select(run_rows.Artifact).where(run_rows.Artifact.path == "plots.json")):
            session.delete(artifact)
    assert run(url, "plots", model="fires")["model"]["versions"] == [{"number": 3, "plots": []}]


def test_open_alerts_come_with_what_became_of_the_messages(url, production):
    rule = fires(alerts=(Alert(on="drift"), Alert(on="decision", severity="info")))
    raise_alerts(production, {"fires": rule}, channels=2, dagster_url="http://dagster.test:3000")
    [alert] = run(url, "alerts", model="fires")["alerts"]["nodes"]
    assert (alert["what"], alert["severity"], alert["model"]) == ("DRIFT", "WARNING", "fires")
    assert "auroc fell from 0.95 to 0.87." in alert["text"]
    assert [(one["channel"], one["state"], one["attempts"]) for one in alert["deliveries"]] == [
        (1, "PENDING", 0),
        (2, "PENDING", 0),
    ]
    everything = run(url, "alerts")["alerts"]["nodes"]
    assert len(everything) == 1  # what merely happened is over at once


def test_the_newest_backtest_tells_what_each_policy_would_have_made_of_the_past(url, production):
    store_backtest(production, backtest(fires(), ["weekly"], end=day("2025-02-24"), hindsight="7d"))
    [found] = run(url, "backtests", pipeline="fires")["backtests"]["nodes"]
    assert (found["metric"], found["windowStart"]) == ("auroc", "2025-02-10T00:00:00Z")
    weekly, never, repeated = found["policies"]
    assert (weekly["policy"], weekly["retrainings"], never["retrainings"]) == ("weekly", 2, 0)
    assert weekly["metrics"][0]["value"] > 0.5
    assert weekly["regret"]["metric"] == "brier"
    assert weekly["regret"]["value"] > -1e-12
    assert never["regret"]["value"] == pytest.approx(0, abs=1e-12)
    assert repeated["regret"] is None
    assert [window["start"] for window in never["windows"]] == ["2025-02-10T00:00:00Z", "2025-02-17T00:00:00Z"]


def test_labels_are_delivered_and_their_deliveries_listed(url, production):
    with production.database.transaction() as session:
        record_declaration(session, fires(), production.clock())
    key = [{"column": "time", "value": "2025-05-03T07:00:00Z"}, {"column": "station", "value": "elm"}]
    asked = {"pipeline": "fires", "labels": [{"key": key, "label": "yes"}], "source": "the fire brigade"}
    added = run(url, "add_ground_truth", input=asked)["addGroundTruth"]
    assert (added["partitions"], added["delivery"]["newCount"]) == (["2025-05-03"], 1)
    [listed] = run(url, "ground_truth", pipeline="fires")["groundTruth"]["nodes"]
    assert (listed["id"], listed["source"]) == (added["delivery"]["id"], "the fire brigade")


@pytest.mark.parametrize(
    ("operation", "asked", "code"),
    [
        ("launch_backfill", {"pipeline": "nobody", **MARCH}, "UNKNOWN_PIPELINE"),
        ("launch_backfill", {"pipeline": "fires", "start": "soon", "end": "2025-05-03"}, "INVALID_TIME"),
        ("launch_backfill", {"pipeline": "fires", "start": "2031-05-01", "end": "2031-05-03"}, "EMPTY_WINDOW"),
        ("launch_backfill", {"pipeline": "fires", **MARCH, "version": 9}, "UNKNOWN_VERSION"),
        ("launch_backfill", {"pipeline": "fires", **MARCH}, "DAGSTER_UNAVAILABLE"),
        ("launch_backtest", {"pipeline": "nobody"}, "UNKNOWN_PIPELINE"),
        ("launch_backtest", {"pipeline": "fires"}, "DAGSTER_UNAVAILABLE"),
    ],
)
def test_what_cannot_be_launched_says_why(url, production, operation, asked, code):
    with production.database.transaction() as session:
        record_declaration(session, fires(), production.clock())
    [told] = run(url, operation, input=asked).values()
    assert told["code"] == code
    assert told["message"].endswith(".")


def test_the_guide_names_every_operation_and_limit():
    guide = GUIDE.read_text()
    assert all(f"`{path.name}`" in guide for path in (FOLDER / "operations").glob("*.graphql"))
    assert all(
        f"{limit:,}" in guide for limit in (MOST_TOKENS, MOST.depth, MOST.aliases, MOST.cost, MOST_ROWS, MOST_LABELS)
    )
    assert f"{MOST_BYTES // 2**20} MiB and {BODY_S:g} s" in guide
    assert f"given up after {REQUEST_S:g} s" in guide


@pytest.mark.parametrize("path", sorted((FOLDER / "operations").glob("*.graphql")), ids=lambda path: path.stem)
def test_a_script_can_read_the_variables_of_an_operation_from_one_line(path):
    [line] = re.findall(r"^# Variables: (.*)$", path.read_text(), re.MULTILINE)
    [operation] = parse(path.read_text()).definitions
    values = get_variable_values(build_schema()._schema, operation.variable_definitions, json.loads(line))
    assert isinstance(values, dict), values
    assert set(json.loads(line)) <= set(values)


def test_every_operation_is_run_by_a_test():
    tested = Path(__file__).read_text()
    assert all(f'"{path.stem}"' in tested for path in (FOLDER / "operations").glob("*.graphql"))
