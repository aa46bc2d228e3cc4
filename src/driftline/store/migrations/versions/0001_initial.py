"""The first schema: runs, datasets, registry, monitoring, and the views."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# A copy of store/views.py as it was at this revision.
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
       decision.trigger, challenger.version AS challenger_version, decision.metric, decision.champion_score,
       decision.challenger_score, decision.p_value, COALESCE(decision.outcome, decision.reason) AS reason
FROM decision
JOIN registered_model ON registered_model.id = decision.model_id
LEFT JOIN model_version AS serving ON serving.id = decision.serving_version_id
LEFT JOIN model_version AS challenger ON challenger.id = decision.challenger_version_id
WHERE decision.started_at IS NOT NULL
""",
)

APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER alias_event_update BEFORE UPDATE ON alias_event "
        "BEGIN SELECT RAISE(ABORT, 'alias events are append-only'); END",
        "CREATE TRIGGER alias_event_delete BEFORE DELETE ON alias_event "
        "BEGIN SELECT RAISE(ABORT, 'alias events are append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION alias_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'alias events are append-only'; END $$",
        "CREATE TRIGGER alias_event_append_only BEFORE UPDATE OR DELETE ON alias_event "
        "FOR EACH ROW EXECUTE FUNCTION alias_event_refuse()",
    ),
}


def upgrade() -> None:
    """Create the tables, the views and the triggers that keep alias events append-only."""
    op.create_table(
        "dataset_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("statistics", sa.JSON(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("artifact_digest", sa.String(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dataset", "digest"),
    )
    op.create_table(
        "experiment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "lock",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "pipeline",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("declaration", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "registered_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "dataset_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pipeline", sa.String(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("training_version_id", sa.Integer(), nullable=True),
        sa.Column("holdout_version_id", sa.Integer(), nullable=True),
        sa.Column("recipe_version", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("dagster_run_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["holdout_version_id"],
            ["dataset_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["training_version_id"],
            ["dataset_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_dataset_reading_pipeline"), "dataset_reading", ["pipeline"], unique=False)
    op.create_table(
        "run",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("user_email", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_url", sa.String(), nullable=True),
        sa.Column("git_commit", sa.String(), nullable=True),
        sa.Column("git_dirty", sa.Boolean(), nullable=True),
        sa.Column("dagster_run_id", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiment.id"],
        ),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_index(op.f("ix_run_dagster_run_id"), "run", ["dagster_run_id"], unique=False)
    op.create_index("ix_run_experiment_started", "run", ["experiment_id", "started_at", "run_id"], unique=False)
    op.create_table(
        "artifact",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.run_id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "path"),
    )
    op.create_index(op.f("ix_artifact_digest"), "artifact", ["digest"], unique=False)
    op.create_table(
        "metric_point",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("special", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.run_id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "key", "step", "logged_at"),
    )
    op.create_table(
        "metric_summary",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first", sa.Float(), nullable=True),
        sa.Column("first_step", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.Float(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("min", sa.Float(), nullable=True),
        sa.Column("min_step", sa.BigInteger(), nullable=True),
        sa.Column("max", sa.Float(), nullable=True),
        sa.Column("max_step", sa.BigInteger(), nullable=True),
        sa.Column("mean", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.run_id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "key"),
    )
    op.create_index("ix_metric_summary_key_last", "metric_summary", ["key", "last", "run_id"], unique=False)
    op.create_table(
        "model_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("flavor", sa.String(), nullable=False),
        sa.Column("signature", sa.JSON(), nullable=False),
        sa.Column("trained_through", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_version_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["judged_version_id"],
            ["model_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["registered_model.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.run_id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("model_id", "version"),
    )
    op.create_index(op.f("ix_model_version_run_id"), "model_version", ["run_id"], unique=False)
    op.create_table(
        "param",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.run_id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "key"),
    )
    op.create_table(
        "run_input",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("dataset_version_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_version_id"],
            ["dataset_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.run_id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "dataset_version_id", "role"),
    )
    op.create_table(
        "tag",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.run_id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "key"),
    )
    op.create_table(
        "drift_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("partition_key", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dagster_run_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["registered_model.id"],
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["model_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("version_id", "partition_key", "digest"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_drift_report_model_id"), "drift_report", ["model_id"], unique=False)
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("dataset_version_id", sa.Integer(), nullable=True),
        sa.Column("partition_key", sa.String(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("label_count", sa.Integer(), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("dagster_run_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dataset_version_id"],
            ["dataset_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["model_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_evaluation_version_partition", "evaluation", ["version_id", "dataset", "partition_key", "id"], unique=False
    )
    op.create_table(
        "prediction_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("partition_key", sa.String(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dagster_run_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["model_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("version_id", "partition_key"),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("drift_report_id", sa.Integer(), nullable=True),
        sa.Column("dagster_run_id", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("challenger_version_id", sa.Integer(), nullable=True),
        sa.Column("champion_version_id", sa.Integer(), nullable=True),
        sa.Column("serving_version_id", sa.Integer(), nullable=True),
        sa.Column("holdout_version_id", sa.Integer(), nullable=True),
        sa.Column("metric", sa.String(), nullable=True),
        sa.Column("champion_score", sa.Float(), nullable=True),
        sa.Column("challenger_score", sa.Float(), nullable=True),
        sa.Column("gain", sa.Float(), nullable=True),
        sa.Column("gain_low", sa.Float(), nullable=True),
        sa.Column("gain_high", sa.Float(), nullable=True),
        sa.Column("p_value", sa.Float(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenger_version_id"],
            ["model_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["champion_version_id"],
            ["model_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["drift_report_id"],
            ["drift_report.id"],
        ),
        sa.ForeignKeyConstraint(
            ["holdout_version_id"],
            ["dataset_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["registered_model.id"],
        ),
        sa.ForeignKeyConstraint(
            ["serving_version_id"],
            ["model_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("drift_report_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decision_model_status", "decision", ["model_id", "status"], unique=False)
    op.create_table(
        "drift_finding",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("statistic", sa.Float(), nullable=True),
        sa.Column("effect_name", sa.String(), nullable=True),
        sa.Column("effect", sa.Float(), nullable=True),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("p_value", sa.Float(), nullable=True),
        sa.Column("reference_rows", sa.Integer(), nullable=False),
        sa.Column("analysis_rows", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["drift_report.id"],
        ),
        sa.PrimaryKeyConstraint("report_id", "position"),
    )
    op.create_table(
        "evaluation_metric",
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("ci_low", sa.Float(), nullable=True),
        sa.Column("ci_high", sa.Float(), nullable=True),
        sa.Column("standard_error", sa.Float(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluation.id"],
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "metric"),
    )
    op.create_table(
        "alias_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("previous_version_id", sa.Integer(), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decision.id"],
        ),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["registered_model.id"],
        ),
        sa.ForeignKeyConstraint(
            ["previous_version_id"],
            ["model_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["model_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("model_id", "alias", "revision"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alias_event_effective", "alias_event", ["model_id", "alias", "effective_at"], unique=False)
    for statement in (*VIEWS, *APPEND_ONLY[op.get_bind().dialect.name]):
        op.execute(statement)
