"""The baseline that needs no model: what was last known stays true."""

import numpy as np
import pandas as pd

from driftline.backtest.past import Past, unstored_version
from driftline.datasets import encode
from driftline.evaluations import Labelled
from driftline.metrics import Task
from driftline.models import Model


def last_known_labels(past: Past, model: Model) -> dict[str, Labelled]:
    """Return for each partition what repeating the newest label that was known at each row's time would have said.

    Rows of a stream with entities repeat the newest label of their entity. A row before which no label was known
    counts as not labelled.

    Source: the no-change classifier of Žliobaitė (2013), which waits for labels like everybody else.
    """
    pipeline, times = past.pipeline, past.pipeline.time_column
    labelled = past.frame[past.frame[pipeline.target.column].notna()]
    known = labelled[[times, *pipeline.entity]].assign(
        _value=encode(pipeline.target, labelled, classes=model.classes), _at=labelled[times] + past.lag
    )
    rows = past.rows(past.window)
    said = pd.merge_asof(
        rows[[times, *pipeline.entity]],
        known.drop(columns=times).sort_values("_at", kind="stable"),
        left_on=times,
        right_on="_at",
        by=list(pipeline.entity) or None,
        allow_exact_matches=bool(past.lag),  # without a delay, the newest label is that of a row before
    )["_value"].to_numpy()
    usable = rows[pipeline.target.column].notna().to_numpy() & ~np.isnan(said.astype(float))
    row = unstored_version(0, trained_through=past.window.start)
    found = {}
    starts = rows[times]
    instants = starts.dt.tz_convert(None).to_numpy(dtype="datetime64[us]")
    for key in past.keys:
        window = past.partitions.window(key)
        low, high = starts.searchsorted(pd.Series([window.start, window.end]).astype(starts.dtype)).tolist()
        inside = usable[low:high]
        if high > low:
            own = rows.iloc[low:high]
            found[key] = Labelled(
                version=row,
                task=model.task,
                keys=own.loc[inside, list(pipeline.row_key)],
                truth=encode(pipeline.target, own[inside], classes=model.classes),
                times=instants[low:high][inside],
                scores=_scores(said[low:high][inside], model),
                served=np.ones(int(inside.sum()), dtype=bool),
                propensities=np.ones(int(inside.sum())),
                all_scores=np.empty(0),  # there is none where nothing was known
                classes=model.classes,
                row_count=high - low,
                delivered_count=0,
                features=own,
            )
    return found


def _scores(values: np.ndarray, model: Model) -> np.ndarray:
    """Return labels as the scores of somebody who is sure of them."""
    if model.task is Task.MULTICLASS:
        return np.asarray(np.eye(len(model.classes))[values.astype(int)])
    return np.asarray(values, dtype=float)
