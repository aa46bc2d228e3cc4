"""`driftline drift`: what the drift reports of a pipeline say."""

from typing import Annotated, Any

import typer

from driftline.cli.links import linked
from driftline.cli.output import print_json, print_table, print_text


def drift(
    model: Annotated[str, typer.Argument(help="The pipeline, by its name.")],
    partition: Annotated[
        str | None, typer.Argument(help="The report of this partition with its findings, such as 2025-03-11.")
    ] = None,
    *,
    first: Annotated[int, typer.Option(min=1, max=500, help="How many, newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the drift reports of a pipeline, newest first; with a partition, show each check with its evidence."""
    from driftline.drift_reports import describe_report, list_reports
    from driftline.workspace import read_workspace

    workspace = read_workspace()
    if partition is not None:
        _print_one(linked(describe_report(workspace, model, partition)), as_json=as_json)
        return
    reports = list_reports(workspace, model, first=first)
    if as_json:
        print_json(reports)
        return
    print_table(
        f"Drift reports of {model}, newest first",
        ("partition", "version", "verdict", "summary"),
        [(report["partition"], report["version"], report["verdict"], report["summary"]) for report in reports],
        empty=f"{model} has no drift report yet. Materialize {model}/drift, or run driftline backfill {model}.",
    )
    if reports and reports[0]["partition"]:
        print_text(f"\nEach check of one: driftline drift {model} {reports[0]['partition']}.")


def _print_one(report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    print_text(f"{report['model']} {report['partition']}, version {report['version']}: {report['verdict']}.")
    print_text(report["summary"])
    print_table(
        "",
        ("check", "verdict", "what was found"),
        [
            (f"{finding['kind']} {finding['name']}", finding["verdict"], finding["note"])
            for finding in report["findings"]
        ],
        empty="No rule had anything to say.",
    )
    if report["dagster_run_url"]:
        print_text(f"\nIn Dagster: {report['dagster_run_url']}")
