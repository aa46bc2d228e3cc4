"""The GraphQL API: experiments, the registry and production, for other apps; labels and launches."""

from driftline.api.http.server import serve
from driftline.api.schema import schema_text

__all__ = [
    "schema_text",
    "serve",
]
