"""`driftline decisions`: what was decided about models, why, and on what evidence."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from driftline.cli.links import linked
from driftline.cli.output import print_json, print_table, print_text


def decisions(
    what: Annotated[str | None, typer.Argument(help="A model by its name, or one decision by its number.")] = None,
    status: Annotated[
        str | None, typer.Option(help="Only such ones: declined, requested, training, promoted, kept, failed, ...")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also the declined ones: one for each quiet report.")
    ] = False,
    first: Annotated[int, typer.Option(min=1, max=500, help="How many, newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List decisions, newest first: retrainings, switches by hand, accepted levels; with --all what was declined, too.

    With the number of one, show what happened to it, and the comparison of challenger and champion behind it.
    """
    from driftline.registry import describe_decision, list_decisions
    from driftline.workspace import read_workspace

    workspace = read_workspace()
    if what is not None and what.isdecimal():
        _print_one(linked(describe_decision(workspace, int(what))), as_json=as_json)
        return
    include_declined = everything or status is not None
    found = list_decisions(workspace, model=what, status=status, include_declined=include_declined, first=first)
    if as_json:
        print_json(found)
        return
    print_table(
        "Decisions, newest first",
        ("id", "as of", "model", "asked by", "status", "why"),
        [(d["id"], d["as_of"], d["model"], d["trigger"], d["status"], d["outcome"] or d["reason"]) for d in found],
        empty="No decision is like that." if what or status else f"No decisions in {workspace.database.url} yet.",
    )
    if found:
        print_text(f"\nOne of them in full: driftline decisions {found[0]['id']}.")
    if not include_declined:
        for declined in list_decisions(workspace, model=what, status="declined", first=1):
            print_text(f"Declined last, as of {declined['as_of']:%Y-%m-%d %H:%M}: {declined['reason']} All: --all.")


def _print_one(decision: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(decision)
        return
    facts = [(name, value) for name, value in decision.items() if name not in {"id", "events", "comparison"}]
    print_table(f"Decision {decision['id']}", ("", ""), [fact for fact in facts if fact[1] is not None], empty="")
    print_table(
        "\nWhat happened",
        ("recorded", "status", "by", "why"),
        [(event["recorded_at"], event["status"], event["actor"], event["text"]) for event in decision["events"]],
        empty="",
    )
    if decision["comparison"]:
        facts = list(_flat(decision["comparison"]))
        print_table("\nChallenger and champion on the holdout", ("", ""), facts, empty="")


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give what is known, each part of a whole as a line of its own."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}: {part}", held) for part, held in _flat(value))
        elif value is not None:
            yield name, value
