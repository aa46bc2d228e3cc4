"""`driftline sync`: what runs have logged and nobody could take is delivered."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from driftline.cli.output import print_json, print_table


def sync(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of journals, copied from another machine; by default this home's.")
    ] = None,
    *,
    anywhere: Annotated[
        bool, typer.Option("--anywhere", help="Also journals of other destinations and other machines.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Deliver what runs have logged while the database or the server was away; delivering twice changes nothing.

    Journals of processes that live are left to them. The next run that logs from here does the same by itself.
    """
    from driftline.tracking import configured_destination, deliver_left

    destination = configured_destination()
    if folder is not None:
        if not folder.is_dir():
            raise typer.BadParameter(f"{folder} is no folder: name the folder `journals` of a home")
        destination = replace(destination, journals=folder)
    deliveries = deliver_left(destination, anywhere=anywhere or folder is not None)
    if as_json:
        print_json([asdict(delivery) for delivery in deliveries])
    else:
        print_table(
            f"Delivered to {destination.sink.url}",
            ("run", "events", "problem"),
            [(one.run_id, one.events, one.problem or "") for one in deliveries],
            empty=f"Nothing waits in {destination.journals}.",
        )
    if any(one.problem for one in deliveries):
        raise typer.Exit(1)
