"""A database that driftline 0.1 wrote is migrated on both kinds of database, and nothing of it is lost.

`legacy/make.py` says how the database was made, and asked the old verbs for the answers that stand beside it.
"""

import gzip
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, select, text

from assets import electricity
from driftline import Retrain
from driftline.artifacts import open_artifacts
from driftline.clock import now
from driftline.declaration import read_declaration
from driftline.declaration.whole_table import WholeTable
from driftline.registry import known_model, load_decisions, load_timeline, rollback, timeline
from driftline.registry.errors import UnknownVersionError
from driftline.store import decision_rows, declaration_rows, drift_rows, evaluation_rows
from driftline.store.alias_rows import AliasMove
from driftline.store.database import open_database
from driftline.store.migrations import HEAD
from driftline.workspace import Workspace
from tests.databases import KINDS, copied_database, new_database

LEGACY = Path(__file__).parent / "legacy"
SQL = gzip.decompress((LEGACY / "0.1.sql.gz").read_bytes()).decode()
ANSWERS = json.loads(gzip.decompress((LEGACY / "0.1.answers.json.gz").read_bytes()))
DECISIONS = ANSWERS["decisions"]

KILLED = """
import os, signal, sys
from sqlalchemy import event, Engine
from driftline.store.database import open_database
left = int(sys.argv[2])
@event.listens_for(Engine, "after_cursor_execute")
def count(*_):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
open_database(sys.argv[1])
"""


def old_sqlite(path: Path) -> str:
    """Write the old database to a file and return its URL."""
    connection = sqlite3.connect(path)
    connection.executescript(SQL)
    connection.close()
    return f"sqlite:///{path}"


def old_postgres(url: str, path: Path) -> None:
    """Fill an empty PostgreSQL database with the rows of the old one, at the old schema."""
    source, target = create_engine(old_sqlite(path)), create_engine(url)
    with target.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "driftline.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
    tables = MetaData()
    tables.reflect(target)
    rows_of = MetaData()
    rows_of.reflect(source)
    with source.connect() as reading, target.begin() as writing:
        writing.execute(text("SET session_replication_role = replica"))  # rows come in any order of their references
        for table in tables.sorted_tables:
            rows = [dict(row._mapping) for row in reading.execute(select(rows_of.tables[table.name]))]
            writing.execute(text(f'DELETE FROM "{table.name}"'))
            if rows:
                writing.execute(table.insert(), [_typed(table, row) for row in rows])
            if "id" in table.c and rows and isinstance(rows[0]["id"], int):
                sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
                writing.execute(text(f'SELECT setval({sequence}, (SELECT MAX(id) FROM "{table.name}"))'))
    source.dispose()
    target.dispose()


def _typed(table, row):
    """A row with times in UTC and booleans, which SQLite keeps as texts and numbers."""
    typed = dict(row)
    for column in table.columns:
        value = typed[column.name]
        kind = str(column.type)
        if value is None:
            continue
        if kind.startswith("TIMESTAMP"):
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
            typed[column.name] = moment.replace(tzinfo=moment.tzinfo or now().tzinfo)
        elif kind == "BOOLEAN":
            typed[column.name] = bool(value)
    return typed


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> Iterator[Callable[[str], str]]:
    """Gives the URL of the old database before anything has migrated it, made once a kind: tests copy it."""
    folder = tmp_path_factory.mktemp("old")
    with ExitStack() as ending:

        @cache
        def make(kind: str) -> str:
            if kind == "sqlite":
                return old_sqlite(folder / "old.db")
            url = ending.enter_context(new_database(kind, folder))
            old_postgres(url, folder / "source.db")
            return url

        yield make


@pytest.fixture(params=KINDS)
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path, old: Callable[[str], str]) -> Iterator[str]:
    """The URL of the old database, once for each kind."""
    with copied_database(old(request.param), tmp_path) as url:
        yield url


@pytest.fixture
def workspace(migrated_url: str, tmp_path: Path):
    opened = Workspace(
        database=open_database(migrated_url),
        artifacts=open_artifacts(str(tmp_path / "artifacts")),
        clock=now,
        journals=tmp_path / "journals",
    )
    yield opened
    opened.database.close()


def decisions(workspace):
    with workspace.database.reading() as session:
        rows = decision_rows.decisions(session, None, first=None)
        return load_decisions(session, list(reversed(rows)))


@pytest.mark.parametrize("model", ANSWERS["champions"])
def test_the_champion_of_each_time_is_the_same(workspace, model):
    champions = timeline(workspace, model)
    for time, version in ANSWERS["champions"][model]:
        holder = champions.holder(datetime.fromisoformat(time))
        assert (holder.version if holder else None) == version, time


