"""Declarations in the store: each once, by its digest, so that what was in force at a past decision can be read."""

import hashlib
import json
from datetime import datetime

from driftline.declaration import ModelPipeline
from driftline.store import Session, declaration_rows

FORMAT = 1


def declaration_digest(pipeline: ModelPipeline) -> str:
    """Return the sha256 of what a pipeline declares, as canonical JSON."""
    canonical = json.dumps({"format": FORMAT, **pipeline.describe()}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def record_declaration(session: Session, pipeline: ModelPipeline, at: datetime) -> str:
    """Store what a pipeline declares, as in force from now on, and return its digest."""
    digest = declaration_digest(pipeline)
    declaration_rows.record(
        session, pipeline=pipeline.name, digest=digest, content=pipeline.describe(), content_format=FORMAT, at=at
    )
    return digest
