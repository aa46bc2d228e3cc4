"""`driftline gc`: files that nothing names, and runs that a rule of retention removes."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_json, print_table, print_text

if TYPE_CHECKING:
    from driftline.experiments import Retention

MOST_RUNS = 30  # that a terminal shows; --json has all


def gc(
    *,
    runs_older_than: Annotated[
        str | None, typer.Option(help="Also remove runs that ended so long ago, as 180d; archived ones, too.")
    ] = None,
    filter_: Annotated[
        str, typer.Option("--filter", help="Also remove runs like these, as in driftline runs --filter.")
    ] = "",
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove them for good; without this they are shown.")
    ] = False,
    age: Annotated[str, typer.Option(help="Only files stored so long ago; longer than any step takes.")] = "1d",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the files of the artifact store that nothing names, and the runs that a rule removes; remove both on demand.

    Runs that a version of a model came from, that still run, or that have such a run below them, stay and are named.
    The experiment database must be the only one that uses the store: what another one names would be removed.
    """
    from driftline.clock import parse_duration
    from driftline.experiments import Retention, plan_retention, remove_runs
    from driftline.tracking import deliver_left, destination_of
    from driftline.workspace import open_workspace, unnamed_artifacts

    workspace = open_workspace()
    deliver_left(destination_of(workspace))  # what waits there may name files
    plan = Retention(removable=(), kept=())
    if runs_older_than is not None or filter_:
        older_than = None if runs_older_than is None else parse_duration(runs_older_than)
        plan = plan_retention(workspace, older_than=older_than, filter_string=filter_)
    removed = remove_runs(workspace, plan.removable) if remove else 0
    files = unnamed_artifacts(workspace, age=parse_duration(age))
    if remove:
        workspace.artifacts.remove(files)
    size = sum(file.size_bytes for file in files)
    if as_json:
        print_json(
            {
                "files": [file.path for file in files],
                "size_bytes": size,
                "removed": remove,
                "runs": [asdict(run) for run in plan.removable],
                "kept": [asdict(run) for run in plan.kept],
            }
        )
        return
    _print_runs(plan, removed=removed if remove else None)
    what = f"{len(files)} {'file' if len(files) == 1 else 'files'} of {size / 1e6:.1f} MB that nothing names"
    again = "the same command with --remove" if plan.removable else "driftline gc --remove"
    print_text(f"Removed {what}." if remove else f"{what[0].upper()}{what[1:]}. Remove them: {again}.")


def _print_runs(plan: "Retention", *, removed: int | None) -> None:
    if plan.kept:
        print_table(
            "Runs that stay",
            ("run", "experiment", "name", "because"),
            [(run.run_id[:8], run.experiment, run.name, run.reason) for run in plan.kept[:MOST_RUNS]],
            empty="",
        )
    if plan.removable:
        print_table(
            "Runs that are removed" if removed is not None else "Runs that would be removed",
            ("run", "experiment", "name", "ended", "archived", "points", "bytes"),
            [
                (run.run_id[:8], run.experiment, run.name, run.ended_at, run.is_archived, run.points, run.size_bytes)
                for run in plan.removable[:MOST_RUNS]
            ],
            empty="",
        )
        total = sum(run.size_bytes for run in plan.removable)
        count = len(plan.removable) if removed is None else removed
        what = f"{count} {'run' if count == 1 else 'runs'}, whose files are {total / 1e6:.1f} MB"
        print_text(f"Removed {what}." if removed is not None else f"{what}, would go.")
