"""The code location as which Dagster loads the project: its pages list the runs of their own location alone."""

from pathlib import Path

import dagster as dg
from dagster._check import CheckError
from dagster._core.remote_origin import CodeLocationOrigin, ManagedGrpcPythonEnvCodeLocationOrigin
from dagster._core.workspace.load import location_origins_from_yaml_paths
from yaml import YAMLError

from driftline.pipelines.errors import WorkspaceFileError

WORKSPACE_FILE = "workspace.yaml"
MODULE = "definitions"


def code_location(root: Path) -> CodeLocationOrigin | None:
    """Return the location that `workspace.yaml` makes of the project in `root`; None where it names none.

    Raises:
        WorkspaceFileError: Dagster cannot read that file.
    """
    file = root / WORKSPACE_FILE
    if not file.is_file():
        return None
    try:
        locations = location_origins_from_yaml_paths([str(file)])
    except (dg.DagsterError, CheckError, YAMLError) as error:
        raise WorkspaceFileError(str(file), error) from None
    loading = [location for location in locations if _loads(location, root)]
    if not loading and len(locations) == 1:  # a server that can only be this project's
        return locations[0]
    return loading[0] if loading else None


def _loads(location: CodeLocationOrigin, root: Path) -> bool:
    """Return whether a location is made of the project's `definitions.py`; of a server nobody can say."""
    if not isinstance(location, ManagedGrpcPythonEnvCodeLocationOrigin):
        return False
    target = location.loadable_target_origin
    if target.python_file is not None:
        return Path(target.python_file).resolve() == (root / f"{MODULE}.py").resolve()
    return MODULE in {target.module_name, target.autoload_defs_module_name}
