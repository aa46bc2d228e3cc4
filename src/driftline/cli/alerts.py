"""`driftline alerts`: open incidents, and what became of the messages about them."""

from typing import Annotated, Any

import typer

from driftline.cli.output import print_json, print_table


def alerts(
    test: Annotated[bool, typer.Option("--test", help="Send a test message to each address instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the open alerts with what became of the messages about them, or send a test message."""
    if test:
        _send_test(as_json=as_json)
        return
    from driftline.alerting import list_alerts
    from driftline.workspace import open_workspace

    workspace = open_workspace()
    listed = list_alerts(workspace)
    if as_json:
        print_json(listed)
        return
    print_table(
        "Open alerts, oldest first",
        ("alert", "severity", "since", "what", "messages"),
        [
            (alert["alert_id"], alert["severity"], alert["opened_at"], alert["title"], _sent(alert["messages"]))
            for alert in listed
        ],
        empty=f"No open alert in {workspace.database.url}.",
    )


def _send_test(*, as_json: bool) -> None:
    from driftline.alerting import open_channels, send_test
    from driftline.alerting.errors import no_channel
    from driftline.sentences import Message
    from driftline.settings import Settings

    channels = open_channels(Settings().alert_channels)
    if not channels:
        raise no_channel()
    text = Message(subject="[test] driftline", body="A test message: alerts of driftline will come to this address.\n")
    faults = send_test(channels, text)
    if as_json:
        print_json([{"channel": name, "sent": fault is None, "error": fault} for name, fault in faults.items()])
    else:
        rows = [(name, "sent" if fault is None else fault) for name, fault in faults.items()]
        print_table("Test message", ("channel", "result"), rows, empty="")
    if any(faults.values()):
        raise typer.Exit(1)


def _sent(messages: list[dict[str, Any]]) -> str:
    if not messages:
        return "none"
    states = [message["state"] for message in messages]
    counted = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    faults = dict.fromkeys(m["last_error"] for m in messages if m["state"] != "sent" and m["last_error"])
    return " ".join([counted, *faults])
