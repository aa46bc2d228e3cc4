"""`driftline truth`: labels that arrive, and how far they have come."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftline.cli.output import print_json, print_table, print_text
from driftline.cli.project import Project, load_project

if TYPE_CHECKING:
    from driftline.declaration import ModelPipeline
    from driftline.ground_truth import AddedGroundTruth, TruthStatus

truth = typer.Typer(
    no_args_is_help=True,
    help="Deliver ground truth, and see how far it has come.",
    epilog="A file of labels has the time column, the entity columns and the target column of the stream: "
    "`driftline truth add fire_risk labels.csv`, then `driftline truth status fire_risk`.",
)
Stream = Annotated[str, typer.Argument(help="The stream, by its name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@truth.command()
def add(
    pipeline: Stream,
    file: Annotated[Path, typer.Argument(help="The labels: a Parquet or CSV file, times with a zone.")],
    *,
    source: Annotated[str | None, typer.Option(help="Where they come from; by default the file's name.")] = None,
    renew: Annotated[bool, typer.Option("--evaluate/--no-evaluate", help="Evaluate again what is outdated.")] = True,
    as_json: AsJson = False,
) -> None:
    """Deliver labels: they are known from now on, and what they outdate is evaluated again in a Dagster run.

    The same file again changes nothing. A label that differs from the one that is known is a correction.
    """
    from driftline.capture import code_state
    from driftline.evaluations import outdated
    from driftline.ground_truth import add_ground_truth, read_label_file
    from driftline.workspace import open_workspace

    project = load_project(Path.cwd())
    declared, workspace = project.pipeline(pipeline), open_workspace()
    frame = read_label_file(workspace, declared, file)
    actor = code_state(Path.cwd()).user_name
    added = add_ground_truth(workspace, declared, frame, actor=actor, source=source or file.name)
    keys = outdated(workspace, declared)  # also what an earlier delivery left
    evaluated, faults = _renew(project, declared, keys) if renew else ([], [])
    if as_json:
        print_json({"pipeline": pipeline, **asdict(added), "evaluated": renew, **_renewed(keys, evaluated, faults)})
    else:
        _print_added(added)
        if keys and not renew:
            print_text(f"Outdated: {_span(keys)}. Evaluate them again: driftline truth evaluate {pipeline}.")
        else:
            _print_renewed(keys, evaluated, faults)
    if faults:
        raise typer.Exit(1)


@truth.command()
def status(pipeline: Stream, *, as_json: AsJson = False) -> None:
    """Show how many predictions are labelled, which labels wait for one, what is late, and each delivery."""
    from driftline.evaluations import outdated
    from driftline.ground_truth import truth_status
    from driftline.workspace import open_workspace

    declared, workspace = load_project(Path.cwd()).pipeline(pipeline), open_workspace()
    counts, keys = truth_status(workspace, declared), outdated(workspace, declared)
    if as_json:
        rows = [row.model_dump() for row in counts.deliveries]
        print_json({**asdict(counts), "deliveries": rows, "outdated": keys})
        return
    print_table(
        f"Ground truth of {pipeline}, newest delivery first",
        ("delivery", "arrived", "by", "from", "labels", "new", "same", "corrected", "waiting", "orphans", "history"),
        [
            (d.id, d.arrived_at, d.actor, d.source, d.row_count, d.new_count, d.same_count, d.corrected_count,
             d.waiting_count, d.orphan_count, d.history_count)
            for d in counts.deliveries
        ],
        empty=f"No labels were delivered for {pipeline} yet: driftline truth add {pipeline} labels.csv.",
    )  # fmt: skip
    _print_status(counts)
    if keys:
        print_text(f"{len(keys)} partitions are outdated, from {keys[0]} on: driftline truth evaluate {pipeline}.")


@truth.command()
def evaluate(pipeline: Stream, *, as_json: AsJson = False) -> None:
    """Evaluate again whatever delivered labels have outdated, as those that came over GraphQL."""
    from driftline.evaluations import outdated
    from driftline.workspace import open_workspace

    project = load_project(Path.cwd())
    declared = project.pipeline(pipeline)
    keys = outdated(open_workspace(), declared)
    evaluated, faults = _renew(project, declared, keys)
    if as_json:
        print_json({"pipeline": pipeline, "evaluated": True, **_renewed(keys, evaluated, faults)})
    else:
        _print_renewed(keys, evaluated, faults)
    if faults:
        raise typer.Exit(1)


def _renew(project: Project, pipeline: "ModelPipeline", keys: Sequence[str]) -> tuple[list[str], list[str]]:
    """Evaluate partitions again and return those that were, and what failed."""
    if not keys:
        return [], []
    from rich.console import Console

    from driftline.cli.errors import InterruptedByUserError
    from driftline.pipelines import open_jobs, renew

    shown = Console(stderr=True).status(f"{len(keys)} partitions")
    try:
        with open_jobs(project.definitions, project.root) as jobs, shown:
            done = list(renew(jobs, pipeline, keys))
    except KeyboardInterrupt as interrupt:
        raise InterruptedByUserError(f"The evaluation of {pipeline.name}", interrupt) from None
    evaluated = [key for stretch in done for key in stretch.evaluated]
    return evaluated, [stretch.fault for stretch in done if stretch.fault is not None]


def _print_added(added: "AddedGroundTruth") -> None:
    if added.already:
        print_text(f"These {added.row_count} labels are here already, as delivery {added.delivery_id}.")
        return
    print_text(
        f"Delivery {added.delivery_id}: {added.row_count} labels; {added.new_count} new, {added.same_count} the same, "
        f"{added.corrected_count} corrected."
    )
    unpredicted: dict[str, Any] = {
        "wait for their prediction": added.waiting_count,
        "have no prediction although the delay is over (orphans)": added.orphan_count,
        "are from before the first partition, for training": added.history_count,
    }
    for fate, count in unpredicted.items():
        if count:
            print_text(f"{count} {fate}.")


def _renewed(keys: Sequence[str], evaluated: Sequence[str], faults: Sequence[str]) -> dict[str, Sequence[str]]:
    return {"outdated": keys, "still_outdated": _left(keys, evaluated), "faults": faults}


def _left(keys: Sequence[str], evaluated: Sequence[str]) -> list[str]:
    done = {*evaluated}
    return [key for key in keys if key not in done]


def _print_renewed(keys: Sequence[str], evaluated: Sequence[str], faults: Sequence[str]) -> None:
    if not keys:
        print_text("No evaluation is outdated.")
    elif evaluated:
        print_text(f"Evaluated again: {_span(evaluated)}.")
    left = _left(keys, evaluated)
    if left:
        print_text(f"Still outdated: {_span(left)}.")
    for fault in faults:
        print_text(fault)


def _span(keys: Sequence[str]) -> str:
    """Return partitions, oldest first, in few words."""
    return ", ".join(keys) if len(keys) <= 3 else f"{len(keys)} partitions from {keys[0]} to {keys[-1]}"


def _print_status(counts: "TruthStatus") -> None:
    print_text(f"{counts.label_count} of {counts.prediction_count} predictions are labelled.")
    print_text(
        f"{counts.waiting_count} labels wait for their prediction, {counts.orphan_count} are orphans, "
        f"{counts.corrected_count} were corrected."
    )
    if counts.oldest_unlabelled is not None and counts.unlabelled_for is not None:
        hours = counts.unlabelled_for.total_seconds() / 3600
        since = f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours"
        print_text(f"The oldest partition without any label is {counts.oldest_unlabelled}, over for {since}.")
