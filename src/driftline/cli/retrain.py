"""`driftline retrain`: a model is trained and judged now, without the Dagster UI."""

from pathlib import Path
from typing import Annotated

import typer

from driftline.cli.output import print_json, print_text
from driftline.cli.project import load_project


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

    from driftline.capture import code_state
    from driftline.cli.errors import InterruptedByUserError
    from driftline.pipelines import open_jobs
    from driftline.registry import list_decisions
    from driftline.retraining import newest_reading
    from driftline.workspace import open_workspace

    project = load_project(Path.cwd())
    declared = project.pipeline(pipeline)
    workspace = open_workspace()
    tags = {"user": code_state(Path.cwd()).user_name}
    try:
        with (
            open_jobs(project.definitions, project.root) as jobs,
            Console(stderr=True).status(f"retraining {pipeline}"),
        ):
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