def test_evaluations_have_the_values_that_they_had(workspace):
    for name, expected in ANSWERS["production"].items():
        champions = timeline(workspace, name)
        with workspace.database.reading() as session:
            model_id = known_model(session, name).id
            rows = evaluation_rows.newest_on_partitions(session, model_id, name, first=None)
            served = {
                row.partition_key: row.id
                for row, start in reversed(rows)
                if champions.holder(start or now()).id == row.version_id
            }
            metrics = evaluation_rows.evaluation_metrics(session, list(served.values()))
        found = {
            (key, metric.value) for key, id_ in served.items() for metric in metrics[id_] if metric.value is not None
        }
        assert len(expected) > 0
        assert {(key, value) for key, value in expected} <= found


def test_decisions_keep_their_evidence_as_far_as_it_was_stored(workspace):
    found = decisions(workspace)
    assert list(found) == [row["id"] for row in DECISIONS]
    for row in DECISIONS:
        decision = found[row["id"]]
        kept = ("model_id", "drift_report_id", "status", "actor", "reason", "attempt", "dagster_run_id")
        assert {name: getattr(decision, name) for name in kept} == {name: row[name] for name in kept}
        assert decision.trigger == ("manual" if row["trigger"] == "first" else row["trigger"])
        assert decision.outcome == (row["outcome"] if row["status"] in {"promoted", "kept", "failed"} else None)
        assert (decision.started_at is None) == (row["started_at"] is None)
        assert decision.serving_version_id == row["serving_version_id"]
        if row["started_at"] is not None or row["status"] != "declined":
            assert decision.challenger_version_id == row["challenger_version_id"]
        judged = decision.adjudication
        assert (judged is None) == (row["metric"] is None or row["challenger_version_id"] is None)
        if judged is not None:
            names = ("metric", "champion_score", "challenger_score", "gain", "gain_low", "gain_high", "p_value")
            assert {name: getattr(judged, name) for name in names} == {name: row[name] for name in names}
            assert judged.champion_version_id == row["champion_version_id"]


def test_each_kind_of_decision_is_told_apart(workspace):
    kinds = {(decision.kind, decision.trigger) for decision in decisions(workspace).values()}
    assert {("switch", "manual"), ("bandit", "bandit"), ("retrain", "drift"), ("retrain", "manual")} <= kinds


def test_drift_reports_keep_their_verdicts(workspace):
    with workspace.database.reading() as session:
        reports = drift_rows.reports(session, None, first=100_000)
    assert [[row.id, row.partition_key, row.verdict] for row in reversed(reports)] == ANSWERS["reports"]


def test_a_challenger_that_waits_goes_on_waiting(workspace):
    waiting = [one for one in decisions(workspace).values() if one.status == "trained"]
    assert [one.trigger for one in waiting] == ["manual"]
    assert waiting[0].holdout_version_id is not None


def test_declarations_stand_under_their_digests(workspace):
    with workspace.database.reading() as session:
        known = {row.name: declared for row, declared in declaration_rows.pipelines(session)}
    assert set(known) == {"income", "electricity", "fire_risk"}
    assert {declared.format for declared in known.values()} == {0}
    read = {name: read_declaration(declared.content, declared.format) for name, declared in known.items()}
    assert read["income"].metrics == ("auroc", "accuracy", "log_loss", "brier")
    assert read["income"].partitions == WholeTable()
    assert read["electricity"].drift == electricity.drift
    assert read["fire_risk"].retrain == Retrain(trigger=None, choice=None, cooldown="14d")


def test_a_rollback_goes_on_where_it_stood_and_a_cancelled_plan_blocks_nothing(workspace):
    with workspace.database.reading() as session:
        history = load_timeline(session, known_model(session, "electricity").id)
    assert [event.move for event in history.events].count(AliasMove.ROLLBACK) == 2
    assert history.planned(now()) == ()
    with pytest.raises(UnknownVersionError):  # the one switch was taken back already
        rollback(workspace, "electricity", actor="ann", reason="to see")


def test_a_migration_that_is_killed_and_started_again_ends_well(tmp_path):
    url = old_sqlite(tmp_path / "old.db")
    for statements in (3, 12, 25, 40):
        killed = subprocess.run([sys.executable, "-c", KILLED, url, str(statements)], check=False)
        assert killed.returncode == -signal.SIGKILL, statements
        with sqlite3.connect(tmp_path / "old.db") as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0008",)
    opened = open_database(url)
    with opened.reading() as session:
        assert session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        assert len(decision_rows.decisions(session, None, first=None)) == len(DECISIONS)
    opened.close()
