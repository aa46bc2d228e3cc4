"""Declarations in the store: each once, by its digest, so that what was in force at a past decision can be read."""

import hashlib
import json
from datetime import datetime

from driftline.declaration import FORMAT, Declaration, ModelPipeline, describe, read_declaration
from driftline.declaration.errors import pipeline_without_run
from driftline.store import Session, declaration_rows


def record_declaration(session: Session, pipeline: ModelPipeline, at: datetime) -> str:
    """Store what a pipeline declares, as in force from now on, and return its digest: the sha256 of canonical JSON."""
    content = describe(pipeline)
    canonical = json.dumps({"format": FORMAT, **content}, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    declaration_rows.record(
        session, pipeline=pipeline.name, digest=digest, content=content, content_format=FORMAT, at=at
    )
    return digest


def find_declaration(session: Session, pipeline: str) -> Declaration:
    """Return the declaration that is in force of a pipeline.

    Raises:
        UnknownPipelineError: no pipeline of this name has run.
    """
    stored = {row.name: declared for row, declared in declaration_rows.pipelines(session)}
    if pipeline not in stored:
        raise pipeline_without_run(pipeline, stored)
    return read_declaration(stored[pipeline].content, stored[pipeline].format)


def pipeline_names(session: Session) -> set[str]:
    """Return the names of all pipelines that have run."""
    return {row.name for row, _ in declaration_rows.pipelines(session)}
