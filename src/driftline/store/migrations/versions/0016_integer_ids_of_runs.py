"""Runs have integer ids, names of params, tags and metrics stand once, and points belong to who wrote them."""

import json
from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

# A copy of the first of store/views.py as it is at this revision.
EXPERIMENT_RUNS = """
CREATE VIEW experiment_runs AS
SELECT run.run_id, experiment.name AS experiment, run.name AS run_name, run.status, run.user_name, run.user_email,
       run.started_at, run.ended_at, registered_model.name AS model_name, model_version.version AS model_version,
       run.source_url, run.git_commit, run.dagster_run_id
FROM run
JOIN experiment ON experiment.id = run.experiment_id
LEFT JOIN model_version ON model_version.run_id = run.run_id
LEFT JOIN registered_model ON registered_model.id = model_version.model_id
"""

RUN = (
    "run_id, experiment_id, name, status, user_name, user_email, started_at, ended_at, source_url, git_commit, "
    "git_dirty, dagster_run_id, error"
)
CHUNK = 10_000
LONGEST_TEXT = 500


def upgrade() -> None:
    """Move all rows to the new tables."""
    op.execute("DROP VIEW experiment_runs")
    old = ("param", "tag", "metric_point", "metric_summary")
    for table in old:
        op.rename_table(table, f"old_{table}")
        if not _is_sqlite():  # whose names of constraints are those of indexes, too
            op.execute(f"ALTER TABLE old_{table} DROP CONSTRAINT {table}_run_id_fkey")
            op.execute(f"ALTER TABLE old_{table} RENAME CONSTRAINT {table}_pkey TO old_{table}_pkey")
    op.drop_index("ix_metric_summary_key_last", "old_metric_summary")
    if _is_sqlite():
        _run_on_sqlite()
    else:
        _run_on_postgresql()
    for name in ("objective", "metric", "direction"):
        op.add_column("experiment", sa.Column(name, sa.String()))
    op.add_column("experiment", sa.Column("target", sa.Float()))
    with op.batch_alter_table("dataset_version") as version:
        version.alter_column("artifact_digest", existing_type=sa.String(), existing_nullable=False, nullable=True)
        version.add_column(sa.Column("source", sa.String()))
    _tables()
    for table in old:
        op.execute(
            f"INSERT INTO logged_key (name) SELECT DISTINCT key FROM old_{table} WHERE TRUE ON CONFLICT DO NOTHING"
        )
    _writers()
    _params_and_tags()
    _metrics()
    for table in old:
        op.drop_table(f"old_{table}")
    op.execute(EXPERIMENT_RUNS)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _columns_of_runs() -> list[sa.Column[Any]]:
    return [
        sa.Column("parent_run_id", sa.String()),
        sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("git_branch", sa.String()),
        sa.Column("command", sa.String()),
        sa.Column("surroundings", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("hypothesis", sa.String()),
        sa.Column("conclusion", sa.String()),
        sa.Column("note", sa.String()),
        sa.Column("archived_at", sa.DateTime(timezone=True)),
    ]


def _run_on_sqlite() -> None:
    """Make the table anew, since its primary key is another; other tables refer to it by its name."""
    op.drop_index("ix_run_dagster_run_id", "run")
    op.drop_index("ix_run_experiment_started", "run")
    op.create_table(
        "new_run",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), sa.ForeignKey("experiment.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("user_email", sa.String()),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("source_url", sa.String()),
        sa.Column("git_commit", sa.String()),
        sa.Column("git_dirty", sa.Boolean()),
        sa.Column("dagster_run_id", sa.String()),
        sa.Column("error", sa.String()),
        *_columns_of_runs(),
        sa.UniqueConstraint("run_id"),
    )
    op.execute(f"INSERT INTO new_run ({RUN}) SELECT {RUN} FROM run ORDER BY started_at, run_id")
    op.drop_table("run")
    op.rename_table("new_run", "run")
    _indexes_of_runs()


def _run_on_postgresql() -> None:
    others = ("artifact", "run_input", "model_version")
    for table in others:
        op.drop_constraint(f"{table}_run_id_fkey", table)
    op.drop_constraint("run_pkey", "run")
    op.execute("ALTER TABLE run ADD COLUMN id SERIAL PRIMARY KEY")
    op.create_unique_constraint("run_run_id_key", "run", ["run_id"])
    for table in others:
        op.create_foreign_key(f"{table}_run_id_fkey", table, "run", ["run_id"], ["run_id"])
    for column in _columns_of_runs():
        op.add_column("run", column)
    op.drop_index("ix_run_dagster_run_id", "run")
    op.drop_index("ix_run_experiment_started", "run")
    _indexes_of_runs()


def _indexes_of_runs() -> None:
    op.create_index("ix_run_dagster_run_id", "run", ["dagster_run_id"])
    op.create_index("ix_run_experiment_started", "run", ["experiment_id", "started_at", "id"])
    op.create_index("ix_run_started", "run", ["started_at", "id"])
    op.create_index("ix_run_parent_run_id", "run", ["parent_run_id"])
    running = sa.text("status = 'running'")
    op.create_index("ix_run_running", "run", ["id"], sqlite_where=running, postgresql_where=running)


def _tables() -> None:
    op.create_table(
        "logged_key",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "run_writer",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("writer", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("watermark", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("from_step", sa.BigInteger()),
        sa.PrimaryKeyConstraint("run", "writer"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "param",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("number", sa.Float()),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_param_text", "param", ["key", "text", "run"])
    numbers = sa.text("number IS NOT NULL")
    op.create_index(
        "ix_param_number", "param", ["key", "number", "run"], sqlite_where=numbers, postgresql_where=numbers
    )
    op.create_table(
        "param_change",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run", "key", "number"),
    )
    op.create_table(
        "tag",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("rest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("run", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tag_text", "tag", ["key", "text", "run"])
    for table in ("metric_point", "superseded_point"):
        op.create_table(
            table,
            sa.Column("run", sa.Integer(), nullable=False),
            sa.Column("key", sa.Integer(), nullable=False),
            sa.Column("step", sa.BigInteger(), nullable=False),
            sa.Column("seq", sa.BigInteger(), nullable=False),
            sa.Column("at_us", sa.BigInteger(), nullable=False),
            sa.Column("value", sa.Float()),
            sa.PrimaryKeyConstraint("run", "key", "step", "seq"),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "metric_block",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("first_step", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_metric_block_key", "metric_block", ["run", "key"])
    op.create_table(
        "metric_summary",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("finite_count", sa.Integer(), nullable=False),
        sa.Column("first", sa.Float()),
        sa.Column("first_step", sa.BigInteger(), nullable=False),
        sa.Column("first_us", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.Float()),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("last_us", sa.BigInteger(), nullable=False),
        sa.Column("min", sa.Float()),
        sa.Column("min_step", sa.BigInteger()),
        sa.Column("max", sa.Float()),
        sa.Column("max_step", sa.BigInteger()),
        sa.Column("mean", sa.Float()),
        sa.PrimaryKeyConstraint("run", "key"),
        sqlite_with_rowid=False,
    )
    covered = ["key", "last", "run", "first", "min", "max", "mean", "count"]
    op.create_index("ix_metric_summary_last", "metric_summary", covered)


def _writers() -> None:
    """The processes that hold runs write them; what older versions logged is by a writer of its own, 0."""
    held = (
        "JOIN lock ON lock.name = 'run ' || run.run_id" if _is_sqlite() else "JOIN lock ON lock.name = 'run ' || run_id"
    )
    lease = "datetime(expires_at, '-5 minutes') || '.000000'" if _is_sqlite() else "expires_at - interval '5 minutes'"
    op.execute(
        "INSERT INTO run_writer (run, writer, number, process, watermark, heard_at, attempt) "
        f"SELECT run.id, 0, 0, lock.holder, -1, {lease}, 1 FROM run {held}"
    )
    op.execute("DELETE FROM lock WHERE name LIKE 'run %'")


def _params_and_tags() -> None:
    params, tags = sa.table("param"), sa.table("tag")
    for name in ("run", "key", "number", "text", "value"):
        params.append_column(sa.column(name))
    for name in ("run", "key", "text", "rest"):
        tags.append_column(sa.column(name))
    for rows in _chunks("old_param"):
        op.get_bind().execute(
            sa.insert(params),
            [
                {
                    "run": run,
                    "key": key,
                    "number": _number(json.loads(value)),
                    "text": _text(json.loads(value)),
                    "value": value,
                }
                for run, key, value in rows
            ],
        )
    for rows in _chunks("old_tag"):
        op.get_bind().execute(
            sa.insert(tags),
            [
                {"run": run, "key": key, "text": value[:LONGEST_TEXT], "rest": value[LONGEST_TEXT:]}
                for run, key, value in rows
            ],
        )


def _chunks(table: str) -> Iterator[Sequence[Any]]:
    found = (
        op.get_bind()
        .execute(
            sa.text(
                f"SELECT run.id, logged_key.id, own.value FROM {table} AS own JOIN run ON run.run_id = own.run_id "
                "JOIN logged_key ON logged_key.name = own.key ORDER BY 1, 2"
            )
        )
        .all()
    )
    for start in range(0, len(found), CHUNK):
        yield found[start : start + CHUNK]


def _number(value: Any) -> float | None:
    if not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return None if isnan(number) else number


def _text(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value) if isinstance(value, list | dict) else str(value))[
        :LONGEST_TEXT
    ]


def _metrics() -> None:
    """Points are numbered by step and time, and summaries know the times of their ends."""
    us, infinity = (
        ("CAST(strftime('%s', {0}) AS INTEGER) * 1000000 + CAST(substr({0} || '000000', 21, 6) AS INTEGER)", "9e999")
        if _is_sqlite()
        else ("CAST(EXTRACT(EPOCH FROM {0}) * 1000000 AS BIGINT)", "CAST('Infinity' AS DOUBLE PRECISION)")
    )
    op.execute(
        sa.text(
            "INSERT INTO metric_point (run, key, step, seq, at_us, value) "
            "SELECT run.id, logged_key.id, own.step, "
            "ROW_NUMBER() OVER (PARTITION BY own.run_id, own.key ORDER BY own.step, own.logged_at), "
            f"{us.format('own.logged_at')}, "
            f"CASE own.special WHEN 'inf' THEN {infinity} WHEN '-inf' THEN -{infinity} ELSE own.value END "
            "FROM old_metric_point AS own JOIN run ON run.run_id = own.run_id "
            "JOIN logged_key ON logged_key.name = own.key"
        )
    )
    at = (
        "(SELECT {0}(at_us) FROM metric_point AS point WHERE point.run = run.id AND point.key = logged_key.id "
        "AND point.step = own.{1})"
    )
    kept = "count, finite_count, first, first_step, last, last_step, min, min_step, max, max_step, mean"
    own = ", ".join(f"own.{name}" for name in kept.split(", "))
    op.execute(
        f"INSERT INTO metric_summary (run, key, {kept}, first_us, last_us) SELECT run.id, logged_key.id, {own}, "
        f"COALESCE({at.format('MIN', 'first_step')}, 0), COALESCE({at.format('MAX', 'last_step')}, 0) "
        "FROM old_metric_summary AS own JOIN run ON run.run_id = own.run_id "
        "JOIN logged_key ON logged_key.name = own.key"
    )
