"""Labels over GraphQL: delivered once, refused with a reason, listed newest first."""

from pathlib import Path

import pytest
from sqlmodel import select

from driftline import GroundTruth
from driftline.api.schema.ground_truth import MOST_LABELS
from driftline.registry.declarations import record_declaration
from driftline.store.delivery_rows import GroundTruthDelivery
from tests.streams import fires, persons

OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"
ADD = (OPERATIONS / "add_ground_truth.graphql").read_text()
LIST = (OPERATIONS / "ground_truth.graphql").read_text()


@pytest.fixture
def watched(production):
    """The production of `fires` with its declaration, and a table."""
    declared = fires(ground_truth=GroundTruth(delay="1d", delivered=True))
    with production.database.transaction() as session:
        for pipeline in (declared, persons()):
            record_declaration(session, pipeline, production.clock())
    return production


def label(time="2025-05-03T07:00:00Z", station="elm", value="yes", **more):
    key = [{"column": "time", "value": time}, {"column": "station", "value": station}]
    return {"key": key, "label": value, **more}


def add(ask, *labels, pipeline="fires", **more):
    answer = ask(ADD, input={"pipeline": pipeline, "labels": list(labels), **more})
    assert "errors" not in answer, answer
    return answer["data"]["addGroundTruth"]


def test_labels_are_delivered(watched, ask):
    added = add(ask, label(), label(station="oak", value="no"), source="the fire brigade")
    assert (added["__typename"], added["already"], added["partitions"]) == (
        "AddGroundTruthPayload", False, ["2025-05-03"],
    )  # fmt: skip
    assert (added["delivery"]["newCount"], added["delivery"]["orphanCount"]) == (2, 2)


def test_the_same_labels_again_change_nothing(watched, ask):
    first, again = add(ask, label()), add(ask, label())
    assert (again["already"], again["delivery"]["id"]) == (True, first["delivery"]["id"])


def test_another_label_is_a_correction(watched, ask):
    add(ask, label())
    assert add(ask, label(value="no"))["delivery"]["correctedCount"] == 1


def test_deliveries_are_listed_newest_first(watched, ask):
    add(ask, label(), source="the fire brigade")
    add(ask, label(station="oak"))
    found = ask(LIST, pipeline="fires", first=1)["data"]["groundTruth"]
    assert [node["source"] for node in found["nodes"]] == [None]
    older = ask(LIST, pipeline="fires", after=found["pageInfo"]["endCursor"])["data"]["groundTruth"]
    assert [(node["source"], node["actor"]) for node in older["nodes"]] == [("the fire brigade", "api")]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (label(time="2025-05-03T07:00:00"), "INVALID_TIME"),
        (label(time="soon"), "INVALID_TIME"),
        (label(time=7), "INVALID_COLUMN"),
        (label(time="2999-01-01T00:00Z"), "INVALID_LABELS"),
        (label(station=""), "INVALID_LABELS"),
        (label(station=["elm"]), "INVALID_LABELS"),
        (label(value={"fire": "yes"}), "INVALID_LABELS"),
        (label(station="\ud800"), "INVALID_LABELS"),
        ({"key": [{"column": "\ud800", "value": 1}], "label": "yes"}, "INVALID_LABELS"),
        (label(value="perhaps"), "INVALID_TARGET"),
        (label(value=""), "INVALID_TARGET"),
        (label(modelVersion=1), "INVALID_LABELS"),
        ({"key": [], "label": "yes"}, "MISSING_COLUMN"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_code_and_nothing_is_stored(watched, ask, given, code):
    refused = add(ask, given)
    assert (refused["__typename"], refused["code"]) == ("InvalidInputError", code)
    with watched.database.reading() as session:
        assert session.exec(select(GroundTruthDelivery)).all() == []


def test_one_bad_label_among_good_ones_stores_none(watched, ask):
    assert add(ask, label(), label(station=7))["code"] == "INVALID_COLUMN"
    assert ask(LIST, pipeline="fires")["data"]["groundTruth"]["nodes"] == []


def test_no_label_and_too_many_labels_are_refused(watched, ask):
    assert add(ask)["code"] == "MISSING_COLUMN"
    assert add(ask, *[label()] * (MOST_LABELS + 1))["code"] == "INVALID_LABELS"


def test_a_pipeline_that_is_not_known_and_a_table_are_named(watched, ask):
    unknown = add(ask, label(), pipeline="fire")
    assert (unknown["__typename"], unknown["code"]) == ("NotFoundError", "UNKNOWN_PIPELINE")
    assert "Did you mean 'fires'?" in unknown["message"]
    assert add(ask, label(), pipeline="persons")["code"] == "NOT_A_STREAM"
    [error] = ask(LIST, pipeline="fire")["errors"]
    assert error["extensions"]["code"] == "UNKNOWN_PIPELINE"


def test_while_somebody_delivers_another_one_is_asked_to_wait(watched, ask):
    with watched.lock("ground truth of fires"):
        assert add(ask, label())["__typename"] == "ConflictError"


OTHERS = ["https://evil.example", "null", "http://127.0.0.1:3000", "http://127.0.0.1.evil.example:4000"]


@pytest.mark.parametrize("origin", OTHERS)
def test_a_page_of_another_origin_changes_nothing(watched, client, ask, origin):
    body = {"query": ADD, "variables": {"input": {"pipeline": "fires", "labels": [label()]}}}
    assert client("POST", "/graphql", json=body, headers={"origin": origin}).status_code == 403
    assert ask(LIST, pipeline="fires")["data"]["groundTruth"]["nodes"] == []


def test_a_page_of_this_server_may_ask(client):
    headers = {"origin": "http://127.0.0.1:4000"}
    assert client("POST", "/graphql", json={"query": "{ experiments { name } }"}, headers=headers).status_code == 200
