"""What a resolver knows of its request."""

from dataclasses import dataclass
from datetime import datetime

import strawberry

from driftline.api.dagster import Dagster
from driftline.api.reader import Reader
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Context:
    """The context of one request.

    Attributes:
        reader: asks the experiment database.
        workspace: what mutations change.
        dagster: Dagster's web server: launches runs, and has a page for each.
        as_of: what "now" is to all of the request.
    """

    reader: Reader
    workspace: Workspace
    dagster: Dagster
    as_of: datetime


Info = strawberry.Info[Context, None]
