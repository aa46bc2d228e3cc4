"""`driftline backfill`: historical evaluations for any range of days."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_json, print_table, print_text
from driftline.cli.project import Project, load_project

if TYPE_CHECKING:
    from driftline.declaration import ModelPipeline
    from driftline.pipelines import Backfilled


def backfill(
    pipeline: Annotated[str, typer.Argument(help="The stream, by its name.")],
    *,
    start: Annotated[str, typer.Option("--from", help="The first day, month, time or key: 2025-03-01.")],
    end: Annotated[str, typer.Option("--to", help="The last one, included.")],
    version: Annotated[
        int | None, typer.Option(min=1, help="What would this version have done? By default the champion of the time.")
    ] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only days that are not evaluated yet.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of it as JSON.")] = False,
) -> None:
    """Predict and evaluate past partitions again, with the champion of the time or a named version.

    It is one Dagster run for all days without a gap. A day that fails is named and loses no other; with --missing
    the same command does only what is left.
    """
    from driftline.evaluations import evaluations_of, unevaluated
    from driftline.registry import find_version, training_window
    from driftline.rows import past_partitions
    from driftline.workspace import open_workspace

    project = load_project(Path.cwd())
    declared = project.pipeline(pipeline)
    workspace = open_workspace()
    partitions = past_partitions(workspace, declared, start, end)
    keys = unevaluated(workspace, declared, partitions, version=version) if missing else partitions
    done = _run(project, declared, keys, version=version) if keys else []
    trained_on = (
        None if version is None else training_window(workspace, find_version(workspace, f"{pipeline}/{version}"))
    )
    evaluated = evaluations_of(workspace, declared, partitions, version=version)
    now = [key for stretch in done for key in stretch.evaluated]
    undone = {*keys} - {*now}
    left = [key for key in partitions if key not in evaluated or key in undone]
    faults = [stretch.fault for stretch in done if stretch.fault is not None]
    summary = {
        "pipeline": pipeline,
        "partitions": len(partitions),
        "run": len(keys),
        "evaluated": len(evaluated),
        "evaluated_now": len(now),
        "waiting_or_failed": left,
        "faults": faults,
        "trained_on": None if trained_on is None else str(trained_on),
        "metrics": {key: [asdict(measured) for measured in measurements] for key, measurements in evaluated.items()},
    }
    if as_json:
        print_json(summary)
    else:
        first = declared.metrics[0]
        print_table(
            f"{pipeline}: {first} of {'the champion of the time' if version is None else f'version {version}'}",
            ("partition", first, "95 % from", "to", "labels"),
            [(key, m.value, m.ci_low, m.ci_high, m.row_count) for key, (m, *_) in evaluated.items()],
            empty="Nothing is evaluated yet.",
        )
        print_text(f"{len(evaluated)} of {len(partitions)} partitions are evaluated, {len(now)} of them now.")
        older = [key for key in left if key in evaluated]
        if older:
            print_text(f"{len(older)} could not be evaluated again: their values are those of an earlier run.")
        if trained_on is not None:
            print_text(f"Version {version} was trained on {trained_on}; its metrics there are optimistic.")
        for fault in faults:
            print_text(fault)
    if faults:
        raise typer.Exit(1)


def _run(
    project: Project, pipeline: "ModelPipeline", keys: Sequence[str], *, version: int | None
) -> "Sequence[Backfilled]":
    from rich.console import Console

    from driftline.cli.errors import InterruptedByUserError
    from driftline.pipelines import backfill as run
    from driftline.pipelines import open_jobs

    shown = Console(stderr=True).status(f"{len(keys)} partitions")
    try:
        with open_jobs(project.definitions, project.root) as jobs, shown:
            return list(run(jobs, pipeline, keys, version=version))
    except KeyboardInterrupt as interrupt:
        raise InterruptedByUserError(f"The backfill of {pipeline.name}", interrupt) from None
