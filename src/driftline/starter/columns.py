"""Which columns of a table a model should not learn from, and which of them tell rows apart."""

import re

import pandas as pd
from pandas.api import types

from driftline.datasets import column_type
from driftline.datasets.errors import InvalidColumnError

MOSTLY_DISTINCT = 0.9  # of the values of a text: more are names or sentences, which no other row will have
MOST_CLASSES_OF_NUMBERS = 20
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

    Columns that are named as ids come first, then those with fewest values.
    """
    complete = [str(name) for name, values in frame.items() if name != time and values.notna().all()]
    keys = [name for name in complete if not types.is_float_dtype(frame[name].dtype)]
    keys.sort(key=lambda name: (_ID_NAME.search(name) is None, frame[name].nunique()))
    return next((name for name in keys if not frame.duplicated([time, name]).any()), None)


def _useless(name: str, values: pd.Series) -> str | None:
    try:
        dtype = column_type(name, values)
    except InvalidColumnError as error:
        return str(error).split(". ", maxsplit=1)[0].removeprefix(f"The column {name!r} ")
    present = values.dropna()
    distinct = present.nunique()
    if distinct < 2:
        return "is empty" if present.empty else f"always holds {str(present.iloc[0])!r}"
    if len(present) < 30:
        return None
    if dtype in {"string", "category"} and distinct > MOSTLY_DISTINCT * len(present):
        return f"has {distinct:,} different texts in {len(present):,} rows"
    if "int" in dtype and distinct == len(present) and (_ID_NAME.search(name) or _counts_up(present)):
        return "numbers the rows"
    return None


def _counts_up(values: pd.Series) -> bool:
    return bool((values.diff().dropna() == 1).all())
