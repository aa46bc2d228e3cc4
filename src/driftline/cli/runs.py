"""`driftline runs`: what was trained, with what, and how well."""

from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftline.cli.links import linked
from driftline.cli.output import print_json, print_table, print_text, sparkline
from driftline.json_values import plain

if TYPE_CHECKING:
    from driftline.workspace import Workspace

MOST_POINTS = 60  # of a chart and a table that are looked at; --json has all


def runs(
    run_id: Annotated[str | None, typer.Argument(help="One run, by its id or the start of it.")] = None,
    *,
    experiment: Annotated[str | None, typer.Option(help="Only the runs of this experiment.")] = None,
    status: Annotated[str | None, typer.Option(help="Only running, finished, failed, killed or lost ones.")] = None,
    metric: Annotated[str | None, typer.Option(help="Of one run, the points of this metric, with a chart.")] = None,
    first: Annotated[int, typer.Option(min=1, max=500, help="How many, newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List runs, newest first, or show one with its params, metrics, inputs and files."""
    from driftline.experiments import describe_run, list_runs
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
    runs = list_runs(workspace, experiment=experiment, status=status, first=first)
    if as_json:
        print_json(runs)
        return
    print_table(
        "Runs, newest first",
        ("run", "experiment", "status", "started", "seconds", "metrics", "commit"),
        [
            (run["run_id"][:8], run["experiment"], run["status"], run["started_at"], run["duration_s"],
             _short(run["metrics"]), (run["git_commit"] or "")[:8])
            for run in runs
        ],
        empty="No run is like that. List all of them: driftline runs."
        if experiment or status
        else f"No runs in {workspace.database.url} yet. Materialize a model, or log one: driftline.start_run(...).",
    )  # fmt: skip


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
    return ", ".join(f"{key} {value:.4f}" for key, value in metrics.items() if value is not None)
