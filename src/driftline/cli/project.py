"""The project that a team edits: the folder with `definitions.py`, found and loaded from where a command is run."""

import sys
import traceback
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from driftline.cli.errors import NoProjectError, ProjectError
from driftline.errors import DriftlineError

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
    """Return the project that `start` lies in; its modules are imported.

    Raises:
        NoProjectError: there is none.
        ProjectError: a file of it raises when it is imported, or lacks what a project has.
    """
    root = project_root(start)
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    pipelines = _imported(root, "assets", "PIPELINES")
    return Project(
        root=root,
        definitions=_imported(root, "definitions", "defs"),
        pipelines={pipeline.name: pipeline for pipeline in pipelines},
    )


def _imported(root: Path, module: str, name: str) -> Any:
    """Return a value of a module of the project."""
    try:
        return getattr(import_module(module), name)
    except DriftlineError as error:  # a declaration says itself what is wrong with it, but not where it stands
        raise ProjectError(_place(root, error), str(error)) from error
    except Exception as error:  # a file of a project is anybody's code
        raise ProjectError(_place(root, error), f"{type(error).__name__}: {error}") from error


def _place(root: Path, error: Exception) -> str:
    """Return the file and the line of the project where an error arose."""
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((Path(error.filename), error.lineno))
    own = [(path, line) for path, line in frames if path.is_relative_to(root) and path.is_file()]
    path, line = next((one for one in reversed(own) if "site-packages" not in one[0].parts), (root, None))
    return f"{path.relative_to(root)}, line {line}" if line else str(root)
