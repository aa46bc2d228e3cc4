"""The newest label that was known before each row: what somebody without a model would repeat."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pandas as pd


def last_known(
    asked: pd.DataFrame,
    labelled: pd.DataFrame,
    *,
    time_column: str,
    lag: timedelta,
    remembered: timedelta | None = None,
) -> np.ndarray:
    """Return for each row the place of the newest label of its entity that was known at its time, shape (n_asked,).

    It is the number of a row of `labelled`; -1 where none was known.

    Source: the no-change classifier of Žliobaitė (2013), which waits for labels like everybody else.

    Args:
        asked: the time of each row, and its entity in all other columns; without any, the stream is one entity.
        labelled: the same of the rows whose labels are known `lag` later, shape (n_labelled, n_columns).
        time_column: which column is the time.
        lag: from a row's time until its label is known; without one, a label is known to later rows alone.
        remembered: for how long a label counts once it is known; None: for ever.
    """
    entities = _entities([labelled, asked], [name for name in asked.columns if name != time_column])
    known_at, now = _microseconds(labelled[time_column] + lag), _microseconds(asked[time_column])
    ticks = np.unique(known_at)
    step = len(ticks) + 1
    arrivals = entities[: len(labelled)] * step + ticks.searchsorted(known_at) + 1
    order = np.argsort(arrivals, kind="stable")
    own = entities[len(labelled) :] * step
    seen = ticks.searchsorted(now, side="right" if lag else "left")
    found = np.append(order, -1)[arrivals[order].searchsorted(own + seen, side="right") - 1]
    is_known = found >= 0
    is_known[is_known] = arrivals[found[is_known]] > own[is_known]  # else it is a label of another entity
    if remembered is not None:
        limit = int(remembered / timedelta(microseconds=1))
        is_known[is_known] = now[is_known] - known_at[found[is_known]] <= limit
    return np.where(is_known, found, -1)


def _entities(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> np.ndarray:
    """Return a number for the entity of each row of all frames, from 0 on."""
    if not columns:
        return np.zeros(sum(map(len, frames)), dtype=np.int64)
    rows = pd.concat([frame[list(columns)] for frame in frames], ignore_index=True)
    return rows.groupby(list(columns), sort=False, dropna=False, observed=True).ngroup().to_numpy(dtype=np.int64)


def _microseconds(times: pd.Series) -> np.ndarray:
    return times.to_numpy(dtype="datetime64[us]").astype(np.int64)
