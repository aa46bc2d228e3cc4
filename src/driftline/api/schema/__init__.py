"""What can be asked and changed, as types of GraphQL; the contract with other apps."""

from driftline.api.schema.root import build_schema, schema_text

__all__ = [
    "build_schema",
    "schema_text",
]
