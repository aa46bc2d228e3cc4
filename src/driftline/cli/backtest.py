"""`driftline backtest`: what the past would have been like under other policies."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_json, print_table, print_text
from driftline.cli.project import load_project

if TYPE_CHECKING:
    from driftline.backtest import Backtest, PolicyOutcome
    from driftline.declaration import Partitions


def backtest(
    pipeline: Annotated[str, typer.Argument(help="The stream, by its name.")],
    *,
    policies: Annotated[
        str | None,
        typer.Option(
            help="Names, separated by commas: never, daily, weekly, monthly, a cron line, statistical, alert, "
            "declared, or a threshold such as accuracy<0.7; a window may follow, as in statistical:2d."
        ),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="The first day, month, time or key; by default the stream's first.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="The last one, included; by default the newest.")] = None,
    metric: Annotated[str | None, typer.Option(help="Shown over time; by default the pipeline's first.")] = None,
    window: Annotated[str, typer.Option(help="The length of the windows over time.")] = "7d",
    change: Annotated[
        list[str] | None, typer.Option(help="A day on which the world changed: shows delays and false alarms.")
    ] = None,
    hindsight: Annotated[
        bool, typer.Option("--hindsight", help="Compare with the best schedule, trainings a week apart or a policy's.")
    ] = False,
    picture: Annotated[Path | None, typer.Option(help="Draw the metric over time into this PNG or SVG file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print an object for each policy as JSON.")] = False,
) -> None:
    """Replay the past of a stream under several policies, without touching production.

    It runs the production decision, training and judgement on what was known at each moment, labels with their delay
    included, and shows what each policy would have gained and cost, beside never retraining and repeating the last
    known label. This is how to choose a threshold.
    """
    from rich.console import Console

    from driftline.backtest import DEFAULT_POLICIES, policy_values, store_backtest
    from driftline.backtest import backtest as run
    from driftline.charts import draw, picture_kind
    from driftline.workspace import open_workspace

    declared = load_project(Path.cwd()).pipeline(pipeline)
    if picture is not None:
        picture_kind(picture)
    workspace = open_workspace()
    names = DEFAULT_POLICIES if policies is None else tuple(name.strip() for name in policies.split(","))
    partitions = declared.stream
    with Console(stderr=True).status(f"{pipeline}: reading the past") as status:
        replayed = run(
            declared,
            names,
            start=None if start is None else partitions.span(start).start,
            end=None if end is None else partitions.span(end).end,
            metric_name=metric,
            length=window,
            hindsight="7d" if hindsight else None,
            changes=[partitions.moment(day) for day in change or ()],
            workspace=workspace,
            on_policy=lambda name: status.update(f"{pipeline}: {name}"),
        )
    store_backtest(workspace, replayed)
    if picture is not None:
        draw(replayed, picture)
    if as_json:
        values = [policy_values(replayed, outcome) for outcome in replayed.policies]
        print_json([{"policy": policy.pop("policy"), **policy.pop("metrics"), **policy} for policy in values])
    else:
        _print(replayed, partitions)


def _print(backtest: "Backtest", partitions: "Partitions") -> None:
    metrics = [measured.metric for measured in backtest.policies[0].measurements]
    changes, regret = backtest.policies[0].changes, backtest.policies[0].regret
    compared = [f"hindsight's {regret.metric}", "regret"] if regret else []
    detected = [
        *(f"delay {partitions.time_title(change.at)}" for change in changes),
        *(["false alarms"] if changes else []),
    ]
    print_table(
        f"{backtest.pipeline} {partitions.window_title(backtest.window)} under {len(backtest.policies)} policies",
        (
            "policy",
            *metrics,
            f"worst {backtest.length}",
            "over never ± 95 %",
            "retrainings",
            "promotions",
            "CPU s",
            *compared,
            *detected,
        ),
        [_row(backtest, outcome, metrics, compared, detected) for outcome in backtest.policies],
        empty="Nothing was replayed.",
    )
    print_text(
        f"Worst {backtest.length} and what is gained over never retraining are of {backtest.metric}; the latter is the "
        "mean over the windows. Promotions: challengers that became champion. CPU seconds: of trainings and judgements."
    )
    if regret:
        print_text(
            f"Hindsight's {regret.metric} is that of the best schedule with at most as many trainings, and the regret "
            "how much worse the policy was."
        )


def _row(
    backtest: "Backtest", outcome: "PolicyOutcome", metrics: list[str], compared: list[str], detected: list[str]
) -> tuple[object, ...]:
    worst, gain, regret = outcome.worst_window(backtest.metric), outcome.gain, outcome.regret
    delays = [
        None if change.delay is None else f"{change.delay.total_seconds() / 86400:.1f} d" for change in outcome.changes
    ]
    detections = [*delays, outcome.false_alarms]
    return (
        outcome.policy,
        *(outcome.value(name) for name in metrics),
        worst.value if worst else None,
        f"{gain.value:+.4f} ± {gain.ci_high - gain.value:.4f}" if gain else None,
        len(outcome.retrainings),
        outcome.promotions,
        round(outcome.cpu_s, 2),
        *((regret.best, regret.value) if regret else [None] * len(compared)),
        *(detections if len(detections) == len(detected) else [None] * len(detected)),
    )
