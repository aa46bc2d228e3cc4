"""`driftline doctor`: whether all that driftline needs is there and well, and what to do where it is not."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_json, print_table

if TYPE_CHECKING:
    from driftline.settings import Settings

LEAST_FREE_BYTES = 2**30  # a day of a large stream, its models and Dagster's history
MOST_DIFFERENCE_S = 5.0  # between two clocks, before a moment of one is the past of the other


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What was looked at, whether it is well, and what was found."""

    what: str
    well: bool
    found: str


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Look at the home, the database, the artifacts, Dagster, the clock, the free space and the project.

    Nothing is made. A database of an older version is brought up to date, and runs whose process died are ended, as by
    any other command. The exit code is 1 where something is wrong.
    """
    from driftline.settings import Settings

    settings = Settings()
    looks = (_home, _space, _database, _artifacts, _dagster, _alerts, _project)
    examined = [one for look in looks for one in _examined(look, settings)]
    if as_json:
        print_json([asdict(one) for one in examined])
    else:
        print_table(
            "What driftline needs",
            ("", "well", "found"),
            [(one.what, "yes" if one.well else "NO", one.found) for one in examined],
            empty="",
        )
    if not all(one.well for one in examined):
        raise typer.Exit(1)


def _examined(look: Callable[["Settings"], Iterator[Examined]], settings: "Settings") -> Iterator[Examined]:
    """Give what a look finds; an error of driftline's own says what is wrong, and what to do."""
    from driftline.errors import DriftlineError

    try:
        yield from look(settings)
    except DriftlineError as error:
        yield Examined(what=look.__name__.removeprefix("_"), well=False, found=str(error))


def _home(settings: "Settings") -> Iterator[Examined]:
    root = settings.root
    if not root.exists():
        found = f"{root} is not there yet: the first command that stores something makes it. DRIFTLINE_HOME says where."
        yield Examined(what="home", well=True, found=found)
    elif not os.access(root, os.W_OK | os.X_OK):
        found = f"{root} can only be read. Let it be written to, or set DRIFTLINE_HOME to another folder."
        yield Examined(what="home", well=False, found=found)
    else:
        yield Examined(what="home", well=True, found=str(root))


def _space(settings: "Settings") -> Iterator[Examined]:
    root = next(folder for folder in (settings.root, *settings.root.parents) if folder.exists())
    free = shutil.disk_usage(root).free
    advice = "" if free >= LEAST_FREE_BYTES else " Free some: driftline gc shows files that nothing names."
    yield Examined(what="space", well=free >= LEAST_FREE_BYTES, found=f"{free / 2**30:.1f} GiB are free.{advice}")


def _database(settings: "Settings") -> Iterator[Examined]:
    from driftline.registry import list_models
    from driftline.workspace import open_workspace, read_workspace

    if settings.database_url is None and not read_workspace(settings).database.is_stored:
        yield Examined(what="database", well=True, found="not there yet: SQLite in the home.")
        return
    workspace = open_workspace(settings)
    faults, models = workspace.database.faults(), list_models(workspace)
    advice = f" Restore it from a backup: {'; '.join(faults[:3])}" if faults else ""
    found = f"{workspace.database.url}, models: {len(models)}.{advice}"
    yield Examined(what="database", well=not faults, found=found)
    seconds = workspace.database.clock_difference().total_seconds()
    told = f"{abs(seconds):.1f} s {'behind' if seconds > 0 else 'ahead of'} that of the database."
    advice = "" if abs(seconds) <= MOST_DIFFERENCE_S else " Set both by a time service (NTP)."
    yield Examined(
        what="clock",
        well=not advice,
        found=f"{told}{advice}" if workspace.database.has_clock else "there is only this machine's.",
    )


def _artifacts(settings: "Settings") -> Iterator[Examined]:
    from driftline.artifacts import open_artifacts
    from driftline.masking import mask_url

    store = open_artifacts(settings.artifacts)
    try:
        store.has("0" * 64)
    except OSError as error:
        found = f"{mask_url(settings.artifacts)} does not answer: {error}. DRIFTLINE_ARTIFACTS_URL says where it is."
        yield Examined(what="artifacts", well=False, found=found)
        return
    yield Examined(what="artifacts", well=True, found=mask_url(settings.artifacts))


def _dagster(settings: "Settings") -> Iterator[Examined]:
    home = settings.dagster_home
    if not (home / "dagster.yaml").exists():
        found = f"{home} is not set up yet: the first command that launches something does it."
        yield Examined(what="dagster", well=True, found=found)
        return
    from driftline.pipelines import open_instance

    with open_instance(home) as instance:
        count = instance.get_runs_count()
    yield Examined(what="dagster", well=True, found=f"{home}, {count} runs.")


def _alerts(settings: "Settings") -> Iterator[Examined]:
    from importlib.util import find_spec

    count = len(settings.alert_channels)
    if not count:
        yield Examined(what="alerts", well=True, found="no channel: nobody is told. DRIFTLINE_ALERT_URLS names some.")
        return
    lacks = find_spec("apprise") is None
    advice = (
        " Their library is not installed: pip install 'driftline[alerts]'."
        if lacks
        else " Try: driftline alerts --help."
    )
    yield Examined(what="alerts", well=not lacks, found=f"{count} channels.{advice}")


def _project(_settings: "Settings") -> Iterator[Examined]:
    from driftline.cli.errors import NoProjectError
    from driftline.cli.project import load_project

    try:
        project = load_project(Path.cwd())
    except NoProjectError as error:
        yield Examined(what="project", well=True, found=str(error))
        return
    yield Examined(what="project", well=True, found=f"{project.root}: {', '.join(project.pipelines) or 'no pipeline'}.")
