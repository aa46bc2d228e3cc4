"""How much one query may ask for, measured before anything is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
    get_operation_ast,
    get_variable_values,
    is_list_type,
    is_object_type,
)
from strawberry.extensions import SchemaExtension

from driftline.errors import listing

MOST_TOKENS = 1000  # of a document; the checks of a valid one take 0.2 s at most
LIST_SIZE = 10  # assumed size of an unpaged list


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How large a selection is.

    Attributes:
        depth: fields below each other.
        aliases: fields under another name; of a fragment, at each place where it is used.
        cost: fields that a response may have, lists counted with their length.
    """

    depth: int = 0
    aliases: int = 0
    cost: int = 0

    def __add__(self, other: "Extent") -> "Extent":
        """Return the extent of both selections in one object."""
        return Extent(
            depth=max(self.depth, other.depth),
            aliases=self.aliases + other.aliases,
            cost=self.cost + other.cost,
        )


MOST = Extent(depth=12, aliases=30, cost=100_000)


def extent(
    schema: GraphQLSchema, document: DocumentNode, raw_variables: Mapping[str, Any], *, operation: str | None = None
) -> Extent:
    """Return the extent of the `operation` of a valid `document`; nothing where its variables are refused anyway.

    Each fragment is measured once, however often it is used, so the time is linear in the document's length.
    Introspection counts as one field: graphql-core limits it by a rule of its own.
    """
    requested = get_operation_ast(document, operation)
    variables = (
        get_variable_values(schema, requested.variable_definitions or (), dict(raw_variables)) if requested else []
    )
    if requested is None or isinstance(variables, list):  # a list of errors, which the execution will tell
        return Extent()
    fragments = {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}

    def selected(selection_set: SelectionSetNode | None, parent: Any) -> Extent:
        total = Extent()
        for selection in selection_set.selections if selection_set else ():
            total = total + extent_of(selection, parent)
        return total

    def extent_of(selection: SelectionNode, parent: Any) -> Extent:
        if isinstance(selection, FieldNode):
            return field(selection, parent)
        if isinstance(selection, FragmentSpreadNode):
            return fragment(selection.name.value)
        condition = selection.type_condition if isinstance(selection, InlineFragmentNode) else None
        within = schema.type_map[condition.name.value] if condition else parent
        return selected(getattr(selection, "selection_set", None), within)

    @cache
    def fragment(name: str) -> Extent:
        defined = fragments[name]
        return selected(defined.selection_set, schema.type_map[defined.type_condition.name.value])

    def field(node: FieldNode, parent: Any) -> Extent:
        alias = int(node.alias is not None)
        definition = parent.fields.get(node.name.value) if is_object_type(parent) else None
        if definition is None:  # __typename, __schema
            return Extent(depth=1, aliases=alias, cost=1)
        inner = selected(node.selection_set, get_named_type(definition.type))
        cost = 1 + _length(definition, node, variables) * inner.cost
        return Extent(depth=1 + inner.depth, aliases=alias + inner.aliases, cost=cost)

    return selected(requested.selection_set, schema.get_root_type(requested.operation))


def _length(definition: GraphQLField, node: FieldNode, variables: Mapping[str, Any]) -> int:
    """Return how many objects a field may give: `first` where it has one."""
    if "first" in definition.args:
        return max(1, int(get_argument_values(definition, node, dict(variables))["first"]))
    kind = definition.type.of_type if isinstance(definition.type, GraphQLNonNull) else definition.type
    return LIST_SIZE if is_list_type(kind) and node.name.value != "nodes" else 1  # a page's `first` counts its nodes


class QueryBudget(SchemaExtension):
    """Refuses a query that is larger than MOST."""

    def on_execute(self) -> Iterator[None]:
        """Measure the document, which is valid by now, with its variables."""
        execution = self.execution_context
        document = execution.graphql_document
        if execution._provided_operation_name is None and document is not None:  # noqa: SLF001  without it strawberry takes the first
            _refuse_choice(document)
        schema: GraphQLSchema = execution.schema._schema  # noqa: SLF001  strawberry has no public name for it
        if document is not None:
            measured = extent(schema, document, execution.variables or {}, operation=execution.operation_name)
            _hold("depth", measured.depth, MOST.depth)
            _hold("number of aliases", measured.aliases, MOST.aliases)
            _hold("cost", measured.cost, MOST.cost)
        yield


def _refuse_choice(document: DocumentNode) -> None:
    """Refuse a document of several operations, of which none is named."""
    operations = [part for part in document.definitions if isinstance(part, OperationDefinitionNode)]
    if len(operations) > 1:
        names = listing(operation.name.value for operation in operations if operation.name)
        raise GraphQLError(f"The document has {len(operations)} operations: {names}. Choose one as operationName.")


def _hold(what: str, size: int, most: int) -> None:
    if size > most:
        raise GraphQLError(
            f"The query's {what} is {size:,}, at most {most:,} is served. Ask for fewer fields or a smaller `first`.",
            extensions={"code": "QUERY_TOO_EXPENSIVE"},
        )
