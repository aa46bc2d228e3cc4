"""`driftline gc`: files of the artifact store that nothing names."""

from typing import Annotated

import typer

from driftline.cli.output import print_json, print_text


def gc(
    *,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove them for good; without this they are shown.")
    ] = False,
    age: Annotated[str, typer.Option(help="Only files stored so long ago; longer than any step takes.")] = "1d",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the files of the artifact store that nothing names, as killed processes leave them; remove them on demand.

    The experiment database must be the only one that uses the store: what another one names would be removed.
    """
    from driftline.clock import parse_duration
    from driftline.workspace import open_workspace, unnamed_artifacts

    workspace = open_workspace()
    files = unnamed_artifacts(workspace, age=parse_duration(age))
    if remove:
        workspace.artifacts.remove(files)
    size = sum(file.size_bytes for file in files)
    if as_json:
        print_json({"files": [file.path for file in files], "size_bytes": size, "removed": remove})
        return
    what = f"{len(files)} {'file' if len(files) == 1 else 'files'} of {size / 1e6:.1f} MB that nothing names"
    print_text(f"Removed {what}." if remove else f"{what[0].upper()}{what[1:]}. Remove them: driftline gc --remove.")
