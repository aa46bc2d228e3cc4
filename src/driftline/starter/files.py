"""The files of a first project, and writing them."""

import keyword
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from driftline.starter.errors import FolderInUseError, UnwritableFolderError, unfit_name

SUFFIX = ".txt"  # of the templates, which are no modules of driftline
NAME = "NAME"  # in the path of a template, the pipeline
_ROOT = files("driftline.starter")
_TAKEN = {"Path", "PIPELINES", "TABLE", "Window", "pd"}  # by what stands in the files beside a pipeline's name


def pipeline_name(folder: str) -> str:
    """Return the name of a pipeline that is called like the folder of its project.

    >>> pipeline_name("Churn-2026")
    'churn_2026'

    Raises:
        InvalidNameError: it cannot be one.
    """
    name = re.sub(r"[^0-9A-Za-z]+", "_", folder).strip("_").lower()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name) or name in _TAKEN:
        raise unfit_name(folder)
    return name


def project_files(name: str, declaration: str, *, schema: str) -> dict[str, str]:
    """Return the files of a project with one pipeline, by their path in it.

    Args:
        name: of the pipeline, and of its file in `assets/`.
        declaration: the source of that file.
        schema: of the GraphQL API.
    """
    project = {path.replace(NAME, name): _filled(text, name) for path, text in _templates(_ROOT / "project", "")}
    return {**project, f"assets/{name}.py": declaration, "graphql/schema.graphql": schema}


def example_declaration(name: str) -> str:
    """Return the declaration of a table that comes with scikit-learn: it needs no file and no network."""
    return _filled((_ROOT / f"example.py{SUFFIX}").read_text(encoding="utf-8"), name)


def write_project(folder: Path, project: Mapping[str, str]) -> None:
    """Write the files of a project to a folder that is new or empty.

    Raises:
        FolderInUseError: there is something already.
        UnwritableFolderError: the place does not take files.
    """
    try:
        present = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        if present:
            raise FolderInUseError(folder, present)
        for path, text in project.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnwritableFolderError(folder, error) from error


def _templates(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        place = f"{path}{entry.name}"
        if entry.is_dir():
            yield from _templates(entry, f"{place}/")
        elif place.endswith(SUFFIX):
            yield place.removesuffix(SUFFIX), entry.read_text(encoding="utf-8")


def _filled(text: str, name: str) -> str:
    return Template(text).substitute(name=name)
