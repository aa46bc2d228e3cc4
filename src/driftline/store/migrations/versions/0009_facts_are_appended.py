"""Facts are appended: decisions with events and adjudications, declarations by digest, batches with revisions."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

# A copy of store/views.py as it is at this revision.
VIEWS = (
    """
CREATE VIEW experiment_runs AS
SELECT run.run_id, experiment.name AS experiment, run.name AS run_name, run.status, run.user_name, run.user_email,
       run.started_at, run.ended_at, registered_model.name AS model_name, model_version.version AS model_version,
       run.source_url, run.git_commit, run.dagster_run_id
FROM run
JOIN experiment ON experiment.id = run.experiment_id
LEFT JOIN model_version ON model_version.run_id = run.run_id
LEFT JOIN registered_model ON registered_model.id = model_version.model_id
""",
    """
CREATE VIEW evaluation_results AS
SELECT evaluation.evaluated_at, registered_model.name AS model_name, model_version.version AS model_version,
       evaluation.dataset, evaluation.partition_key, evaluation_metric.metric, evaluation_metric.value,
       evaluation_metric.ci_low, evaluation_metric.ci_high, evaluation.row_count, evaluation.label_count
FROM evaluation
JOIN evaluation_metric ON evaluation_metric.evaluation_id = evaluation.id
JOIN model_version ON model_version.id = evaluation.version_id
JOIN registered_model ON registered_model.id = model_version.model_id
""",
    """
CREATE VIEW registry_status AS
SELECT registered_model.name AS model_name, serving.version AS production_version,
       decision.status = 'promoted' AS updated, decision.as_of AS training_time, decision.id AS decision_id,
       decision.trigger, challenger.version AS challenger_version, adjudication.metric, adjudication.champion_score,
       adjudication.challenger_score, adjudication.p_value, newest.text AS reason, decision.status, decision.actor,
       adjudication.gain, adjudication.gain_low, adjudication.gain_high, adjudication.method
FROM decision
JOIN registered_model ON registered_model.id = decision.model_id
JOIN decision_event AS newest ON newest.decision_id = decision.id AND newest.number =
     (SELECT MAX(number) FROM decision_event WHERE decision_event.decision_id = decision.id)
LEFT JOIN adjudication ON adjudication.id =
     (SELECT MAX(id) FROM adjudication AS own WHERE own.decision_id = decision.id)
LEFT JOIN model_version AS serving ON serving.id = newest.serving_version_id
LEFT JOIN model_version AS challenger ON challenger.id =
     (SELECT MAX(challenger_version_id) FROM decision_event WHERE decision_event.decision_id = decision.id)
WHERE EXISTS (SELECT 1 FROM decision_event AS began WHERE began.decision_id = decision.id
              AND began.status = 'training')
