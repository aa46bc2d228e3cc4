"""Requests as anything may send them: wrong bodies, huge ones, half ones, and values that no database keeps."""

import asyncio
import base64
import json
import random
import socket
import threading
import time
from itertools import product
from pathlib import Path

import httpx
import pytest
import uvicorn

from driftline.api.http.application import create_app
from driftline.api.http.limits import MOST_BYTES, LimitsMiddleware
from driftline.api.http.server import PromptProtocol, listening
from driftline.registry.declarations import record_declaration
from tests.streams import fires

OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"
ON_SQLITE = pytest.mark.parametrize("workspace", ["sqlite"], indirect=True)
JSON = {"content-type": "application/json"}


BODIES = [b"null", b"1", b'"x"', b"[]", b"", b"{", b"\xff\xfe", b'{"query": null}', b'{"query": 1}']
BODIES += [
    b'{"query": "{a}", "variables": [1]}',
    b'{"query": "{a}", "operationName": ["a"]}',
    b'{"query": "{a}", "operationName": "\\ud800"}',
]
BODIES += [b"[" * 100_000, b'{"variables": ' + b"[" * 990 + b"]" * 990 + b"}", b'{"variables": ' + b"9" * 5000 + b"}"]


@ON_SQLITE
def test_a_body_that_is_no_request_is_400(client):
    for body in BODIES:
        answer = client("POST", "/graphql", content=body, headers=JSON)
        assert (answer.status_code, bool(answer.text)) == (400, True), body[:80]


@ON_SQLITE
def test_another_content_type_is_400(client):
    for kind in ("application/jsonp", "text/json", "application/graphql", ""):
        answer = client("POST", "/graphql", content=b'{"query": "{ a }"}', headers={"content-type": kind})
        assert (answer.status_code, "Send application/json." in answer.text) == (400, True)


@ON_SQLITE
def test_of_two_operations_one_has_to_be_named(ask, client):
    both = "query A { models { name } } query B { experiments { name } }"
    assert "2 operations: A, B" in ask(both)["errors"][0]["message"]
    asked = {"query": both, "operationName": "B"}
    assert client("POST", "/graphql", json=asked).json() == {"data": {"experiments": []}}


OF_NAMES = [
    "query ($x: String!) { model(name: $x) { name } }",
    "query ($x: ID!) { run(runId: $x) { name } }",
    "query ($x: String!) { runs(experiment: $x) { nodes { name } } }",
    "query ($x: String!) { alerts(model: $x) { nodes { what } } }",
    "query ($x: String!) { backtests(pipeline: $x) { nodes { metric } } }",
    'query ($x: String!) { model(name: "fires") { aliasAt(alias: $x) { revision } } }',
    'query ($x: String!) { evaluations(model: "fires", dataset: $x) { nodes { id } } }',
    "query ($x: String) { decisions(after: $x) { nodes { id } } }",
]


def test_a_name_that_no_database_keeps_is_refused_alike(production, ask):
    for query, name in product(OF_NAMES, ["a\0b", "\ud800", "x\udfff"]):
        [error] = ask(query, x=name)["errors"]
        assert error["extensions"]["code"] != "INTERNAL_ERROR", query


def test_a_cursor_that_no_list_gave_is_refused(ask):
    later = "9999-12-31T23:59:59-14:00"
    of_runs = [[], [1], ["2025-01-01", "a"], ["soon", 1], [later, 1], ["2025-01-01", 0], ["2025-01-01", True]]
    for field, cursors in {
        "decisions { nodes { id } }": [[2**63 - 1], [2**31], [0], [-1], [True], ["x"], [1.5], [[]]],
        "runs { nodes { name } }": of_runs,
    }.items():
        name, rest = field.split(" ", 1)
        for values in cursors:
            query = f"query ($x: String) {{ {name}(after: $x) {rest} }}"
            [error] = ask(query, x=base64.urlsafe_b64encode(json.dumps(values).encode()).decode())["errors"]
            assert error["extensions"]["code"] == "INVALID_PAGE", values


