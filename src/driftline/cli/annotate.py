"""`driftline annotate`: what people say of a run afterwards."""

from typing import Annotated

import typer

from driftline.cli.output import print_text


def annotate(
    run_id: Annotated[str, typer.Argument(help="The run, by its id or the start of it.")],
    *,
    name: Annotated[str | None, typer.Option(help="A name for people.")] = None,
    note: Annotated[str | None, typer.Option(help="In words; the newest one stands.")] = None,
    conclusion: Annotated[str | None, typer.Option(help="What it has shown of its hypothesis.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="A tag, as team=risk; with nothing after the = it goes.")
    ] = None,
    archive: Annotated[
        bool | None, typer.Option("--archive/--restore", help="Hide it from lists and searches, or bring it back.")
    ] = None,
) -> None:
    """Change the name, the note, the conclusion and the tags of a run, or archive it; what it logged stays."""
    from driftline.experiments import describe_run
    from driftline.tracking import change_run
    from driftline.workspace import open_workspace

    tags: dict[str, str | None] = {}
    for pair in tag or []:
        key, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"{pair!r} has no =: write it as --tag team=risk")
        tags[key] = value or None
    if not tags and (name, note, conclusion, archive) == (None,) * 4:
        raise typer.BadParameter("nothing to change: give --note, --conclusion, --name, --tag, --archive or --restore")
    workspace = open_workspace()
    run = describe_run(workspace, run_id)
    change_run(
        run["run_id"], name=name, note=note, conclusion=conclusion, tags=tags, archived=archive, workspace=workspace
    )
    print_text(f"Run {run['run_id']} is changed. See it: driftline runs {run['run_id'][:8]}")
