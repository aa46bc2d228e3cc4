"""The GraphQL API: experiments, the registry and production, for other apps; what it changes is ground truth alone."""

from driftline.api.schema import schema_text
from driftline.api.server import serve

__all__ = [
    "schema_text",
    "serve",
]
