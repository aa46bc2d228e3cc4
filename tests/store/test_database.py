"""The database: first start, migrations, views, and what is refused."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from driftline.errors import DatabaseUnavailableError
from driftline.journal import Point
from driftline.registry import Timeline, move_alias, version_of_row
from driftline.settings import InvalidSettingError
from driftline.store import alert_rows, metric_rows, migrations, model_rows, views
from driftline.store.database import Database, open_database
from driftline.store.errors import NewerDatabaseError
from tests.logged import START_US, a_run, ended

NOW = datetime(2026, 1, 1, tzinfo=UTC)
VIEWS = {
    "experiment_runs": "run_id experiment run_name status user_name user_email started_at ended_at model_name "
    "model_version source_url git_commit dagster_run_id",
    "evaluation_results": "evaluated_at model_name model_version dataset partition_key metric value ci_low ci_high "
    "row_count label_count",
    "registry_status": "model_name production_version updated training_time decision_id trigger challenger_version "
    "metric champion_score challenger_score p_value reason",
}


def test_the_migrations_give_the_tables_of_the_code(database: Database):
    with database.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_newest_migration_is_the_head_that_the_code_names():
    assert ScriptDirectory(migrations.__path__[0]).get_current_head() == migrations.HEAD


def test_a_database_of_the_first_schema_keeps_its_rows_and_gets_the_tables_of_alerts(database_url: str):
    older = create_engine(database_url)
    with older.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "driftline.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text("INSERT INTO experiment (name, description, created_at) VALUES ('income', '', '2026-01-01')")
        )
    older.dispose()
    opened = open_database(database_url)
    with opened.reading() as session:
        assert session.connection().execute(text("SELECT name FROM experiment")).scalar() == "income"
        assert alert_rows.open_alerts(session) == []
    opened.close()


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_the_columns_of_its_contract(database: Database, view: str):
    with database.reading() as session:
        columns = [column["name"] for column in inspect(session.connection()).get_columns(view)]
    assert columns[: len(VIEWS[view].split())] == VIEWS[view].split()


def test_the_views_of_the_code_are_those_of_the_newest_migration_that_has_any():
    scripts = [script.module for script in ScriptDirectory(migrations.__path__[0]).walk_revisions()]
    newest = next(module for module in scripts if hasattr(module, "VIEWS"))
    assert [view.split() for view in newest.VIEWS] == [view.split() for view in views.VIEWS]


def test_findings_of_a_database_from_before_roles_and_rules_are_recorded_alerts(tmp_path):
    url = f"sqlite:///{tmp_path / 'old.db'}"
    config = Config()
    config.set_main_option("script_location", "driftline.store:migrations")
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO drift_finding (report_id, position, kind, name, method, reference_rows, analysis_rows, "
                "verdict) VALUES (1, 0, 'column', 'age', 'KS', 1, 1, 'ok')"
            )
        )
    engine.dispose()
    opened = open_database(url)
    with opened.reading() as session:
        row = session.connection().execute(text("SELECT role, rule, details FROM drift_finding")).one()
        assert tuple(row) == ("alert", "recorded", "{}")
    opened.close()


def test_metric_summaries_from_before_finite_points_were_counted_count_them(database_url: str):
    config = Config()
    config.set_main_option("script_location", "driftline.store:migrations")
    engine = create_engine(database_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        for statement in (
            "INSERT INTO experiment (id, name, description, created_at) VALUES (1, 'income', '', '2026-01-01')",
            "INSERT INTO run (run_id, experiment_id, name, status, user_name, started_at) "
            "VALUES ('r', 1, 'r', 'finished', 'u', '2026-01-01')",
            "INSERT INTO metric_point (run_id, key, step, logged_at, value, special) "
            "VALUES ('r', 'loss', 0, '2026-01-01', 0.5, NULL), ('r', 'loss', 1, '2026-01-01', NULL, 'nan')",
            "INSERT INTO metric_summary (run_id, key, count, first, first_step, last_step, mean) "
            "VALUES ('r', 'loss', 2, 0.5, 0, 1, 0.5)",
        ):
            connection.execute(text(statement))
    engine.dispose()
    opened = open_database(database_url)
    a_run(opened, Point(0, "loss", 2, START_US, 1.0), run_id="r")
    with opened.reading() as session:
        [summary] = metric_rows.metrics_of(session, ["r"])["r"]
    assert (summary.count, summary.finite_count, summary.mean) == (3, 2, 0.75)
    opened.close()


def test_eight_processes_may_start_at_once_on_an_empty_database(database_url: str):
    code = f"from driftline.store import open_database; open_database({database_url!r}).close()"
    starts = [subprocess.Popen([sys.executable, "-W", "error", "-c", code]) for _ in range(8)]
    assert [start.wait() for start in starts] == [0] * 8


def give_alias(session, run_id):
    """Make the first version of a model and give it the alias champion."""
    line = model_rows.model_named(session, "income", NOW)
    version = model_rows.add_version(
        session, line.id, run_id=run_id, digest="d", flavor="f", signature=[], trained_through=NOW, created_at=NOW
    )
    moved = {"effective_at": NOW, "recorded_at": NOW, "actor": "a", "reason": "the first"}
    move_alias(session, line.id, version_of_row(version), seen=Timeline(alias="champion"), as_of=NOW, **moved)


def test_alias_events_cannot_be_changed_or_deleted(database: Database):
    run_id = a_run(database, ended())
    with database.transaction() as session:
        give_alias(session, run_id)
    for statement in ("UPDATE alias_event SET version_id = 1", "DELETE FROM alias_event"):
        with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
            session.connection().execute(text(statement))


def test_sqlite_runs_in_wal_with_foreign_keys(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path / 'd.db'}")
    with opened.reading() as session:
        found = [session.connection().execute(text(f"PRAGMA {p}")).scalar() for p in ("journal_mode", "foreign_keys")]
    opened.close()
    assert found == ["wal", 1]


def test_a_transaction_that_raises_stores_nothing(database: Database):
    def store_and_fail():
        with database.transaction() as session:
            model_rows.model_named(session, "income", NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store_and_fail()
    with database.reading() as session:
        assert session.connection().execute(text("SELECT count(*) FROM registered_model")).scalar() == 0


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InvalidSettingError, match=r"folder .*nowhere, which does not exist"):
        open_database(f"sqlite:///{tmp_path / 'nowhere' / 'd.db'}")


@pytest.mark.parametrize(
    "url", ["mysql://u:secret@h/d", "no url", "sqlite://", "u:secret@h", "postgresql://u:@secret@h/d"]
)
def test_a_url_that_cannot_work_is_refused_without_its_password(url: str):
    with pytest.raises(InvalidSettingError, match="DRIFTLINE_DATABASE_URL") as caught:
        open_database(url)
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer_is_named_without_its_password():
    with pytest.raises(DatabaseUnavailableError, match=r"127\.0\.0\.1:1/d") as caught:
        open_database("postgresql://u:secret@127.0.0.1:1/d")
    assert "secret" not in str(caught.value)


def test_a_newer_schema_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "d.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.close()
    with pytest.raises(NewerDatabaseError, match="9999"):
        open_database(f"sqlite:///{tmp_path / 'd.db'}")
