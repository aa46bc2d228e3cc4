"""What a resolver knows of its request."""

from dataclasses import dataclass

import strawberry

from driftline.api.reader import Reader
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Context:
    """The context of one request.

    Attributes:
        reader: asks the experiment database.
        workspace: what mutations change.
        dagster_url: Dagster's web server, without a slash at the end.
    """

    reader: Reader
    workspace: Workspace
    dagster_url: str


Info = strawberry.Info[Context, None]