@ON_SQLITE
def test_a_long_name_is_not_sent_back_whole(ask):
    [error] = ask("query ($x: String!) { model(name: $x) { name } }", x="x" * 3_000_000)["errors"]
    assert len(error["message"]) < 11_000


def test_no_seeded_mutation_of_an_operation_is_a_fault_of_the_server(production, client):
    draw = random.Random(7)  # noqa: S311
    with production.database.transaction() as session:
        record_declaration(session, fires(), production.clock())
    queries = [path.read_text() for path in sorted(OPERATIONS.glob("*.graphql"))]
    for number in range(150):
        answer = client("POST", "/graphql", content=mutated(draw, draw.choice(queries)), headers=JSON)
        assert answer.status_code in {200, 400}, number
        assert "INTERNAL_ERROR" not in answer.text, number


ODD = [
    None,
    True,
    -1,
    0,
    2**31,
    2**63,
    10**30,
    1.5,
    "",
    "a\0",
    "\ud800",
    "2025-05-03",
    "9999-12-31",
    "x" * 5000,
    [],
    {},
]
NAMES = ["model", "pipeline", "experiment", "at", "start", "end", "first", "after", "version", "dataset", "status"]


def mutated(draw, query):
    """A body of a query with odd values of its variables, at times cut or with a byte of another value."""
    key = {"column": draw.choice(["time", "station", "a\0"]), "value": draw.choice(ODD)}
    labels = [{"key": [key], "label": draw.choice(ODD)}]
    given = {name: draw.choice(["fires", *ODD]) for name in draw.sample(NAMES, 4)}
    part = {"pipeline": "fires", **({"labels": labels} if "addGroundTruth" in query else {"start": draw.choice(ODD)})}
    body = bytearray(json.dumps({"query": query, "variables": {"model": "fires", **given, "input": part}}).encode())
    if draw.random() < 0.3:
        body[draw.randrange(len(body))] = draw.randrange(256)
    return bytes(body[: draw.randrange(len(body))] if draw.random() < 0.1 else body)


def limited(**limits):
    """A program that answers with the number of bytes it got, behind limits of its own."""

    async def program(scope, receive, send):
        body = (await receive())["body"]
        await asyncio.sleep(float(scope["query_string"] or 0))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(len(body)).encode()})

    return LimitsMiddleware(program, **limits)


def sent(app, path="/", body=b""):
    async def send():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post(path, content=body)

    return asyncio.run(send())


def test_a_body_is_read_up_to_the_limit():
    app = limited(most_bytes=100)
    assert sent(app, body=b"x" * 100).text == "100"
    assert sent(app, body=b"x" * 101).status_code == 413

    async def pieces():
        for _ in range(11):
            yield b"x" * 10

    assert sent(app, body=pieces()).status_code == 413  # no header says how much comes


@ON_SQLITE
def test_the_api_takes_no_body_above_the_limit(client):
    assert client("POST", "/graphql", content=b" " * (MOST_BYTES + 1), headers=JSON).status_code == 413


def test_a_body_and_an_answer_that_do_not_come_are_given_up():
    async def slow():
        yield b"x"
        await asyncio.sleep(5)
        yield b"x"

    assert sent(limited(body_s=0.05), body=slow()).status_code == 408
    assert sent(limited(request_s=0.05), "/?5").status_code == 503
    assert sent(limited(request_s=5), "/?0.01").status_code == 200


class Prompt(PromptProtocol):
    head_s = 0.3


@pytest.fixture
def port(workspace, settings):
    """Where the API listens, and waits only briefly."""
    listener = listening("127.0.0.1", 0)
    config = uvicorn.Config(create_app(workspace, settings), http=Prompt, ws="none", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()
    listener.close()


@ON_SQLITE
def test_connections_without_a_whole_request_are_closed_while_others_are_served(port):
    head = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    halves = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(20)]
    for half in halves[10:]:
        half.sendall(head)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as patient:
        for _ in range(2):  # a connection in use waits for its next request
            patient.sendall(head + b"\r\n")
            assert b'{"status":"ok"}' in patient.recv(10_000)
            time.sleep(0.4)
    assert [half.recv(100) for half in halves] == [b""] * 20
    for half in halves:
        half.close()
