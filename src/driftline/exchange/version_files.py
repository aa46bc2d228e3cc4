"""The files of a version of another registry, found among those of a run, or at a place of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from driftline.exchange.locations import files_below, local_folder
from driftline.store import run_rows
from driftline.workspace import Workspace

LOGGED = "models:/"  # begins the place of a model that a run logged outside of its own files
_RUNS = "runs:/"
_DESCRIPTION = "MLmodel"
_ANY = "python_function"  # the flavor that each of MLflow's models has beside its library's


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file in the artifact store."""

    digest: str
    size_bytes: int
    at_us: int


def version_files(
    workspace: Workspace, location: str, model_location: str | None, folders: Sequence[str]
) -> Mapping[str, StoredFile]:
    """Return the files of a version by their paths in it, stored now where they are new; none where they are not here.

    Args:
        workspace: where they are stored.
        location: as the other registry says, such as `runs:/<id>/model`.
        model_location: the place that `models:/m-...` stands for.
        folders: where files lie that are not in their place any more.
    """
    if location.startswith(_RUNS):
        run_id, _, path = location.removeprefix(_RUNS).strip("/").partition("/")
        return files_of_run(workspace, run_id, path)
    place = model_location if location.startswith(LOGGED) else location
    folder = local_folder(place, folders) if place else None
    found = {}
    for file in files_below(folder) if folder else ():
        with file.file.open("rb") as content:
            digest = workspace.artifacts.put(content)
        state = file.file.stat()
        found[file.path] = StoredFile(digest=digest, size_bytes=state.st_size, at_us=state.st_mtime_ns // 1000)
    return found


def files_of_run(workspace: Workspace, run_id: str, folder: str) -> Mapping[str, StoredFile]:
    """Return the files that a run has below a folder, by their paths in it."""
    with workspace.database.reading() as session:
        rows = run_rows.of_runs(session, run_rows.Artifact, [run_id])[run_id]
    return {
        row.path.removeprefix(f"{folder}/"): StoredFile(
            digest=row.digest, size_bytes=row.size_bytes, at_us=round(row.created_at.timestamp() * 1_000_000)
        )
        for row in rows
        if row.path.startswith(f"{folder}/")
    }


def flavor_of(workspace: Workspace, files: Mapping[str, StoredFile]) -> str:
    """Return the format of a version's files as its MLmodel names it: `mlflow sklearn`, or `mlflow`."""
    described = files.get(_DESCRIPTION)
    try:
        content: Any = yaml.safe_load(workspace.artifacts.get(described.digest)) if described else {}
    except yaml.YAMLError:
        content = {}
    flavors = content.get("flavors") if isinstance(content, dict) else None
    names = sorted(str(name) for name in flavors if name != _ANY) if isinstance(flavors, dict) else []
    return " ".join(["mlflow", *names])
