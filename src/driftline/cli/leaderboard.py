"""`driftline leaderboard`: the best params of an experiment."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftline.cli.output import print_json, print_table, print_text
from driftline.json_values import plain

if TYPE_CHECKING:
    from driftline.experiments import LeaderboardEntry


def leaderboard(
    experiment: Annotated[str, typer.Argument(help="The experiment.")],
    *,
    metric: Annotated[str | None, typer.Option(help="As auc, or auc.max; by default the one that decides.")] = None,
    direction: Annotated[str | None, typer.Option(help="max where larger is better, or min.")] = None,
    repeated: Annotated[
        list[str] | None, typer.Option(help="A param that runs of one entry differ in; by default seeds and folds.")
    ] = None,
    first: Annotated[int, typer.Option(min=1, help="How many entries are shown.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Rank the params of an experiment by a metric: mean and standard deviation over seeds and folds."""
    from driftline.experiments import REPEATED
    from driftline.experiments import leaderboard as ranked
    from driftline.workspace import read_workspace

    board = ranked(
        experiment, metric=metric, direction=direction, repeated=repeated or REPEATED, workspace=read_workspace()
    )
    if as_json:
        print_json(plain(asdict(board)))
        return
    better = "larger" if board.direction == "max" else "smaller"
    print_text(f"{board.metric} of {board.experiment}, {better} is better")
    if board.datasets:
        print_text(f"on {', '.join(board.datasets)}")
    columns = ("rank", "mean", "sd", "n", "params", "best run")
    print_table("", columns, [_row(one) for one in board.entries if not one.lacks][:first], empty="")
    apart = [(*_row(one)[1:], ", ".join(one.lacks)) for one in board.entries if one.lacks][:first]
    if apart:
        print_table("\nNot ranked, since not scored on the same data", (*columns[1:], "lacks"), apart, empty="")


def _row(entry: "LeaderboardEntry") -> tuple[object, ...]:
    return (entry.rank, entry.mean, entry.standard_deviation, entry.n, _params(entry.params), entry.run_ids[0][:8])


def _params(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in params.items()) or "all the same"
