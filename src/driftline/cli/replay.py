"""`driftline replay` and `driftline demo`: the past of a stream as it would have gone, told as a story."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict
from math import ceil
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_json, print_table, print_text, sparkline
from driftline.cli.project import Project, load_project

if TYPE_CHECKING:
    from driftline.declaration import ModelPipeline
    from driftline.retraining import Event
    from driftline.workspace import Workspace

DEMO = "fire_risk"
MOST_BARS = 70  # of a terminal that has 80 columns
USUAL_BAR = {"hour": 24, "day": 7}  # partitions of a bar, by their unit; others are one each
MARKS = {
    "level_lost": ("×", "level lost"),
    "level_regained": ("✓", "regained"),
    "level_accepted": ("≈", "lower one accepted"),
    "promoted": ("↑", "promoted"),
}


def replay(
    pipeline: Annotated[str, typer.Argument(help="The stream, by its name.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print what happened as JSON.")] = False,
) -> None:
    """Replay the past of a stream: predictions, evaluation, drift and retrainings, each with what was known then.

    All parts are the real ones: Dagster runs, the drift sensor, the registry. Only the time is another. An interrupted
    replay goes on where it stopped; a finished one is shown again, and so is whatever stands in a home that may only be
    read. `driftline backtest` compares policies instead.
    """
    _replay(pipeline, as_json=as_json)


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print what happened as JSON.")] = False,
) -> None:
    """Replay a year of the fire_risk stream, whose world changes twice: `driftline replay fire_risk`.

    All parts are the real ones, on data simulated offline. It takes about two minutes.
    """
    _replay(DEMO, as_json=as_json)


def _replay(name: str, *, as_json: bool) -> None:
    from driftline.evaluations import production_metric
    from driftline.retraining import history
    from driftline.workspace import open_workspace

    project = load_project(Path.cwd())
    pipeline, workspace = project.pipeline(name), open_workspace()
    unit = pipeline.stream.unit
    if not workspace.database.is_read_only:
        _run(project, pipeline, workspace)
    events = history(workspace, name)
    if as_json:
        print_json([asdict(event) for event in events])
        return
    print_table(
        f"What happened to {name}, {unit} by {unit}",
        (unit, "what", f"{pipeline.metrics[0]} before → after", "why"),
        [(event.at, _what(event), _scores(event), _why(event)) for event in events],
        empty="Nothing happened.",
    )
    print_text(
        "To look is to train on several spans of the past, to try versions that served\n"
        "before, and to let the best of them meet the champion: before and after are\n"
        "the champion and the challenger on the same holdout.\n"
        "The level is the lowest loss that was reached, with a margin; it is lost,\n"
        "regained or given up."
    )
    values = production_metric(workspace, pipeline, pipeline.metrics[0])
    size = max(USUAL_BAR.get(unit, 1), ceil(len(values) / MOST_BARS))
    print_text(f"\n{pipeline.metrics[0]} in production, each bar the median of {size} {unit}{'s' if size > 1 else ''}:")
    print_text(_chart(values, size, events))
    print_text("\nNext:")
    for command, what in _next(name, events):
        print_text(f"  driftline {command:<30} {what}")


def _run(project: Project, pipeline: "ModelPipeline", workspace: "Workspace") -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from driftline.cli.errors import InterruptedByUserError
    from driftline.pipelines import open_jobs
    from driftline.pipelines import replay as run

    name, counted = pipeline.name, TextColumn(f"{pipeline.stream.unit}s")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), counted, TimeElapsedColumn())
    try:
        with (
            open_jobs(project.definitions, project.root) as jobs,
            Progress(*columns, console=Console(stderr=True)) as progress,  # stdout is for what happened
        ):
            task = progress.add_task(f"{name}: training the first model", total=None)
            for step in run(jobs, pipeline, workspace):
                progress.update(task, completed=step.done, total=step.total, description=f"{name}: {step.latest}")
    except KeyboardInterrupt as interrupt:
        raise InterruptedByUserError(f"The replay of {name}", interrupt) from None


def _next(name: str, events: "Sequence[Event]") -> list[tuple[str, str]]:
    """Return the next commands and what they do."""
    at = events[len(events) // 2].at if events else None
    past = [] if at is None else [(f"models {name} --at {at:%Y-%m-%d}", "who served on that day, and why")]
    return [
        ("dev", "the Dagster UI and the API"),
        (f"models {name}", "its versions, and who served when"),
        *past,
        ("runs", "trainings, params and metrics"),
    ]


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


def _chart(values: Sequence[tuple[str, float]], size: int, events: "Sequence[Event]") -> str:
    """Return a bar for each `size` partitions, from the lowest to the highest, and below it what happened then."""
    starts = range(0, len(values), size)
    bars = [median(value for _, value in values[start : start + size]) for start in starts]
    if not bars:
        return "no evaluation yet"
    low, high = min(bars), max(bars)
    marks = _marks([values[start][0] for start in starts], events)
    return (
        f"{high:.2f} ┐\n     │ {sparkline(bars)}\n{low:.2f} ┘ {marks}\n       {values[0][0]} to {values[-1][0]}\n"
        f"       {', '.join(f'{mark} {told}' for mark, told in MARKS.values())}"
    )


def _marks(starts: Sequence[str], events: "Sequence[Event]") -> str:
    """Return a character for each bar: of its events the one that stands first in `MARKS`."""
    kinds: list[set[str]] = [set() for _ in starts]
    for event in events:
        kinds[max(bisect_right(starts, f"{event.at:%Y-%m-%d-%H:%M}"[: len(starts[0])]) - 1, 0)].add(event.kind)
    return "".join(next((mark for kind, (mark, _) in MARKS.items() if kind in seen), " ") for seen in kinds)
