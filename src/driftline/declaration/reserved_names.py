"""Names that no column of a user has, so that driftline's own columns may stand beside it in what is stored."""

from collections.abc import Iterable

RESERVED_PREFIX = "driftline_"
HOLDOUT_ROW = f"{RESERVED_PREFIX}row"  # says which holdout a row of a table is from, and its place there


def reserved_names(columns: Iterable[object]) -> list[str]:
    """Return those of `columns` whose names are reserved.

    >>> reserved_names(["time", "driftline_row", "served"])
    ['driftline_row']
    """
    return [name for name in columns if isinstance(name, str) and name.startswith(RESERVED_PREFIX)]
