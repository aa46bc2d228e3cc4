"""The GraphQL API: experiments, the registry and production, for other apps; what it changes is ground truth alone."""

from driftline.api.application import create_app
from driftline.api.schema import schema_text
from driftline.api.server import serve

__all__ = ["create_app", "schema_text", "serve"]