""",
)

_APPEND_ONLY = ("alias_event", "decision_event", "adjudication", "declaration")


def upgrade() -> None:
    """Give each fact a row of its own, and move what was stored before into these rows."""
    for view in ("experiment_runs", "evaluation_results", "registry_status"):
        op.execute(f"DROP VIEW {view}")
    _alias_events()
    with op.batch_alter_table("model_version") as table:
        table.add_column(sa.Column("task", sa.String(), nullable=True))
        table.add_column(sa.Column("classes", sa.JSON(), nullable=True))
    _declarations()
    _batches()
    _decisions()
    for table_name in _APPEND_ONLY[1:]:
        _refuse_changes(table_name)
    for view in VIEWS:
        op.execute(view)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _refuse_changes(table: str) -> None:
    """Let the database refuse to change or delete rows of `table`."""
    if _is_sqlite():
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_{verb} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )


def _alias_events() -> None:
    """Say of each event what it does, and whether it was recorded for a time to come."""
    if _is_sqlite():
        op.execute("DROP TRIGGER alias_event_update")
        op.execute("DROP TRIGGER alias_event_delete")
    else:
        op.execute("DROP TRIGGER alias_event_append_only ON alias_event")
    op.add_column("alias_event", sa.Column("move", sa.String(), server_default="move", nullable=False))
    op.add_column("alias_event", sa.Column("planned", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE alias_event SET move = 'end' WHERE version_id IS NULL")
    # Before, each switch of the champion but a rollback had a decision.
    op.execute(
        "UPDATE alias_event SET move = 'rollback' "
        "WHERE alias = 'champion' AND decision_id IS NULL AND revision > 1 AND version_id IS NOT NULL"
    )
    op.execute(sa.text("UPDATE alias_event SET planned = :yes WHERE effective_at > recorded_at").bindparams(yes=True))
    _refuse_changes("alias_event")


def _declarations() -> None:
    """Keep each declaration under the digest of its JSON; format 0 is that of driftline 0.1."""
    op.create_table(
        "declaration",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("pipeline", sa.String(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index(op.f("ix_declaration_pipeline"), "declaration", ["pipeline"])
    old = sa.table(
        "pipeline",
        sa.column("name"),
        sa.column("declaration", sa.JSON()),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
    rows = op.get_bind().execute(sa.select(old)).all()
    op.drop_table("pipeline")
    op.create_table(
        "pipeline",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("declaration_digest", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["declaration_digest"], ["declaration.digest"]),
        sa.PrimaryKeyConstraint("name"),
    )
    new = sa.table(
        "declaration",
        sa.column("digest"),
        sa.column("pipeline"),
        sa.column("format"),
        sa.column("content", sa.JSON()),
        sa.column("recorded_at", sa.DateTime(timezone=True)),
    )
    current = sa.table(
        "pipeline",
        sa.column("name"),
        sa.column("declaration_digest"),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
    for row in rows:
        canonical = json.dumps(row.declaration, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        content = {"digest": digest, "pipeline": row.name, "format": 0, "content": row.declaration}
        op.get_bind().execute(sa.insert(new).values(**content, recorded_at=row.updated_at))
        op.get_bind().execute(
            sa.insert(current).values(name=row.name, declaration_digest=digest, updated_at=row.updated_at)
        )
    with op.batch_alter_table("dataset_reading") as table:
        table.add_column(sa.Column("declaration_digest", sa.String(), nullable=True))
        table.create_foreign_key("fk_reading_declaration", "declaration", ["declaration_digest"], ["digest"])


def _batches() -> None:
    """Let a partition that is predicted again get a revision; an evaluation names the batch it measured."""
    naming = {"uq": "uq_%(table_name)s_%(column_0_name)s_%(column_1_name)s"}
    name = "uq_prediction_batch_version_id_partition_key" if _is_sqlite() else _unique_name("prediction_batch")
    with op.batch_alter_table("prediction_batch", naming_convention=naming) as table:
        table.add_column(sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
        table.add_column(sa.Column("declaration_digest", sa.String(), nullable=True))
        table.create_foreign_key("fk_batch_declaration", "declaration", ["declaration_digest"], ["digest"])
        table.drop_constraint(name, type_="unique")
        table.create_unique_constraint("uq_prediction_batch_revision", ["version_id", "partition_key", "revision"])
    with op.batch_alter_table("evaluation", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_evaluation_batch", "prediction_batch", ["batch_id"], ["id"])


def _unique_name(table: str) -> str:
    """Return the name that the database gave to the one unique constraint of a table."""
    [constraint] = sa.inspect(op.get_bind()).get_unique_constraints(table)
    return str(constraint["name"])


def _decisions() -> None:
    """Take decisions apart into the question, its events, and the comparison that it stands on."""
    _create_decision_tables()
    _copy_events()
    op.execute(
        """
        INSERT INTO adjudication (decision_id, recorded_at, challenger_version_id, champion_version_id,
            holdout_version_id, metric, champion_score, challenger_score, gain, gain_low, gain_high, p_value, promote,
            rule, details, guardrails)
        SELECT id, COALESCE(judged_at, recorded_at), challenger_version_id, champion_version_id, holdout_version_id,
            metric, champion_score, challenger_score, gain, gain_low, gain_high, p_value, status = 'promoted',
            'recorded', '{}', '{}'
        FROM decision WHERE metric IS NOT NULL AND challenger_version_id IS NOT NULL ORDER BY id
        """
    )
    gone = [
        "reason", "outcome", "attempt", "dagster_run_id", "started_at", "judged_at", "metric", "champion_score",
        "challenger_score", "gain", "gain_low", "gain_high", "p_value", "challenger_version_id",
        "champion_version_id", "serving_version_id", "holdout_version_id",
    ]  # fmt: skip
    with op.batch_alter_table("decision", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("kind", sa.String(), server_default="retrain", nullable=False))
        table.add_column(sa.Column("declaration_digest", sa.String(), nullable=True))
        table.create_foreign_key("fk_decision_declaration", "declaration", ["declaration_digest"], ["digest"])
    # What a person or a bandit switched never trained.
    op.execute("UPDATE decision SET kind = 'bandit' WHERE trigger = 'bandit'")
    op.execute(
        "UPDATE decision SET kind = 'switch' WHERE trigger = 'manual' AND started_at IS NULL AND status = 'promoted'"
    )
    op.execute("UPDATE decision SET trigger = 'manual' WHERE trigger = 'first'")
    with op.batch_alter_table("decision", table_kwargs={"sqlite_autoincrement": True}) as table:
        for column in gone:
            table.drop_column(column)
        table.alter_column("kind", existing_type=sa.String(), server_default=None)


def _create_decision_tables() -> None:
    op.create_table(
        "decision_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("dagster_run_id", sa.String(), nullable=True),
        sa.Column("challenger_version_id", sa.Integer(), nullable=True),
        sa.Column("holdout_version_id", sa.Integer(), nullable=True),
        sa.Column("serving_version_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"]),
        sa.ForeignKeyConstraint(["challenger_version_id"], ["model_version.id"]),
        sa.ForeignKeyConstraint(["holdout_version_id"], ["dataset_version.id"]),
        sa.ForeignKeyConstraint(["serving_version_id"], ["model_version.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("decision_id", "number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "adjudication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("challenger_version_id", sa.Integer(), nullable=False),
        sa.Column("champion_version_id", sa.Integer(), nullable=True),
        sa.Column("holdout_version_id", sa.Integer(), nullable=True),
        sa.Column("metric", sa.String(), nullable=False),
        *[
            sa.Column(name, sa.Float(), nullable=True)
            for name in ("champion_score", "challenger_score", "gain", "gain_low", "gain_high", "standard_error")
        ],
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("p_value", sa.Float(), nullable=True),
        sa.Column("p_value_two_sided", sa.Float(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("promote", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("guardrails", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"]),
        sa.ForeignKeyConstraint(["challenger_version_id"], ["model_version.id"]),
        sa.ForeignKeyConstraint(["champion_version_id"], ["model_version.id"]),
        sa.ForeignKeyConstraint(["holdout_version_id"], ["dataset_version.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_adjudication_decision_id"), "adjudication", ["decision_id"])
    op.create_table(
        "adjudication_slice",
        sa.Column("adjudication_id", sa.Integer(), nullable=False),
        sa.Column("slice_column", sa.String(), nullable=False),
        sa.Column("slice_value", sa.String(), nullable=False),
        *[
            sa.Column(name, sa.Float(), nullable=True)
            for name in ("champion_score", "challenger_score", "gain", "gain_low", "gain_high", "standard_error")
        ],
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["adjudication_id"], ["adjudication.id"]),
        sa.PrimaryKeyConstraint("adjudication_id", "slice_column", "slice_value"),
    )


# The life of an old row, as far as it was stored: status, its time, whether it happened, and what is known of it.
_LIFE = (
    ("CASE WHEN status = 'declined' THEN 'declined' ELSE 'requested' END", "recorded_at", "1 = 1", "reason", ()),
    ("'training'", "started_at", "started_at IS NOT NULL AND status <> 'requested'", "''", ("dagster_run_id",)),
    (
        "'trained'",
        "COALESCE(judged_at, started_at)",
        "started_at IS NOT NULL AND challenger_version_id IS NOT NULL AND status NOT IN ('requested', 'training')",
        "''",
        ("dagster_run_id", "challenger_version_id", "holdout_version_id"),
    ),
    ("'judged'", "judged_at", "judged_at IS NOT NULL", "''", ("challenger_version_id", "holdout_version_id")),
    (
        "status",
        "COALESCE(judged_at, started_at, recorded_at)",
        "status IN ('promoted', 'kept', 'failed')",
        "COALESCE(outcome, reason)",
        ("dagster_run_id", "challenger_version_id", "serving_version_id"),
    ),
    ("'requested'", "recorded_at", "status = 'requested' AND attempt > 1", "reason", ()),
)


def _copy_events() -> None:
    """Append the events of each old decision in the order in which they happened."""
    for status, at, happened, text, known in _LIFE:
        columns = "".join(f", {name}" for name in known)
        op.execute(
            f"""
            INSERT INTO decision_event (decision_id, number, status, recorded_at, actor, rule, details, text,
                attempt{columns})
            SELECT decision.id, 1 + (SELECT COUNT(*) FROM decision_event AS own WHERE own.decision_id = decision.id),
                {status}, {at}, actor, 'recorded', '{{}}', {text}, attempt{columns}
            FROM decision WHERE {happened} ORDER BY decision.id
            """
        )
