"""The project that a team edits: the folder with `definitions.py`, found and loaded from where a command is run."""

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from driftline.cli.errors import NoProjectError

if TYPE_CHECKING:
    import dagster as dg

    from driftline.declaration import ModelPipeline


@dataclass(frozen=True, kw_only=True)
class Project:
    """What a project's folder defines.

    Attributes:
        root: the folder.
        definitions: what Dagster loads.
        pipelines: by name.
    """

    root: Path
    definitions: "dg.Definitions"
    pipelines: dict[str, "ModelPipeline"]

    def pipeline(self, name: str) -> "ModelPipeline":
        """Return a pipeline by name, or raise UnknownPipelineError."""
        if name not in self.pipelines:
            from driftline.declaration.errors import unknown_pipeline

            raise unknown_pipeline(name, self.pipelines)
        return self.pipelines[name]


def project_root(start: Path) -> Path:
    """Return the nearest folder from `start` upwards that has a `definitions.py`.

    Raises:
        NoProjectError: there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "definitions.py").is_file():
            return folder
    raise NoProjectError(str(start.resolve()))


def load_project(start: Path) -> Project:
    """Return the project that `start` lies in; its modules are imported."""
    root = project_root(start)
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    pipelines = import_module("assets").PIPELINES
    return Project(
        root=root,
        definitions=import_module("definitions").defs,
        pipelines={pipeline.name: pipeline for pipeline in pipelines},
    )
