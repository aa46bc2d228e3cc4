"""`driftline init`: a first project, also for a table of one's own."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_text

if TYPE_CHECKING:
    from driftline.starter import Choices


def init(
    name: Annotated[str, typer.Argument(help="The new folder; its pipeline has the same name.")],
    *,
    table: Annotated[Path | None, typer.Option(help="A CSV or Parquet file to declare a model on.")] = None,
    target: Annotated[str | None, typer.Option(help="The column of the table to predict.")] = None,
    time: Annotated[
        str | None, typer.Option(help="The column of event times: the table is a stream, predicted as time goes on.")
    ] = None,
) -> None:
    """Write a small project with one pipeline and a test, which runs as it is.

    With --table and --target the pipeline is declared for your own rows: what they are like decides on the task, the
    metrics, the columns to ignore and, with --time, the partitions. Each choice stands in the file with its reason.
    """
    from rich.console import Console

    from driftline.api import schema_text
    from driftline.clock import now
    from driftline.starter import (
        choose,
        declaration_source,
        example_declaration,
        pipeline_name,
        project_files,
        read_table,
        write_project,
    )

    folder = Path(name)
    pipeline = pipeline_name(folder.resolve().name)
    choices = None
    if table is None and (target is not None or time is not None):
        raise typer.BadParameter("is of a table: name it with --table", param_hint="--target" if target else "--time")
    if table is not None:
        if target is None:
            raise typer.BadParameter("is needed with --table: the column to predict", param_hint="--target")
        with Console(stderr=True).status(f"reading {table}"):
            choices = choose(read_table(table), target=target, time=time, now=now())
    source = example_declaration(pipeline) if choices is None else declaration_source(pipeline, choices)
    write_project(folder, project_files(pipeline, source, schema=schema_text()))
    for sentence in _choices_in_short(choices) if choices is not None else ():
        print_text(sentence)
    print_text(f"\nThe project is in {folder}; its one declaration is {folder / 'assets' / f'{pipeline}.py'}.\n\nNext:")
    for command, what in _next(folder, pipeline, is_stream=choices is not None and choices.stream is not None):
        print_text(f"  {command:<28} {what}")


def _choices_in_short(choices: "Choices") -> list[str]:
    """Return what was chosen, in sentences."""
    rows, columns = choices.table.frame.shape
    said = [
        f"{choices.table.path.name}: {rows:,} rows, {columns} columns.",
        f"Target {choices.target.column!r}: {choices.target.task}. {choices.target.reason}",
    ]
    said += [f"Ignored {name!r}: {reason}." for name, reason in choices.ignored.items()]
    said += [
        f"Look at {name!r}: each of its values goes with one label only. Is it known before the label is?"
        for name in choices.telling
    ]
    if choices.stream is not None:
        cut = choices.stream.cut
        said.append(
            f"A stream by {choices.stream.time_column!r}: {cut.calendar.name.lower()} partitions from {cut.start}"
            f"{'' if cut.end is None else f' to {cut.end}'}; models learn from {cut.training_window}."
        )
        said += cut.notes
    return said


def _next(folder: Path, pipeline: str, *, is_stream: bool) -> list[tuple[str, str]]:
    """Return the next commands and what they do."""
    look = (
        (f"driftline replay {pipeline}", "its past: predictions, drift, retrainings")
        if is_stream
        else (f"driftline retrain {pipeline}", "trains the first model and puts it into use")
    )
    return [
        (f"cd {quote(str(folder))}", ""),
        look,
        ("driftline dev", "the Dagster UI and the API"),
        ("pytest", "tests it"),
    ]
