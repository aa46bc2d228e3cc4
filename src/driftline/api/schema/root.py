"""The schema, and its text: the contract with other apps."""

from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig

from driftline.api.schema.budget import MOST_TOKENS, QueryBudget
from driftline.api.schema.fields import SCALARS
from driftline.api.schema.mutation import Mutation
from driftline.api.schema.query import Query


class _Schema(strawberry.Schema):
    """A schema that logs nothing: what a response shows of an error, and what the log, is decided in one place."""

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Leave the errors to `driftline.api.http.failures`."""


@cache
def build_schema() -> strawberry.Schema:
    """Return the schema, with the limits of every query."""
    return _Schema(
        query=Query,
        mutation=Mutation,
        extensions=[lambda: MaxTokensLimiter(max_token_count=MOST_TOKENS), QueryBudget],
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def schema_text() -> str:
    """Return the schema in GraphQL's schema language, as `graphql/schema.graphql` holds it."""
    return build_schema().as_str().strip() + "\n"
