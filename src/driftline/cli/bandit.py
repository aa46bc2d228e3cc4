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
    floor: Annotated[float, typer.Option(help="The least share of either version.")] = 0.1,
    certainty: Annotated[float, typer.Option(help="The probability of being better that a winner needs.")] = 0.99,
    epsilon: Annotated[float, typer.Option(help="The expected loss of accuracy that a winner stays below.")] = 0.001,
    min_labels: Annotated[int, typer.Option(help="Rewards of both together before there is a winner.")] = 5000,
    max_age: Annotated[str, typer.Option(help="After this time the champion is kept.")] = "30d",
    as_json: AsJson = False,
) -> None:
    """Start a bandit: partitions from now on are shared; it ends in a decision that promotes or keeps."""
    from driftline.clock import parse_duration
    from driftline.rollout import BanditRule, start_bandit
    from driftline.tracking import environment
    from driftline.workspace import open_workspace

    rule = BanditRule(
        floor=floor,
        certainty=certainty,
        epsilon=epsilon,
        min_labels=min_labels,
        max_age=parse_duration(max_age),
    )
    pipeline, actor = load_project(Path.cwd()).pipeline(model), environment(Path.cwd()).user_name
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
    from driftline.rollout import stop_bandit
    from driftline.tracking import environment
    from driftline.workspace import open_workspace

    decision = stop_bandit(open_workspace(), model, actor=environment(Path.cwd()).user_name, reason=reason)
    if as_json:
        print_json({"model": model, "decision_id": decision.id, "status": decision.status, "outcome": decision.outcome})
    else:
        print_text(f"The bandit of {model} has ended, decision {decision.id}. {decision.outcome}")


@bandit.command()
def status(model: Model, *, as_json: AsJson = False) -> None:
    """Show the shares and rewards of each partition, which version is probably better, and what each would earn."""
    from driftline.rollout import bandit_status
    from driftline.workspace import open_workspace

    found = bandit_status(open_workspace(), load_project(Path.cwd()).pipeline(model))
    if as_json:
        print_json({"model": model, **asdict(found)})
        return
    _print_partitions(model, found)
    until = f"until {found.until:%Y-%m-%d %H:%M} UTC" if found.until else "still"
    print_text(f"Since {found.since:%Y-%m-%d %H:%M} UTC, {until}. {found.outcome or found.step.reason}")
    for version, value in ((found.champion, found.champion_value), (found.challenger, found.challenger_value)):
        print_text(f"Version {version}: {_earned(value)}")


def _print_partitions(model: str, found: "BanditStatus") -> None:
    print_table(
        f"{model}: version {found.challenger} beside version {found.champion}",
        ("partition", "share", "P(better)", "labels", "champion", "of", "challenger", "of"),
        [(one.partition, one.share, one.probability, one.label_count, *_rewards(one)) for one in found.partitions],
        empty=f"Version {found.challenger} of {model} shares the keys; no partition has been predicted yet.",
    )


def _rewards(one: "BanditPartition") -> tuple[object, ...]:
    """Return how many rows each was right about, and of how many; nothing before their labels are due."""
    if one.rewards is None:
        return (None,) * 4
    known = one.rewards
    return (
        int(known.champion_reward),
        known.champion_count,
        int(known.challenger_reward),
        known.challenger_count,
    )


def _earned(value: "OffPolicyValue | None") -> str:
    if value is None:
        return "too few rewards to say what it would earn on all keys."
    return (
        f"would be right about {value.value:.4f} of all rows, 95 % from {value.interval.low:.4f} to "
        f"{value.interval.high:.4f}, by {value.row_count} rows that count as {value.effective_count:.0f}."
    )
