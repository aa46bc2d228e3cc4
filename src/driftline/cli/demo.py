"""`driftline demo`: a year of a forest service in minutes."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_json, print_table, print_text
from driftline.cli.project import Project, load_project

if TYPE_CHECKING:
    from driftline.declaration import ModelPipeline
    from driftline.retraining import Event
    from driftline.workspace import Workspace

PIPELINE = "fire_risk"
BARS = "▁▂▃▄▅▆▇█"
MARKS = {
    "level_lost": ("×", "level lost"),
    "level_regained": ("✓", "level regained"),
    "level_accepted": ("≈", "lower level accepted"),
    "promoted": ("↑", "version promoted"),
}


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print what happened as JSON.")] = False,
) -> None:
    """Replay a year of the fire_risk stream: predictions, evaluation, drift, and recovery from it.

    All parts are the real ones, on data simulated offline: Dagster runs, the drift sensor, the registry. Only
    the time is another. An interrupted replay goes on where it stopped; a finished one is shown again, and so is
    whatever stands in a home that may only be read.
    """
    from driftline.evaluations import production_metric
    from driftline.retraining import history
    from driftline.workspace import open_workspace

    project = load_project(Path.cwd())
    pipeline = project.pipeline(PIPELINE)
    workspace = open_workspace()
    if not workspace.database.is_read_only:
        _replay(project, pipeline, workspace)
    events = history(workspace, PIPELINE)
    if as_json:
        print_json([asdict(event) for event in events])
        return
    print_table(
        f"What happened to {PIPELINE}, day by day",
        ("day", "what", f"{pipeline.metrics[0]} before → after", "why"),
        [(event.at, _what(event), _scores(event), _why(event)) for event in events],
        empty="Nothing happened.",
    )
    print_text(
        "To look is to train on several spans of the past, to try versions that served before, and to let the best of\n"
        "them meet the champion: before and after are the champion and the challenger on the same holdout.\n"
        "The level is the lowest loss that was reached, with a margin; it is lost, regained or given up."
    )
    print_text(f"\nDaily {pipeline.metrics[0]} in production, median of each week:")
    print_text(_chart(production_metric(workspace, pipeline, pipeline.metrics[0]), events))
    print_text(
        "\nNext:\n"
        "  driftline dev               the Dagster UI and the API\n"
        f"  driftline models {PIPELINE}  its versions, and who served when\n"
        f"  driftline models {PIPELINE} --at 2025-05-01  who served that day, and why\n"
        "  driftline runs              the trainings with their params and metrics"
    )


def _replay(project: Project, pipeline: "ModelPipeline", workspace: "Workspace") -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from driftline.cli.errors import InterruptedByUserError
    from driftline.pipelines import open_jobs, replay

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("days"))
    shown = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))  # stdout is for what happened
    try:
        with open_jobs(project.definitions, project.root) as jobs, shown as progress:
            task = progress.add_task(f"{PIPELINE}: training the first model", total=None)
            for step in replay(jobs, pipeline, workspace):
                progress.update(task, completed=step.done, total=step.total, description=f"{PIPELINE}: {step.latest}")
    except KeyboardInterrupt as interrupt:
        raise InterruptedByUserError(f"The replay of {PIPELINE}", interrupt) from None


_TITLES = {
    "drift": "drift of version {}",
    "level_lost": "LEVEL LOST by version {}",
    "level_regained": "LEVEL REGAINED by version {}",
    "level_accepted": "LOWER LEVEL ACCEPTED",
    "level_set": "LEVEL SET",
    "promoted": "look: version {} promoted",
    "kept": "look: version {} not promoted",
    "failed": "retraining failed",
    "retraining": "retraining goes on",
}


def _what(event: "Event") -> str:
    return _TITLES[event.kind].format(event.version)


def _scores(event: "Event") -> str:
    from driftline.retraining import RetrainingEvent

    if not isinstance(event, RetrainingEvent) or event.after is None:
        return ""
    return f"{event.after:.4f}" if event.before is None else f"{event.before:.4f} → {event.after:.4f}"


def _why(event: "Event") -> str:
    """Return the reason; of a retraining also what it chose and, in short, how that was judged."""
    from driftline.retraining import RetrainingEvent
    from driftline.sentences import chosen_sentence, verdict_in_short

    if not isinstance(event, RetrainingEvent):
        return event.reason
    parts = [_first_sentence(event.reason.removeprefix("Retrain: "))]
    if event.chosen is not None:
        parts.append(chosen_sentence(asdict(event.chosen), event.chosen.tried))
    if event.outcome is not None:
        parts.append(verdict_in_short(event.rule or "", _first_sentence(event.outcome)))
    text = " ".join(parts)
    return f"{text[0].upper()}{text[1:]}"


def _first_sentence(text: str) -> str:
    return text.split(". ", maxsplit=1)[0].rstrip(".") + "."


def _chart(days: Sequence[tuple[str, float]], events: "Sequence[Event]") -> str:
    """Return a bar a week, from the lowest to the highest value, and below it what happened in that week."""
    weeks = [median(value for _, value in days[start : start + 7]) for start in range(0, len(days), 7)]
    if not weeks:
        return "no evaluation yet"
    low, high = min(weeks), max(weeks)
    bars = "".join(BARS[round((value - low) / ((high - low) or 1) * (len(BARS) - 1))] for value in weeks)
    marks = _marks([day for day, _ in days], events)
    return (
        f"{high:.2f} ┐\n     │ {bars}\n{low:.2f} ┘ {marks}\n       {days[0][0]} to {days[-1][0]}\n"
        f"       {', '.join(f'{mark} {told}' for mark, told in MARKS.values())}"
    )


def _marks(days: Sequence[str], events: "Sequence[Event]") -> str:
    """Return a character a week: of its events the one that stands first in `MARKS`."""
    weeks = [days[start] for start in range(0, len(days), 7)]
    kinds: list[set[str]] = [set() for _ in weeks]
    for event in events:
        kinds[max(bisect_right(weeks, f"{event.at:%Y-%m-%d}") - 1, 0)].add(event.kind)
    return "".join(next((mark for kind, (mark, _) in MARKS.items() if kind in seen), " ") for seen in kinds)
