"""`driftline level`: how a pipeline stands against the level that it has reached; a person may accept another."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from driftline.cli.output import print_json, print_text


def level(
    model: Annotated[str, typer.Argument(help="The pipeline, by its name.")],
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="Take what the champion loses now for the level, from the next report on.")
    ] = False,
    to: Annotated[float | None, typer.Option("--set", help="Take this mean loss for the level.")] = None,
    reason: Annotated[str, typer.Option(help="Why, in words.")] = "Asked for on the command line.",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the level that a pipeline has reached and whether it is kept; with --accept or --set, change it.

    The level is a mean loss, lower is better: squared errors of numbers, or of probabilities (Brier). It belongs to the
    pipeline: a promotion does not lower it.
    """
    from driftline.capture import code_state
    from driftline.drift_reports import accept_level, newest_health
    from driftline.sentences import finding_sentence
    from driftline.workspace import open_workspace, read_workspace

    if accept or to is not None:
        workspace = open_workspace()
        actor = code_state(Path.cwd()).user_name
        done = accept_level(workspace, model, actor=actor, reason=reason, level=to)
        if as_json:
            print_json({"model": model, **asdict(done)})
            return
        before = "" if done.before is None else f" in place of {done.before:.4f}"
        print_text(f"The level of {model} is {done.level:.4f}{before}, from the next report on.")
        return
    health = newest_health(read_workspace(), model)
    if as_json:
        print_json({"model": model, **health.to_json()})
        return
    print_text(f"{model} is {health.condition.value}. {finding_sentence(health.rule.value, health.values('loss'))}")
