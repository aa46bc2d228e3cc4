"""`driftline promote` and `driftline rollback`: the champion is switched by hand, and back."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from driftline.cli.output import print_json, print_text

Model = Annotated[str, typer.Argument(help="The model, by its name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def promote(
    model: Model,
    version: Annotated[int, typer.Argument(min=1, help="The version that becomes champion.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, in words; it is kept with the decision.")],
    at: Annotated[
        str | None, typer.Option(help="A time to come, 2026-05-03T07:00:00Z; by default the switch is now.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a version champion by hand, now or at a time to come; the switch is recorded as a decision.

    Partitions that start after the switch are served by it. Until then, and after, driftline rollback takes it back.
    """
    from driftline.clock import parse_time
    from driftline.registry import promote as switch
    from driftline.tracking import environment
    from driftline.workspace import open_workspace

    actor = environment(Path.cwd()).user_name
    time = None if at is None else parse_time(at)
    done = switch(open_workspace(), model, version, actor=actor, reason=reason, at=time)
    if as_json:
        print_json({"model": model, **asdict(done)})
        return
    before = "" if done.previous is None else f", after version {done.previous}"
    print_text(
        f"Version {done.version} of {model} is champion of partitions that start from "
        f"{done.effective_at:%Y-%m-%d %H:%M} UTC on{before}. Take it back: driftline rollback {model}."
    )
    if not done.judged:
        print_text(f"Version {done.version} was never judged against a champion on a holdout.")


def rollback(
    model: Model,
    *,
    to: Annotated[int | None, typer.Option(min=1, help="This version; by default who was champion before.")] = None,
    reason: Annotated[str, typer.Option(help="Why, in words.")] = "Asked for on the command line.",
    as_json: AsJson = False,
) -> None:
    """Give the champion's place back to who held it before; a switch that is planned for later is cancelled."""
    from driftline.registry import describe_model
    from driftline.registry import rollback as take_back
    from driftline.tracking import environment
    from driftline.workspace import open_workspace

    workspace = open_workspace()
    event = take_back(workspace, model, actor=environment(Path.cwd()).user_name, reason=reason, to=to)
    told = describe_model(workspace, model)["history"][0]
    if as_json:
        print_json({"model": model, **told})
    else:
        print_text(
            f"Version {told['version']} of {model} is champion again, of partitions that start from "
            f"{event.effective_at:%Y-%m-%d %H:%M} UTC on, after version {told['previous']}."
        )
