"""The application around the schema: who may ask, what errors say, whether it is well."""

import asyncio
import logging
import re
import threading

import httpx
import pytest

from driftline.api.http.application import create_app
from driftline.store import declaration_rows, param_rows, run_rows


def test_an_unexpected_error_is_masked_and_logged_under_its_reference(ask, monkeypatch, caplog):
    monkeypatch.setattr(run_rows, "experiments", lambda _session: 1 / 0)
    with caplog.at_level(logging.ERROR):
        [error] = ask("{ experiments { name } }")["errors"]
    ref = error["extensions"]["ref"]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert "division" not in str(error)
    assert error["path"] == ["experiments"]
    [record] = caplog.records
    assert ref in record.getMessage()
    assert "ZeroDivisionError" in record.getMessage()


def test_one_failure_behind_many_fields_is_logged_once(production, ask, monkeypatch, caplog):
    monkeypatch.setattr(param_rows, "params_of", lambda *_: 1 / 0)
    errors = ask("{ a: runs { nodes { params { key } } } }")["errors"]
    assert len({error["extensions"]["ref"] for error in errors}) == len(caplog.records) == 1


def test_an_expected_error_is_shown_and_not_logged(ask, caplog):
    [error] = ask('{ model(name: "income") { name } }')["errors"]
    assert error["extensions"] == {"code": "UNKNOWN_MODEL"}
    assert caplog.records == []


def test_a_wrong_field_is_suggested(ask):
    [error] = ask("{ experiment { name } }")["errors"]
    assert "Did you mean 'experiments'" in error["message"]


@pytest.mark.parametrize("host", ["127.0.0.1:4000", "localhost:4000", "LOCALHOST", "[::1]:4000"])
def test_loopback_names_are_served(client, host):
    assert client("GET", "/healthz", headers={"host": host}).json() == {"status": "ok"}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4000", "127.0.0.1.evil.example", "localhost@evil", ""])
@pytest.mark.parametrize("path", ["/", "/graphql", "/healthz"])
def test_another_host_is_refused_even_where_its_name_leads_here(client, host, path):
    answer = client("POST" if path == "/graphql" else "GET", path, headers={"host": host}, json={"query": "{ a }"})
    assert answer.status_code == 400
    assert "data" not in answer.text


def test_a_page_of_another_origin_gets_no_permission(client):
    headers = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = client("OPTIONS", "/graphql", headers=headers)
    assert not [name for name in answer.headers if name.startswith("access-control")]
    form = {"query": "{ experiments { name } }"}
    assert client("POST", "/graphql", data=form, headers=headers).status_code == 403
    assert client("POST", "/graphql", data=form).status_code == 400


def test_a_query_in_an_address_is_refused(client):
    assert client("GET", "/graphql", params={"query": "{ experiments { name } }"}).status_code >= 400


@pytest.mark.parametrize("path", ["/", "/graphql"])
def test_a_browser_gets_a_page_that_loads_nothing_from_elsewhere(client, path):
    answer = client("GET", path, headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert "curl -s http://127.0.0.1:4000/graphql" in answer.text
    assert re.findall(r"(?:src|href)=\"(?!/|data:)[^\"]*", answer.text) == []


def test_the_queries_of_the_page_are_answered(production, client, ask):
    queries = re.findall(r'"query": "(.*)"', client("GET", "/").text)
    assert len(queries) == 2
    assert all("errors" not in ask(query) for query in queries)


def test_the_schema_can_be_fetched(client):
    assert "type Query {" in client("GET", "/schema.graphql").text


def test_health_is_that_of_the_database(workspace, settings, client, monkeypatch):
    assert client("GET", "/healthz").status_code == 200
    with workspace.database.transaction() as session:
        session.connection().exec_driver_sql("DROP TABLE alembic_version")
    answer = client("GET", "/healthz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"


def test_a_slow_question_does_not_stop_others(workspace, settings, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(declaration_rows, "pipelines", lambda _session: go_on.wait(10) and [])
    app = create_app(workspace, settings)

    async def both():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            slow = asyncio.create_task(client.post("/graphql", json={"query": "{ pipelines { name } }"}))
            quick = await client.post("/graphql", json={"query": "{ experiments { name } }"})
            waiting = not slow.done()
            go_on.set()
            return waiting, quick.json(), (await slow).json()

    waiting, quick, slow = asyncio.run(both())
    assert waiting
    assert quick == {"data": {"experiments": []}}
    assert slow == {"data": {"pipelines": []}}
