"""`driftline evaluate`: how good the champion was in any window, from its stored predictions."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftline.cli.output import print_json, print_table, print_text
from driftline.cli.project import load_project

if TYPE_CHECKING:
    from driftline.datasets import Window
    from driftline.declaration import ModelPipeline
    from driftline.evaluations import LabelledWindow, Measured
    from driftline.metrics import Measurement


def evaluate(
    pipeline: Annotated[str, typer.Argument(help="The pipeline, by its name.")],
    *,
    window: Annotated[
        str | None,
        typer.Option(help="Of a stream: 7d, 48h, or 'last 96 rows' for the newest labelled ones; by default 7d."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="The last day, month, time or key, included; by default the newest.")
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="Driftline's name or scikit-learn's; by default the pipeline's metrics.")
    ] = None,
    version: Annotated[int | None, typer.Option(help="This version instead of the champion of the time.")] = None,
    by: Annotated[str | None, typer.Option(help="Measure by this column, too: one of at most 20 values.")] = None,
    plot: Annotated[
        str | None,
        typer.Option(
            help="A plot instead: roc, precision_recall, calibration, confusion_matrix or residuals, as JSON."
        ),
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw the plot into this PNG or SVG file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the labelled predictions of a window together, each by the champion of its time.

    Nothing is stored: stored evaluations are made by Dagster, `driftline backfill` and `driftline truth evaluate`.
    """
    from driftline.charts import picture_kind
    from driftline.errors import InvalidInputError
    from driftline.evaluations import measure_window, read_window
    from driftline.workspace import open_workspace

    declared = load_project(Path.cwd()).pipeline(pipeline)
    workspace = open_workspace()
    if picture is not None and plot is None:
        raise InvalidInputError("--picture draws a plot. Name it: --plot roc, or another of driftline evaluate --help.")
    if plot is not None:
        if picture is not None:
            picture_kind(picture)
        _plot(read_window(workspace, declared, window, until=until, version=version), declared, plot, picture)
        return
    measurement = measure_window(
        workspace, declared, window, until=until, metrics=metric or None, by=by, version=version
    )
    if as_json:
        print_json(_to_dict(measurement))
    else:
        _print(measurement, declared)


def _plot(window: "LabelledWindow", pipeline: "ModelPipeline", name: str, picture: Path | None) -> None:
    """Print the numbers of a plot as JSON, or draw it."""
    from driftline.charts import draw_plot
    from driftline.plots import plot

    made = plot(name, window.rows)
    classes = [str(label) for label in window.parts[0].classes]
    if picture is None:
        print_json({"plot": name, "classes": classes, **asdict(made)})
    else:
        shown = f"{pipeline.name} {_title(pipeline, window.window)}"
        draw_plot(made, picture, title=f"{name.replace('_', ' ')}, {shown}", classes=classes)
        print_text(f"{picture}: {name.replace('_', ' ')} of {len(window.rows.truth)} labelled predictions, {shown}.")


def _to_dict(measurement: "Measured") -> dict[str, Any]:
    return {**asdict(measurement), "window": measurement.window and asdict(measurement.window)}


def _title(pipeline: "ModelPipeline", window: "Window | None") -> str:
    return "on its holdout" if window is None else pipeline.stream.window_title(window)


def _print(measurement: "Measured", pipeline: "ModelPipeline") -> None:
    versions = ", ".join(map(str, measurement.versions))
    print_text(
        f"{measurement.pipeline} {_title(pipeline, measurement.window)}: {measurement.label_count} labels of "
        f"{measurement.row_count} predictions of version {versions}."
    )
    print_table(
        "",
        ("metric", "value", "95 % interval", "note"),
        [(result.metric, result.value, _interval(result), result.note) for result in measurement.measurements],
        empty="No metric was asked for.",
    )
    if measurement.slices:
        print_table(
            f"\nBy {measurement.slices[0].column}",
            ("value", "labels", "metric", "value", "95 % interval", "note"),
            [
                (part.value, part.row_count, result.metric, result.value, _interval(result), result.note)
                for part in measurement.slices
                for result in part.measurements
            ],
            empty="",
        )
    for sentence in measurement.rows_left_out:
        print_text(sentence)
    if measurement.left_out:
        key, why = next(iter(measurement.left_out.items()))
        count = len(measurement.left_out)
        left_out = "1 partition is" if count == 1 else f"{count} partitions are"
        print_text(f"{left_out} left out. {pipeline.partitions.title(key)}: {why}")


def _interval(measured: "Measurement") -> str | None:
    if measured.ci_low is None or measured.ci_high is None:
        return None
    return f"{measured.ci_low:.4f} to {measured.ci_high:.4f}"
