"""Which columns of a table a model should not learn from, and which of them tell rows apart."""

import re

import pandas as pd
from pandas.api import types

from driftline.datasets import column_type, value_text
from driftline.datasets.errors import InvalidColumnError

MOSTLY_DISTINCT = 0.9  # of the values of a text: more are names or sentences, which no other row will have
_ID_NAME = re.compile(r"(?i)(^|[_\s-])(id|uuid|guid|key|nr|no|number)$|[a-z]I[dD]$|^unnamed: \d+$|^index$")


def useless_columns(frame: pd.DataFrame) -> dict[str, str]:
    """Return the columns that nothing can be learnt from, each with the reason; the target is not among `frame`."""
    reasons = {str(name): _useless(str(name), values) for name, values in frame.items()}
    return {name: reason for name, reason in reasons.items() if reason is not None}


def telling_columns(frame: pd.DataFrame, labels: pd.Series) -> list[str]:
    """Return the columns of which each value goes with one label only, in 5 rows a value or more.

    Such a column may be known only after the label is: a model that learns from it is good until it is used.

    Args:
        frame: the columns to learn from.
        labels: of the same rows; classes.
    """
    found = []
    for name, values in frame.items():
        distinct = values.nunique()
        if distinct > 1 and distinct * 5 <= values.notna().sum():
            found += [str(name)] if labels.groupby(values, observed=True).nunique().max() == 1 else []
    return found


def entity_of(frame: pd.DataFrame, time: str) -> str | None:
    """Return the column that tells rows of the same time apart; None where no single one does.

    Columns that are named as ids come first, then those with fewest values. Where most times come once, any column
    tells the few others apart, and only one that is named as an id is meant to.
    """
    keys = [str(name) for name, values in frame.items() if name != time and _may_be_key(str(name), values)]
    if frame[time].duplicated(keep=False).mean() < 0.5:
        keys = [name for name in keys if _ID_NAME.search(name)]
    keys.sort(key=lambda name: (_ID_NAME.search(name) is None, frame[name].nunique()))
    return next((name for name in keys if not frame.duplicated([time, name]).any()), None)


def _may_be_key(name: str, values: pd.Series) -> bool:
    return _unkept(name, values) is None and not types.is_float_dtype(values.dtype) and bool(values.notna().all())


def _unkept(name: str, values: pd.Series) -> str | None:
    """Return why no dataset keeps a column; None where one does."""
    try:
        column_type(name, values)
    except InvalidColumnError as error:
        return str(error).split(". ", maxsplit=1)[0].removeprefix(f"The column {name!r} ")
    return None


def _useless(name: str, values: pd.Series) -> str | None:
    unkept = _unkept(name, values)
    if unkept is not None:
        return unkept
    dtype, present = column_type(name, values), values.dropna()
    distinct = present.nunique()
    if distinct < 2:
        held = "holds only" if len(present) < len(values) else "always holds"
        return "is empty" if present.empty else f"{held} {value_text(present.iloc[0])}"
    if len(present) < 30:
        return None
    if dtype in {"string", "category"} and distinct > MOSTLY_DISTINCT * len(present):
        return f"has {distinct:,} different texts in {len(present):,} rows"
    if distinct == len(present) and _is_whole(dtype, present) and (_ID_NAME.search(name) or _counts_up(present)):
        return "numbers the rows"
    return None


def _is_whole(dtype: str, values: pd.Series) -> bool:
    """Return whether values are whole numbers, also where a missing one made floats of them."""
    return "int" in dtype or ("float" in dtype and bool((values % 1 == 0).all()))


def _counts_up(values: pd.Series) -> bool:
    return bool((values.diff().dropna() == 1).all())
