"""`driftline bandit`: two versions share the keys, until their rewards say which one serves alone."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driftline.cli.output import print_json, print_table, print_text
from driftline.cli.project import load_project

if TYPE_CHECKING:
    from driftline.rollout import BanditPartition, BanditStatus, OffPolicyValue

bandit = typer.Typer(
    no_args_is_help=True,
    help="Let two versions share the keys of a stream, until their rewards say which one serves alone.",
    epilog="`driftline bandit start fire_risk 7 --reason 'more trees'`, then `driftline bandit status fire_risk`.",
)
Model = Annotated[str, typer.Argument(help="The stream, by its name.")]
Reason = Annotated[str, typer.Option(help="Why, in words.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@bandit.command()
def start(
    model: Model,
    version: Annotated[int, typer.Argument(min=1, help="The version that shares the keys with the champion.")],
    *,
    reason: Reason,
    min_share: Annotated[float, typer.Option(help="The least share of either version.")] = 0.1,
    certainty: Annotated[float, typer.Option(help="The probability of being better that a winner needs.")] = 0.99,
    epsilon: Annotated[float, typer.Option(help="The expected loss of accuracy that a winner stays below.")] = 0.001,
    min_labels: Annotated[int, typer.Option(help="Rewards of both together before there is a winner.")] = 5000,
    max_age: Annotated[str, typer.Option(help="After this time the champion is kept.")] = "30d",
    as_json: AsJson = False,
) -> None:
    """Start a bandit: partitions from now on are shared; it ends in a decision that promotes or keeps."""
    from driftline.capture import code_state
    from driftline.clock import parse_duration
    from driftline.rollout import BanditRule, start_bandit
    from driftline.workspace import open_workspace

    rule = BanditRule(
        min_share=min_share,
        certainty=certainty,
        epsilon=epsilon,
        min_labels=min_labels,
        max_age=parse_duration(max_age),
    )
    pipeline, actor = load_project(Path.cwd()).pipeline(model), code_state(Path.cwd()).user_name
    row = start_bandit(open_workspace(), pipeline, version, actor=actor, reason=reason, rule=rule)
    if as_json:
        print_json({"model": model, "version": version, "since": row.started_at, "rule": asdict(rule)})
        return
    print_text(
        f"Version {version} of {model} and the champion share the keys of partitions that start from "
        f"{row.started_at:%Y-%m-%d %H:%M} UTC on. See how they do: driftline bandit status {model}."
    )


@bandit.command()
def stop(model: Model, *, reason: Reason, as_json: AsJson = False) -> None:
    """Stop the bandit by hand: the champion is kept and serves alone; that is recorded as a decision."""
    from driftline.capture import code_state
    from driftline.rollout import stop_bandit
    from driftline.workspace import open_workspace

    decision = stop_bandit(open_workspace(), model, actor=code_state(Path.cwd()).user_name, reason=reason)
    if as_json:
        print_json({"model": model, "decision_id": decision.id, "status": decision.status, "outcome": decision.outcome})
    else:
        print_text(f"The bandit of {model} has ended, decision {decision.id}. {decision.outcome}")


@bandit.command()
def status(model: Model, *, as_json: AsJson = False) -> None:
    """Show the shares and rewards of each partition, which version is probably better, and what each would earn."""
    from driftline.rollout import bandit_status
    from driftline.workspace import open_workspace

    status = bandit_status(open_workspace(), load_project(Path.cwd()).pipeline(model))
    if as_json:
        print_json({"model": model, **asdict(status)})
        return
    _print_partitions(model, status)
    until = f"until {status.until:%Y-%m-%d %H:%M} UTC" if status.until else "still"
    print_text(f"Since {status.since:%Y-%m-%d %H:%M} UTC, {until}. {status.outcome or status.step.reason}")
    for version, value in ((status.champion, status.champion_value), (status.challenger, status.challenger_value)):
        print_text(f"Version {version}: {_earned(value)}")


def _print_partitions(model: str, status: "BanditStatus") -> None:
    print_table(
        f"{model}: version {status.challenger} beside version {status.champion}",
        ("partition", "share", "P(better)", "labels", "champion", "of", "challenger", "of"),
        [
            (partition.partition, partition.share, partition.probability, partition.label_count, *_rewards(partition))
            for partition in status.partitions
        ],
        empty=f"Version {status.challenger} of {model} shares the keys; no partition has been predicted yet.",
    )


def _rewards(partition: "BanditPartition") -> tuple[object, ...]:
    """Return how many rows each was right about, and of how many; nothing before their labels are due."""
    if partition.rewards is None:
        return (None,) * 4
    rewards = partition.rewards
    return (
        int(rewards.champion_reward),
        rewards.champion_count,
        int(rewards.challenger_reward),
        rewards.challenger_count,
    )


def _earned(value: "OffPolicyValue | None") -> str:
    if value is None:
        return "too few rewards to say what it would earn on all keys."
    return (
        f"would be right about {value.value:.4f} of all rows, 95 % from {value.interval.low:.4f} to "
        f"{value.interval.high:.4f}, by {value.row_count} rows that count as {value.effective_count:.0f}."
    )
