"""`driftline shadow`: a challenger that scores beside the champion, and how the two compare."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_json, print_table, print_text
from driftline.cli.project import load_project

if TYPE_CHECKING:
    from driftline.registry import AliasEvent
    from driftline.rollout import ShadowComparison
    from driftline.workspace import Workspace


def shadow(
    model: Annotated[str, typer.Argument(help="The model, by its name.")],
    version: Annotated[
        int | None, typer.Argument(min=1, help="The version that scores beside the champion from now on.")
    ] = None,
    *,
    end: Annotated[bool, typer.Option("--end", help="End the shadow: only the champion scores from now on.")] = False,
    reason: Annotated[str, typer.Option(help="Why, in words.")] = "Asked for on the command line.",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let a version score in the champion's shadow, end that, or compare the two; nothing it says is served.

    With a version, it predicts and is evaluated from the next partition on, in the same Dagster runs as the champion.
    Without one, both are compared on the labelled rows that both scored.
    """
    from driftline.errors import InvalidInputError
    from driftline.rollout import compare_shadow, end_shadow
    from driftline.rollout import shadow as start
    from driftline.tracking import environment
    from driftline.workspace import open_workspace

    if end and version is not None:
        raise InvalidInputError(f"--end ends whatever shadow there is. Leave the version {version} out.")
    workspace = open_workspace()
    if end:
        actor = environment(Path.cwd()).user_name
        _print_moved(workspace, model, end_shadow(workspace, model, actor=actor, reason=reason), as_json=as_json)
    elif version is not None:
        actor = environment(Path.cwd()).user_name
        _print_moved(workspace, model, start(workspace, model, version, actor=actor, reason=reason), as_json=as_json)
    else:
        _print_compared(model, compare_shadow(workspace, load_project(Path.cwd()).pipeline(model)), as_json=as_json)


def _print_moved(workspace: "Workspace", model: str, event: "AliasEvent", *, as_json: bool) -> None:
    from driftline.registry import describe_model

    told = describe_model(workspace, model)["shadows"][0]
    if as_json:
        print_json({"model": model, **told})
    elif event.version is None:
        print_text(f"Version {told['previous']} of {model} has left the shadow.")
    else:
        print_text(
            f"Version {told['version']} of {model} scores beside the champion, in partitions that start from "
            f"{event.effective_at:%Y-%m-%d %H:%M} UTC on. Compare them: driftline shadow {model}."
        )


def _print_compared(model: str, found: "ShadowComparison", *, as_json: bool) -> None:
    if as_json:
        print_json({"model": model, **asdict(found)})
        return
    until = f"until {found.until:%Y-%m-%d %H:%M} UTC" if found.until else "still"
    champions = " and ".join(map(str, found.champions))
    print_table(
        f"{model}: version {found.challenger} in the shadow of version {champions}",
        ("metric", "champion", "challenger", "gain", "95 % from", "to", "p"),
        [
            (one.metric, one.champion.value, one.challenger.value, one.gain, one.ci_low, one.ci_high, one.p_value)
            for one in found.comparisons
        ],
        empty=f"Version {found.challenger} of {model} is in the shadow; no row that both scored is labelled yet.",
    )
    print_text(
        f"In the shadow since {found.since:%Y-%m-%d %H:%M} UTC, {until}. {found.row_count} labelled rows of "
        f"{len(found.partitions)} partitions are compared, {len(found.left_out)} partitions are not yet."
    )
    for why in list(found.left_out.values())[:3]:
        print_text(why)
