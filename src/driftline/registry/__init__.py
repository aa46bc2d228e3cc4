"""Model versions, the alias events that say which one serves, and the judgement between two of them."""

from driftline.registry.aliases import (
    known_model,
    load_both_timelines,
    load_timeline,
    load_timelines,
    move_alias,
    timeline,
)
from driftline.registry.decision import Adjudication, AdjudicationSlice, Decision
from driftline.registry.decisions import append, ask, load_decision, load_decisions, record_adjudication
from driftline.registry.declarations import find_declaration, pipeline_names, record_declaration
from driftline.registry.errors import AliasMovedError
from driftline.registry.imports import import_alias, import_version, restore_history, restore_version
from driftline.registry.judgement import Judgement, judge
from driftline.registry.listing import (
    describe_champion,
    describe_decision,
    describe_model,
    list_decisions,
    list_models,
)
from driftline.registry.model_version import ModelVersion, version_of_row
from driftline.registry.reason import stated
from driftline.registry.reference import CHALLENGER, CHAMPION
from driftline.registry.script_models import log_model, register_model
from driftline.registry.switches import promote, rollback
from driftline.registry.timeline import AliasEvent, Tenure, Timeline
from driftline.registry.versions import (
    find_version,
    known_classes,
    load_model,
    load_version,
    model_files,
    numbered_version,
    register,
    training_window,
    version_by_id,
    versions_by_id,
)

__all__ = [
    "CHALLENGER",
    "CHAMPION",
    "Adjudication",
    "AdjudicationSlice",
    "AliasEvent",
    "AliasMovedError",
    "Decision",
    "Judgement",
    "ModelVersion",
    "Tenure",
    "Timeline",
    "append",
    "ask",
    "describe_champion",
    "describe_decision",
    "describe_model",
    "find_declaration",
    "find_version",
    "import_alias",
    "import_version",
    "judge",
    "known_classes",
    "known_model",
    "list_decisions",
    "list_models",
    "load_both_timelines",
    "load_decision",
    "load_decisions",
    "load_model",
    "load_timeline",
    "load_timelines",
    "load_version",
    "log_model",
    "model_files",
    "move_alias",
    "numbered_version",
    "pipeline_names",
    "promote",
    "record_adjudication",
    "record_declaration",
    "register",
    "register_model",
    "restore_history",
    "restore_version",
    "rollback",
    "stated",
    "timeline",
    "training_window",
    "version_by_id",
    "version_of_row",
    "versions_by_id",
]
