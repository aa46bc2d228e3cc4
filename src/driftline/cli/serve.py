"""`driftline serve`: the GraphQL API for other apps."""

import sys
from typing import Annotated

import typer


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 4000,
    host: Annotated[str, typer.Option(help="A loopback address; others wait until tokens exist.")] = "127.0.0.1",
) -> None:
    """Serve experiments and the registry over GraphQL, on this machine only."""
    from driftline.api import serve as run
    from driftline.settings import Settings

    run(host, port, Settings())


def schema() -> None:
    """Print the GraphQL schema, as it is committed in graphql/schema.graphql."""
    from driftline.api import schema_text

    sys.stdout.write(schema_text())
