"""`driftline promote` and `driftline rollback`: the champion is switched by hand, and back."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from driftline.cli.output import print_json, print_text

Model = Annotated[str, typer.Argument(help="The model, by its name.")]
Expect = Annotated[
    int | None,
    typer.Option(
        min=0, help="The revision of the history that you have seen (driftline models NAME); refused if moved."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def promote(
    model: Model,
    version: Annotated[int, typer.Argument(min=1, help="The version that becomes champion.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, in words; it is kept with the decision.")],
    at: Annotated[
        str | None, typer.Option(help="A time to come, 2026-05-03T07:00:00Z; by default the switch is now.")
    ] = None,
    expect: Expect = None,
    as_json: AsJson = False,
) -> None:
    """Make a version champion by hand, now or at a time to come; the switch is recorded as a decision.

    Partitions that start after the switch are served by it. Until then, and after, driftline rollback takes it back.
    """
    from driftline.capture import code_state
    from driftline.clock import parse_time
    from driftline.registry import promote as switch
    from driftline.workspace import open_workspace

    actor = code_state(Path.cwd()).user_name
    time = None if at is None else parse_time(at)
    done = switch(open_workspace(), model, version, actor=actor, reason=reason, at=time, expected_revision=expect)
    if as_json:
        print_json({"model": model, **asdict(done)})
        return
    before = "" if done.previous is None else f", after version {done.previous}"
    print_text(
        f"Version {done.version} of {model} is champion of partitions that start from "
        f"{done.effective_at:%Y-%m-%d %H:%M} UTC on{before}. Take it back: driftline rollback {model}."
    )
    if done.cancelled:
        print_text(f"The planned switch to version {' and '.join(map(str, done.cancelled))} is cancelled by this.")
    if not done.judged:
        print_text(f"Version {done.version} was never judged against a champion on a holdout.")


def rollback(
    model: Model,
    *,
    to: Annotated[int | None, typer.Option(min=1, help="This version; by default who was champion before.")] = None,
    reason: Annotated[str, typer.Option(help="Why, in words.")] = "Asked for on the command line.",
    expect: Expect = None,
    as_json: AsJson = False,
) -> None:
    """Give the champion's place back to who held it before; a switch that is planned for later is cancelled."""
    from driftline.capture import code_state
    from driftline.registry import rollback as take_back
    from driftline.workspace import open_workspace

    actor = code_state(Path.cwd()).user_name
    done = take_back(open_workspace(), model, actor=actor, reason=reason, to=to, expected_revision=expect)
    if as_json:
        print_json({"model": model, **asdict(done)})
    elif done.cancelled and to is None:
        planned = " and ".join(map(str, done.cancelled))
        print_text(f"The planned switch to version {planned} is cancelled: version {done.version} of {model} stays.")
    else:
        print_text(
            f"Version {done.version} of {model} is champion again, of partitions that start from "
            f"{done.effective_at:%Y-%m-%d %H:%M} UTC on, after version {done.previous}."
        )
