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
    from driftline.capture import code_state
    from driftline.errors import InvalidInputError
    from driftline.rollout import compare_shadow, end_shadow
    from driftline.rollout import shadow as start
    from driftline.workspace import open_workspace

    if end and version is not None:
        raise InvalidInputError(f"--end ends whatever shadow there is. Leave the version {version} out.")
    workspace = open_workspace()
    if end:
        actor = code_state(Path.cwd()).user_name
        _print_moved(workspace, model, end_shadow(workspace, model, actor=actor, reason=reason), as_json=as_json)
    elif version is not None:
        actor = code_state(Path.cwd()).user_name
        _print_moved(workspace, model, start(workspace, model, version, actor=actor, reason=reason), as_json=as_json)
    else:
        _print_compared(model, compare_shadow(workspace, load_project(Path.cwd()).pipeline(model)), as_json=as_json)


def _print_moved(workspace: "Workspace", model: str, event: "AliasEvent", *, as_json: bool) -> None:
    from driftline.registry import describe_model

    move = describe_model(workspace, model)["shadows"][0]
    if as_json:
        print_json({"model": model, **move})
    elif event.version is None:
        print_text(f"Version {move['previous']} of {model} has left the shadow.")
    else:
        print_text(
            f"Version {move['version']} of {model} scores beside the champion, in partitions that start from "
            f"{event.effective_at:%Y-%m-%d %H:%M} UTC on. Compare them: driftline shadow {model}."
        )


def _print_compared(model: str, comparison: "ShadowComparison", *, as_json: bool) -> None:
    if as_json:
        print_json({"model": model, **asdict(comparison)})
        return
    until = f"until {comparison.until:%Y-%m-%d %H:%M} UTC" if comparison.until else "still"
    champions = " and ".join(map(str, comparison.champions))
    print_table(
        f"{model}: version {comparison.challenger} in the shadow of version {champions}",
        ("metric", "champion", "challenger", "gain", "95 % from", "to", "p"),
        [
            (
                compared.metric,
                compared.champion.value,
                compared.challenger.value,
                compared.gain,
                compared.ci_low,
                compared.ci_high,
                compared.p_value,
            )
            for compared in comparison.comparisons
        ],
        empty=f"Version {comparison.challenger} of {model} is in the shadow; no row that both scored is labelled yet.",
    )
    print_text(
        f"In the shadow since {comparison.since:%Y-%m-%d %H:%M} UTC, {until}. {comparison.row_count} labelled rows of "
        f"{len(comparison.partitions)} partitions are compared, {len(comparison.left_out)} partitions are not yet."
    )
    for why in list(comparison.left_out.values())[:3]:
        print_text(why)
