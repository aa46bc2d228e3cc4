"""What queries answer, page by page, and that they ask the database once per table."""

import base64
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from driftline.api.errors import InvalidPageError
from driftline.api.schema.fields import plain
from driftline.api.schema.page import after_id, after_run
from driftline.clock import parse_time
from driftline.process import this_process
from driftline.registry import promote, rollback, timeline
from driftline.rollout import end_shadow, shadow
from driftline.store import drift_rows
from driftline.tracking import start_run
from tests.logged import a_run

EVERYTHING_OF_RUNS = """query ($first: Int! = 50, $after: String) { runs(first: $first, after: $after) {
  nodes { runId name experiment { name } params { key value } metrics { key last mean } tags { key value }
          artifacts { path } inputs { role datasetVersion { digest } } }
  pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture
def statements(workspace):
    """Counts the SELECTs from each table, from now on."""
    counted = Counter()

    def count(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT"):
            counted[statement.split("\nFROM ")[1].split()[0].strip('"')] += 1

    engine = workspace.database._engine
    event.listen(engine, "before_cursor_execute", count)
    yield counted
    event.remove(engine, "before_cursor_execute", count)


def cursor(values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def code(answer):
    [error] = answer["errors"]
    return error["extensions"]["code"]


def test_a_page_of_runs_asks_once_per_table(production, ask, statements):
    for number in range(20):
        with start_run(f"other{number % 3}", workspace=production) as run:
            run.log_params({"number": number})
    statements.clear()
    assert len(ask(EVERYTHING_OF_RUNS)["data"]["runs"]["nodes"]) == 23
    once = dict.fromkeys(["experiment", "artifact", "run_input", "dataset_version"], 1)
    assert statements == once | {"run": 5}  # the lost ones, the page, and joined with params, metrics and tags


def test_all_models_with_their_champions_and_versions_ask_once_per_table_and_level(production, ask, statements):
    query = """{ models { name champion { version { number } previousVersion { number } decision { outcome } }
      history { revision } versions { number run { name } } version(number: 1) { digest } } }"""
    statements.clear()
    fires, untrained = ask(query)["data"]["models"]
    assert (untrained["champion"], untrained["versions"], untrained["history"]) == (None, [], [])
    assert [version["number"] for version in fires["versions"]] == [3, 2, 1]
    assert [event["revision"] for event in fires["history"]] == [2, 1]
    assert statements["registered_model"] == 1
    assert statements["alias_event"] == 1  # who is champion and the history are one timeline
    assert statements["run"] == statements["decision"] == 1


def test_decisions_and_reports_ask_once_per_table_and_level(production, ask, statements):
    query = """{ decisions { nodes { model status adjudication { gain } challenger { number } champion { number }
      serving { number } holdout { digest } driftReport { findings { name } version { number } } } } }"""
    statements.clear()
    kept, promoted, first = ask(query)["data"]["decisions"]["nodes"]
    assert (kept["status"], kept["adjudication"], kept["serving"]) == ("KEPT", {"gain": None}, {"number": 2})  # NaN
    assert (promoted["champion"], promoted["model"]) == ({"number": 1}, "fires")
    assert (first["champion"], first["driftReport"]) == (None, None)
    assert statements["decision"] == statements["drift_report"] == statements["dataset_version"] == 1
    assert statements["model_version"] <= 2  # of the decisions, and of their reports


@pytest.mark.parametrize(
    ("query", "field", "size"),
    [
        ("query ($after: String) { runs(first: 2, after: $after) { %s } }", "runs", 3),
        ('query ($after: String) { evaluations(model: "fires", first: 2, after: $after) { %s } }', "evaluations", 9),
        ('query ($after: String) { decisions(model: "fires", first: 2, after: $after) { %s } }', "decisions", 3),
        ("query ($after: String) { driftReports(first: 2, after: $after) { %s } }", "driftReports", 1),
    ],
)
def test_walking_the_pages_gives_each_row_once_newest_first(production, ask, query, field, size):
    name = "runId" if field == "runs" else "id"
    document = query % f"nodes {{ {name} }} pageInfo {{ hasNextPage endCursor }}"
    seen, after, more = [], None, True
    while more:
        page = ask(document, after=after)["data"][field]
        seen += [node[name] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len(seen) == len(set(seen)) == size
    if field != "runs":
        assert seen == sorted(seen, key=int, reverse=True)


def test_runs_that_start_at_one_time_are_all_seen(workspace, ask):
    at = workspace.clock()
    frozen = replace(workspace, clock=lambda: at)
    for _ in range(5):
        with start_run("same", workspace=frozen):
            pass
    first = ask(EVERYTHING_OF_RUNS, first=3)["data"]["runs"]
    second = ask(EVERYTHING_OF_RUNS, first=3, after=first["pageInfo"]["endCursor"])["data"]["runs"]
    assert len({node["runId"] for node in first["nodes"] + second["nodes"]}) == 5
    assert not second["pageInfo"]["hasNextPage"]


def test_an_empty_page_has_no_cursor(workspace, ask):
    page = ask("{ decisions { nodes { id } pageInfo { hasNextPage endCursor } } }")["data"]["decisions"]
    assert page == {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}


def test_versions_and_history_go_on_before_a_number(production, ask):
    query = '{ model(name: "fires") { versions(first: 1, before: 3) { number } history(before: 2) { revision } } }'
    assert ask(query)["data"]["model"] == {"versions": [{"number": 2}], "history": [{"revision": 1}]}


def test_a_rollback_is_told_with_who_and_why_and_its_decision(production, ask):
    rollback(production, "fires", actor="mara", reason="Alarms at night.")
    query = '{ model(name: "fires") { champion { actor reason move version { number } decision { kind trigger } } } }'
    assert ask(query)["data"]["model"]["champion"] == {
        "actor": "mara",
        "reason": "Alarms at night.",
        "move": "ROLLBACK",
        "version": {"number": 1},
        "decision": {"kind": "SWITCH", "trigger": "MANUAL"},
    }


def test_runs_are_filtered_by_status_and_keep_their_error(workspace, ask):
    with start_run("fires", workspace=workspace):
        pass
    with pytest.raises(KeyError), start_run("fires", workspace=workspace):
        raise KeyError("wind")
    [failed] = ask("{ runs(status: FAILED) { nodes { status error } } }")["data"]["runs"]["nodes"]
    assert failed["status"] == "FAILED"
    assert "KeyError: 'wind'" in failed["error"]


@pytest.mark.parametrize("query", ["{ runs { nodes { status } } }", 'query { run(runId: "%s") { status } }'])
def test_a_run_whose_process_died_is_lost(workspace, ask, query):
    dead = replace(this_process(), started_s=0.0)
    run_id = a_run(workspace.database, process=str(dead))
    assert '"LOST"' in json.dumps(ask(query.replace("%s", run_id)))


def test_one_run_is_found_by_its_id(workspace, ask):
    with start_run("fires", workspace=workspace) as run:
        pass
    query = "query ($id: ID!) { run(runId: $id) { name status endedAt } }"
    found = ask(query, id=run.run_id)["data"]["run"]
    assert (found["name"], found["status"]) == (run.name, "FINISHED")
    assert found["endedAt"].endswith("Z")
    assert code(ask(query, id="nothing")) == "UNKNOWN_RUN"


def test_numbers_that_json_does_not_have_break_no_response(workspace, ask):
    with start_run("fires", workspace=workspace) as run:
        run.log_metrics({"loss": float("nan"), "ratio": float("inf")}, step=2**31 - 1)
        run.log_metrics({"loss": 0.5}, step=1)
    [run] = ask("{ runs { nodes { metrics { key count first last lastStep min max } } } }")["data"]["runs"]["nodes"]
    loss, ratio = run["metrics"]
    assert (loss["count"], loss["first"], loss["last"], loss["lastStep"]) == (2, 0.5, None, 2**31 - 1)
    assert (loss["min"], loss["max"]) == (0.5, 0.5)
    assert (ratio["count"], ratio["last"], ratio["max"]) == (1, None, None)


def test_json_values_say_nan_and_the_infinities_as_text():
    value = {"rates": [float("nan"), float("inf"), float("-inf"), 0.0], "deep": {1: (True, None)}}
    said = plain(value)
    assert said == {"rates": ["NaN", "Infinity", "-Infinity", 0.0], "deep": {"1": [True, None]}}
    assert json.loads(json.dumps(said, allow_nan=False)) == said


def test_pipelines_and_experiments_tell_about_themselves(production, ask):
    data = ask("{ pipelines { name declaration updatedAt } experiments { name createdAt } }")["data"]
    assert data["pipelines"][0]["declaration"]["metrics"] == ["auroc", "log_loss"]
    assert [experiment["name"] for experiment in data["experiments"]] == ["fires"]


@pytest.mark.parametrize("day", ["2025-02-28", "2025-03-01", "2025-05-11", "2025-05-12", "2026-01-01"])
def test_the_api_and_the_registry_name_the_same_champion(production, ask, day):
    query = 'query ($at: DateTime) { model(name: "fires") { champion(at: $at) { version { number } } } }'
    said = ask(query, at=day)["data"]["model"]["champion"]
    known = timeline(production, "fires").holder(parse_time(day))
    assert (said and said["version"]["number"]) == (known and known.version)


@pytest.mark.parametrize("at", ["2025-05-12T02:00:00+02:00", "2025-05-12T00:00:00Z", "2025-05-12"])
def test_the_moment_of_a_move_belongs_to_the_new_champion_in_any_zone(production, ask, at):
    query = 'query ($at: DateTime) { model(name: "fires") { champion(at: $at) { version { number } } } }'
    assert ask(query, at=at)["data"]["model"]["champion"]["version"]["number"] == 2


def test_any_alias_is_told_with_its_history_also_after_its_end(production, ask):
    shadow(production, "fires", 1, actor="mara", reason="Once more.")
    query = """{ model(name: "fires") { aliasAt(alias: "challenger") { version { number } actor reason }
      history(alias: "challenger") { alias version { number } previousVersion { number } } } }"""
    told = ask(query)["data"]["model"]
    assert told["aliasAt"] == {"version": {"number": 1}, "actor": "mara", "reason": "Once more."}
    end_shadow(production, "fires", actor="mara", reason="Seen enough.")
    told = ask(query)["data"]["model"]
    assert told["aliasAt"] is None
    ended = {"alias": "challenger", "version": None, "previousVersion": {"number": 1}}
    assert told["history"] == [ended, {**ended, "version": {"number": 1}, "previousVersion": None}]
    for field in ('aliasAt(alias: "chalenger") { actor }', 'history(alias: "chalenger") { actor }'):
        [error] = ask(f'{{ model(name: "fires") {{ {field} }} }}')["errors"]
        assert error["message"] == "There is no alias 'chalenger'. Did you mean 'challenger'?"
        assert error["extensions"]["code"] == "UNKNOWN_ALIAS"


def test_a_planned_switch_is_in_the_history_and_not_champion_yet(production, ask):
    promote(production, "fires", 1, actor="mara", reason="Later.", at=parse_time("2090-01-01"))
    query = """{ model(name: "fires") { champion { version { number } } then: champion(at: "2090-01-01") {
      version { number } decision { trigger status outcome } } history { reason } } }"""
    told = ask(query)["data"]["model"]
    assert (told["champion"]["version"]["number"], told["then"]["version"]["number"]) == (2, 1)
    assert told["then"]["decision"]["outcome"].startswith("Promoted by mara with effect from 2090-01-01 00:00 UTC")
    assert told["history"][0] == {"reason": "Later."}


@pytest.mark.parametrize("at", ["2025-05-12T00:00:00", "yesterday", 7, "0001-01-01T00:00:00+12:00"])
def test_a_time_without_a_zone_is_refused(production, ask, at):
    query = 'query ($at: DateTime) { model(name: "fires") { champion(at: $at) { revision } } }'
    assert code(ask(query, at=at)) == "INVALID_TIME"


def test_a_model_with_a_typing_error_is_suggested(production, ask):
    answer = ask('{ model(name: "fire") { name } pipelines { name } }')
    assert code(answer) == "UNKNOWN_MODEL"
    assert "'fires'" in answer["errors"][0]["message"]
    assert answer["data"] == {"model": None, "pipelines": [{"name": "fires"}]}


NO_IDS = [[], "a", {}, [1, 9], [True], [0], [-1], [1.5], [2**64], ["1"], [["a"]]]
NO_RUNS = [[], "a", {}, [1], ["2025", 7], ["now", "a"], ["2025-01-01", "a", "b"], ["0001-01-01T00:00:00+12:00", "a"]]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((read, text) for read in (after_id, after_run) for text in ("", "x", "é", "W10", "eA==", "W" * 10_000)),
        *((after_id, cursor(values)) for values in NO_IDS),
        *((after_run, cursor(values)) for values in NO_RUNS),
        (after_id, base64.b64encode(b"[" * 5_000 + b"]" * 5_000).decode()),
    ],
)
def test_a_cursor_that_no_list_gave_is_refused(read, text):
    with pytest.raises(InvalidPageError):
        read(text)


def test_a_cursor_of_another_list_is_refused(workspace, ask):
    query = "query ($after: String) { runs(after: $after) { pageInfo { endCursor } } }"
    assert code(ask(query, after=cursor([7]))) == "INVALID_PAGE"


@pytest.mark.parametrize("first", [-1, 0, 501])
def test_a_page_of_no_or_too_many_rows_is_refused(production, ask, first):
    assert code(ask("query ($n: Int!) { runs(first: $n) { nodes { name } } }", n=first)) == "INVALID_PAGE"
    assert code(ask('query ($n: Int!) { model(name: "fires") { versions(first: $n) { digest } } }', n=first)) == (
        "INVALID_PAGE"
    )


def test_reports_that_nobody_decided_on_say_so(production, ask):
    with production.database.transaction() as session:
        [known] = drift_rows.reports(session, None)
        later = {"digest": "new", "partition_key": "2025-05-10", "created_at": known.created_at + timedelta(days=1)}
        drift_rows.add_report(session, **{**known.model_dump(exclude={"id"}), **later})
    nodes = ask("{ driftReports { nodes { partitionKey findings { name } decision { id } } } }")["data"]["driftReports"]
    assert nodes["nodes"][0] == {"partitionKey": "2025-05-10", "findings": [], "decision": None}
