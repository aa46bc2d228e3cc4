"""`driftline retrain`: a model is trained and judged now, without the Dagster UI."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_json, print_text
from driftline.cli.project import load_project

if TYPE_CHECKING:
    from driftline.tuning import SearchProgress


def retrain(
    pipeline: Annotated[str, typer.Argument(help="The pipeline, by its name.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the decision as JSON.")] = False,
) -> None:
    """Read the dataset, train a challenger, and put it into use if it beats the champion on the same holdout.

    It is the Dagster job PIPELINE_retrain, run in this process; the Dagster UI shows it afterwards. The first model of
    a pipeline becomes champion at once.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from driftline.capture import code_state
    from driftline.cli.errors import InterruptedByUserError
    from driftline.pipelines import open_jobs
    from driftline.registry import list_decisions
    from driftline.retraining import newest_reading
    from driftline.tuning import search_progress
    from driftline.workspace import open_workspace

    project = load_project(Path.cwd())
    declared = project.pipeline(pipeline)
    workspace = open_workspace()
    tags = {"user": code_state(Path.cwd()).user_name}
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[trials]}"), TimeElapsedColumn())
    try:
        with (
            open_jobs(project.definitions, project.root) as jobs,
            Progress(*columns, console=console, transient=True, disable=not console.is_interactive) as progress,
        ):
            task = progress.add_task(f"retraining {pipeline}", total=None, trials="")

            def show(search: "SearchProgress") -> None:
                progress.update(task, completed=search.done, total=search.total, trials=_trials(search))

            with search_progress(show):
                jobs.run(f"{declared.name}_retrain", tags=tags)
    except KeyboardInterrupt as interrupt:
        raise InterruptedByUserError(f"The retraining of {pipeline}", interrupt) from None
    reading, [decision, *_] = newest_reading(workspace, declared.name), list_decisions(workspace, model=declared.name)
    if as_json:
        left_out, warnings = (list(reading.left_out), list(reading.warnings)) if reading else ([], [])
        print_json(decision | {"rows_left_out": left_out, "warnings": warnings})
        return
    for sentence in (*reading.left_out, *reading.warnings) if reading else ():
        print_text(sentence)
    print_text(str(decision["outcome"]))
    print_text(f"The evidence: driftline decisions {decision['id']}. Who serves: driftline models {declared.name}.")


def _trials(search: "SearchProgress") -> str:
    """Return how far a search for hyperparameters is, in words."""
    count = f"{search.done} trials" if search.total is None else f"trial {search.done} of {search.total}"
    return count if search.best is None else f"{count}, best {search.metric} {search.best:.4f}"
