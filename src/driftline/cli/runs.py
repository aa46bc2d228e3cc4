"""`driftline runs`: what was trained, with what, and how well."""

from dataclasses import asdict
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftline.cli.links import linked
from driftline.cli.output import print_json, print_table, print_text, sparkline
from driftline.errors import listing
from driftline.json_values import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from driftline.experiments import FoundRun
    from driftline.workspace import Workspace

MOST = 50_000
MOST_METRICS = 4  # of a run in a list
MOST_POINTS = 60  # of a chart and a table that are looked at; --json has all


class Table(StrEnum):
    """What one row of a written table is."""

    RUNS = "runs"
    VALUES = "values"
    POINTS = "points"


def runs(
    run_id: Annotated[str | None, typer.Argument(help="One run, by its id or the start of it.")] = None,
    *,
    filter_: Annotated[
        str, typer.Option("--filter", help="Only those that meet it: 'metrics.auc > 0.9 and params.lr < 0.1'.")
    ] = "",
    order_by: Annotated[
        list[str] | None, typer.Option(help="As 'metrics.auc DESC'; may be given again. Newest first by default.")
    ] = None,
    experiment: Annotated[str | None, typer.Option(help="Only the runs of this experiment.")] = None,
    status: Annotated[str | None, typer.Option(help="Only running, finished, failed, killed or lost ones.")] = None,
    metric: Annotated[str | None, typer.Option(help="Of one run, the points of this metric, with a chart.")] = None,
    first: Annotated[int | None, typer.Option(min=1, max=MOST, help="How many; 20 by default, all in a file.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write a table to this file: .csv or .parquet.")] = None,
    table: Annotated[Table, typer.Option(help="A row of that file: a run, one value of it, or a point.")] = Table.RUNS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List runs, newest first, search them, or show one with its params, metrics, inputs and files."""
    from driftline.experiments import describe_run, find_runs, listed
    from driftline.workspace import read_workspace

    workspace = read_workspace()
    if metric is not None:
        if run_id is None:
            raise typer.BadParameter("is of one run: name it, as driftline runs 5380f465 --metric loss")
        _print_history(workspace, run_id, metric, as_json=as_json)
        return
    if run_id is not None:
        run = linked(describe_run(workspace, run_id))
        if as_json:
            print_json(run | {"params": plain(run["params"])})
        else:
            _print_run(run)
        return
    found = find_runs(
        workspace,
        experiment=experiment,
        status=status,
        filter_string=filter_,
        order_by=order_by or (),
        first=first or (20 if output is None else MOST),
    )
    if output is not None:
        _write(workspace, found, output, table)
    elif as_json:
        print_json([listed(run) | {"params": plain(run.params)} for run in found])
    else:
        _print_runs(workspace, found, filter_, order_by or [], is_narrowed=bool(experiment or status or filter_))


def _print_runs(
    workspace: "Workspace", runs: "Sequence[FoundRun]", filter_: str, order_by: list[str], *, is_narrowed: bool
) -> None:
    from driftline.experiments import named_values, unlogged_keys

    empty = f"No runs in {workspace.database.url} yet. Materialize a model, or log one: driftline.start_run(...)."
    if is_narrowed:
        hints = unlogged_keys(workspace, filter_, order_by) if not runs else []
        empty = " ".join(["No run is like that.", *(hints or ["List all of them: driftline runs."])])
    named = named_values(filter_, order_by)
    print_table(
        f"Runs, by {', '.join(order_by)}" if order_by else "Runs, newest first",
        ("run", "experiment", "status", "started", "seconds", *named, "metrics", "commit"),
        [
            (run.run_id[:8], run.experiment, run.status, run.started_at, run.duration_s,
             *(getattr(run, group).get(key) for group, key in named.values()),
             _short(run.metrics), (run.git_commit or "")[:8])
            for run in runs
        ],
        empty=empty,
    )  # fmt: skip


def _write(workspace: "Workspace", runs: "Sequence[FoundRun]", output: Path, table: Table) -> None:
    from driftline.experiments import long_table, metric_histories, wide_table, write_table

    if table is Table.POINTS:
        rows = metric_histories([run.run_id for run in runs], workspace=workspace)
    else:
        rows = wide_table(runs) if table is Table.RUNS else long_table(runs)
    write_table(rows, output)
    print_text(f"{len(rows)} rows are in {output}.")


def _print_history(workspace: "Workspace", run_id: str, key: str, *, as_json: bool) -> None:
    from driftline.experiments import metric_history

    if as_json:
        print_json([asdict(point) for point in metric_history(workspace, run_id, key)])
        return
    points = metric_history(workspace, run_id, key, most=MOST_POINTS)
    finite = [point.value for point in points if isfinite(point.value)]
    if finite:
        print_text(f"{key} from step {points[0].step} to {points[-1].step}:")
        print_text(f"{max(finite):.4g} ┐\n  {sparkline(finite)}\n{min(finite):.4g} ┘")
    print_table("", ("step", "when", key), [(point.step, point.at, point.value) for point in points], empty="")


def _print_run(run: dict[str, Any]) -> None:
    facts = [(key, value) for key, value in run.items() if not isinstance(value, dict | list) and key != "error"]
    print_table(f"Run {run['run_id']}", ("", ""), facts, empty="")
    for part in ("params", "metrics", "tags"):
        print_table(f"\n{part}", ("key", "value"), run[part].items(), empty=f"\nNo {part}.")
    print_table(
        "\ninputs",
        ("dataset", "role", "rows", "digest"),
        [(item["dataset"], item["role"], item["row_count"], item["digest"][:12]) for item in run["inputs"]],
        empty="\nNo inputs.",
    )
    print_table(
        "\nfiles",
        ("path", "bytes", "sha256"),
        [(item["path"], item["size_bytes"], item["digest"][:12]) for item in run["artifacts"]],
        empty="\nNo files.",
    )
    if run["error"]:
        print_table("\nerror", ("",), [(run["error"],)], empty="")


def _short(metrics: dict[str, float | None]) -> str:
    shown = [f"{key} {value:.4f}" for key, value in metrics.items() if value is not None]
    return listing(shown, most=MOST_METRICS) if shown else ""
