"""`driftline compare`: what differs between runs."""

from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftline.cli.output import print_json, print_table, print_text, sparkline
from driftline.json_values import plain

if TYPE_CHECKING:
    from driftline.experiments import RunComparison
    from driftline.workspace import Workspace

MOST_POINTS = 16  # of a chart beside a value


def compare(
    run_ids: Annotated[list[str], typer.Argument(help="Two runs or more, by their ids or the starts of these.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare runs: the params, metrics, code, data and environment in which they differ."""
    from driftline.experiments import compare_runs
    from driftline.workspace import read_workspace

    workspace = read_workspace()
    compared = compare_runs(run_ids, workspace=workspace)
    if as_json:
        print_json(plain(asdict(compared)))
        return
    short = {run_id: run_id[:8] for run_id in compared.runs}
    columns = ("", *short.values())
    facts = ("name", "experiment", "status", "started_at", "duration_s")
    print_table("Runs", columns, [(fact, *(one[fact] for one in compared.runs.values())) for fact in facts], empty="")
    print_table("\nparams that differ", columns, _rows(compared.params, short), empty="\nAll params are the same.")
    print_table("\nmetrics", columns, _metrics(workspace, compared), empty="\nNo metrics.")
    for title, part in (("code", compared.code), ("data", compared.data), ("environment", compared.environment)):
        print_table(f"\n{title} that differs", columns, _rows(part, short), empty=f"\nThe {title} is the same.")
    if compared.same_params:
        listed = ", ".join(f"{key} {value}" for key, value in compared.same_params.items())
        print_text(f"\nParams that are the same: {listed}")


def _rows(part: Mapping[str, Mapping[str, Any]], run_ids: Mapping[str, str]) -> list[tuple[object, ...]]:
    return [(key, *(own.get(run_id) for run_id in run_ids)) for key, own in part.items()]


def _metrics(workspace: "Workspace", compared: "RunComparison") -> list[tuple[object, ...]]:
    """Return the last value of each metric, with a chart of how it came to it."""
    return [
        (key, *(_with_chart(workspace, run_id, key, own) for run_id in compared.runs))
        for key, own in compared.metrics.items()
    ]


def _with_chart(workspace: "Workspace", run_id: str, key: str, own: Mapping[str, float | None]) -> str | None:
    from driftline.experiments import metric_history

    if run_id not in own:
        return None
    points = metric_history(workspace, run_id, key, most=MOST_POINTS)
    finite = [point.value for point in points if isfinite(point.value)]
    last = own[run_id]
    value = "not finite" if last is None else f"{last:.4g}"
    return f"{value} {sparkline(finite)}" if len(finite) > 1 else value
