"""`driftline import` and `driftline export`: what another store holds is taken over, and this one is written out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_json, print_table, print_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from driftline.exchange import ImportReport

MOST_SKIPPED = 30  # items that a terminal shows; --json has all

imports = typer.Typer(
    no_args_is_help=True,
    help="Import runs and models from another store; the same import again changes nothing.",
)


@imports.command()
def mlflow(
    source: Annotated[str, typer.Argument(help="A folder mlruns, a file mlflow.db, or the URL of MLflow's database.")],
    *,
    artifacts: Annotated[
        Path | None, typer.Option(help="A folder with the files that are not where the store says.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import runs, models, versions and aliases of MLflow, of its versions 1 to 3, with the ids that they have."""
    from driftline.exchange import import_mlflow
    from driftline.workspace import open_workspace

    with _progress("runs") as progress:
        report = import_mlflow(open_workspace(), source, artifacts=artifacts, progress=progress)
    _print_report(report, as_json=as_json)


@imports.command()
def driftline(
    folder: Annotated[Path, typer.Argument(help="A folder that driftline export wrote.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import what driftline export wrote: runs, models, versions and the history of aliases, with their ids."""
    from driftline.exchange import import_driftline
    from driftline.workspace import open_workspace

    with _progress("runs") as progress:
        report = import_driftline(open_workspace(), folder, progress=progress)
    _print_report(report, as_json=as_json)


def export(
    folder: Annotated[Path, typer.Argument(help="A folder that is new or empty.")],
    *,
    filter_: Annotated[str, typer.Option("--filter", help="Only runs like these, as in driftline runs --filter.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Export runs, their metrics and files, models and the history of aliases, as Parquet and plain files."""
    from driftline.exchange import export as write
    from driftline.workspace import open_workspace

    with _progress("runs") as progress:
        report = write(open_workspace(), folder, filter_string=filter_, progress=progress)
    if as_json:
        print_json(asdict(report))
        return
    print_table("Exported", ("", "rows"), report.tables.items(), empty="")
    print_text(f"{report.files} files of {report.size_bytes / 1e6:.1f} MB are in {folder}, too.")
    for item in report.skipped:
        print_text(f"Not exported: {item.reason}")


@contextmanager
def _progress(unit: str) -> "Iterator[Callable[[int, int], None]]":
    """Give a function that shows how much is done, on the terminal's other stream."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(unit, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _print_report(report: "ImportReport", *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(report))
        return
    print_table(
        "Imported",
        ("", "found", "imported", "already here", "skipped"),
        [(name, one.found, one.imported, one.present, one.skipped) for name, one in report.tables.items()],
        empty="Nothing was found.",
    )
    for name, own in report.renamed.items():
        print_text(f"The model {name!r} is {own!r} here: names have letters, digits and underscores.")
    if report.skipped:
        print_table(
            "\nSkipped",
            ("", "item", "reason"),
            [(one.table, one.item, one.reason) for one in report.skipped[:MOST_SKIPPED]],
            empty="",
        )
        if len(report.skipped) > MOST_SKIPPED:
            print_text(f"... and {len(report.skipped) - MOST_SKIPPED} more: --json has all of them.")
