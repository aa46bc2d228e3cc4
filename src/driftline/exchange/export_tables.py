"""The tables of an export: one Parquet file each, and which columns they have."""

import pyarrow as pa

FORMAT = 1
MANIFEST, FILES = "driftline.json", "files"
_TEXT, _WHOLE, _NUMBER, _TIME, _FLAG = pa.string(), pa.int64(), pa.float64(), pa.timestamp("us", tz="UTC"), pa.bool_()


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


# Columns that hold JSON are those of the database that do.
SCHEMAS = {
    "experiments": _schema(
        name=_TEXT, description=_TEXT, created_at=_TIME, objective=_TEXT, metric=_TEXT, direction=_TEXT, target=_NUMBER
    ),
    "runs": _schema(
        run_id=_TEXT, experiment=_TEXT, parent_run_id=_TEXT, name=_TEXT, status=_TEXT, attempt=_WHOLE, user_name=_TEXT,
        user_email=_TEXT, started_at=_TIME, ended_at=_TIME, archived_at=_TIME, source_url=_TEXT, git_commit=_TEXT,
        git_branch=_TEXT, git_dirty=_FLAG, command=_TEXT, dagster_run_id=_TEXT, surroundings=_TEXT, hypothesis=_TEXT,
        conclusion=_TEXT, note=_TEXT, error=_TEXT,
    ),
    "params": _schema(run_id=_TEXT, key=_TEXT, value=_TEXT, earlier=_TEXT),
    "points": _schema(run_id=_TEXT, key=_TEXT, step=_WHOLE, at_us=_WHOLE, value=_NUMBER),
    "metrics": _schema(
        run_id=_TEXT, key=_TEXT, count=_WHOLE, finite_count=_WHOLE, first=_NUMBER, first_step=_WHOLE, last=_NUMBER,
        last_step=_WHOLE, min=_NUMBER, min_step=_WHOLE, max=_NUMBER, max_step=_WHOLE, mean=_NUMBER,
    ),
    "tags": _schema(run_id=_TEXT, key=_TEXT, value=_TEXT),
    "inputs": _schema(run_id=_TEXT, role=_TEXT, dataset=_TEXT, digest=_TEXT),
    "datasets": _schema(
        dataset=_TEXT, digest=_TEXT, columns=_TEXT, statistics=_TEXT, row_count=_WHOLE, artifact_digest=_TEXT,
        source=_TEXT, window_start=_TIME, window_end=_TIME, created_at=_TIME,
    ),
    "artifacts": _schema(run_id=_TEXT, path=_TEXT, digest=_TEXT, size_bytes=_WHOLE, created_at=_TIME),
    "models": _schema(name=_TEXT, description=_TEXT, created_at=_TIME),
    "versions": _schema(
        model=_TEXT, version=_WHOLE, run_id=_TEXT, digest=_TEXT, flavor=_TEXT, signature=_TEXT, task=_TEXT,
        classes=_TEXT, trained_from=_TIME, trained_through=_TIME, judged_version=_WHOLE, created_at=_TIME,
    ),
    "alias_events": _schema(
        model=_TEXT, alias=_TEXT, revision=_WHOLE, version=_WHOLE, previous_version=_WHOLE, effective_at=_TIME,
        recorded_at=_TIME, actor=_TEXT, reason=_TEXT, decision_id=_WHOLE, move=_TEXT, planned=_FLAG,
    ),
}  # fmt: skip
