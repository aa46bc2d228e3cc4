"""`driftline demo`: a year of a forest service in a minute."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_json, print_table, print_text
from driftline.cli.project import load_project

if TYPE_CHECKING:
    from driftline.retraining import RetrainingEvent

PIPELINE = "fire_risk"
BARS = "▁▂▃▄▅▆▇█"


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print what happened as JSON.")] = False,
) -> None:
    """Replay a year of the fire_risk stream: predictions, evaluation, drift, retraining and promotion.

    All parts are the real ones, on data simulated offline: Dagster runs, the drift sensor, the registry. Only
    the time is another. An interrupted replay goes on where it stopped; a finished one is shown again.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from driftline.cli.errors import InterruptedByUserError
    from driftline.evaluations import production_metric
    from driftline.pipelines import dagster_home, open_instance, replay
    from driftline.retraining import history
    from driftline.workspace import open_workspace

    project = load_project(Path.cwd())
    pipeline = project.pipeline(PIPELINE)
    workspace = open_workspace()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("days"))
    shown = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))  # stdout is for what happened
    with open_instance(dagster_home()) as instance, shown as progress:
        task = progress.add_task(f"{PIPELINE}: training the first model", total=None)
        try:
            for step in replay(project.definitions, pipeline, instance, workspace):
                progress.update(task, completed=step.done, total=step.total, description=f"{PIPELINE}: {step.latest}")
        except KeyboardInterrupt:
            raise InterruptedByUserError(f"The replay of {PIPELINE}") from None
    events = history(workspace, PIPELINE)
    if as_json:
        print_json([asdict(event) for event in events])
        return
    print_table(
        f"What happened to {PIPELINE}, day by day",
        ("day", "what", f"{pipeline.metrics[0]} before → after", "why"),
        [(event.at, _what(event), _scores(event), _first_sentence(event.reason)) for event in events],
        empty="Nothing happened.",
    )
    print_text("Before and after are the champion and the challenger on the same holdout.")
    print_text(f"\nDaily {pipeline.metrics[0]} in production, median of each week:")
    print_text(_chart(production_metric(workspace, pipeline, pipeline.metrics[0])))
    print_text(
        "\nNext:\n"
        "  driftline dev               the Dagster UI and the API\n"
        f"  driftline models {PIPELINE}  its versions, and who served when\n"
        f"  driftline models {PIPELINE} --at 2025-05-01  who served that day, and why\n"
        "  driftline runs              the trainings with their params and metrics"
    )


def _what(event: "RetrainingEvent") -> str:
    titles = {
        "drift": "drift of version {}",
        "promoted": "retrained, version {} promoted",
        "kept": "retrained, version {} not promoted",
        "failed": "retraining failed",
    }
    return titles.get(event.kind, "retraining").format(event.version)


def _scores(event: "RetrainingEvent") -> str:
    if event.after is None:
        return ""
    return f"{event.after:.4f}" if event.before is None else f"{event.before:.4f} → {event.after:.4f}"


def _first_sentence(text: str) -> str:
    return text.split(". ", maxsplit=1)[0].rstrip(".") + "."


def _chart(days: Sequence[tuple[str, float]]) -> str:
    """Return a bar a week, from the lowest to the highest value."""
    weeks = [median(value for _, value in days[start : start + 7]) for start in range(0, len(days), 7)]
    if not weeks:
        return "no evaluation yet"
    low, high = min(weeks), max(weeks)
    bars = "".join(BARS[round((value - low) / ((high - low) or 1) * (len(BARS) - 1))] for value in weeks)
    return f"{high:.2f} ┐\n     │ {bars}\n{low:.2f} ┘ {days[0][0]} to {days[-1][0]}"
