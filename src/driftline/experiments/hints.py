"""What a search names: the values to show beside the runs that it finds, and what may be wrong where it finds none."""

from collections.abc import Sequence

from driftline.errors import suggestion
from driftline.filters import Metric, Param, Tag, fields_of, parse_filter, parse_order
from driftline.store import found_runs
from driftline.workspace import Workspace


def unlogged_keys(workspace: Workspace, filter_string: str, order_by: str | Sequence[str] = ()) -> list[str]:
    """Return a sentence for each key of a search under which nothing was ever logged, with the name that is meant."""
    fields = fields_of(parse_filter(filter_string)) | {one.field for one in parse_order(order_by)}
    named: set[str] = set()
    for field in fields:
        if isinstance(field, Metric | Param | Tag):
            named.add(field.key)
    with workspace.database.reading() as session:
        known = set(found_runs.key_names(session)) if named else set()
    ends_like_an_aggregate = {f"{field.key}.{field.aggregate}" for field in fields if isinstance(field, Metric)}
    if ends_like_an_aggregate & known:
        named -= {field.key for field in fields if isinstance(field, Metric)}
    return [f"Nothing was ever logged as {key!r}. {suggestion(key, known)}" for key in sorted(named - known)]


def named_values(filter_string: str, order_by: str | Sequence[str] = ()) -> dict[str, tuple[str, str]]:
    """Return the params, metrics and tags that a search names: by the name of a column, the group and the key."""
    fields = fields_of(parse_filter(filter_string)) | {one.field for one in parse_order(order_by)}
    groups = {Metric: "metrics", Param: "params", Tag: "tags"}
    named = [(groups[type(field)], field.key) for field in fields if isinstance(field, Metric | Param | Tag)]
    return {f"{group}.{key}": (group, key) for group, key in sorted(set(named))}
