"""A bandit on a stream with many keys, and what the monitoring step does with it."""

import io
from dataclasses import replace
from datetime import timedelta

import pyarrow.parquet as pq

from driftline.datasets import Window
from driftline.evaluations import LabelledReader, evaluate
from driftline.predictions import predict
from driftline.registry import find_version, register
from driftline.retraining import fit_model
from driftline.rollout import (
    BanditRule,
    assign_traffic,
    evaluate_shadow,
    judge_bandit,
    predict_shadow,
    start_bandit,
)
from driftline.store import bandit_rows, batch_rows, model_rows
from driftline.tracking import start_run
from tests.histories import decisions, events, number
from tests.streams import Forest, day, fires

START = "2025-03-02"
FOREST = Forest(rows_per_day=400)
MANY_KEYS = Forest(rows_per_day=400, always=lambda frame: frame.assign(tower=frame["time"].dt.microsecond % 200))
PIPELINE = fires(MANY_KEYS, entity=("station", "tower"))
FEW_KEYS = fires(FOREST)
WHY = {"actor": "ann", "reason": "the forest has changed"}
RULE = BanditRule(min_labels=1500, epsilon=0.01)


def at(workspace, moment):
    return replace(workspace, replay_at=day(moment))


def days(first, count):
    return [f"{day(first) + timedelta(days=place):%Y-%m-%d}" for place in range(count)]


def trained_after_the_change(workspace):
    """A version that knows the forest as it is since 1 March."""
    with start_run("fires", workspace=workspace) as run:
        model = fit_model(PIPELINE, FOREST(Window(day("2025-03-02"), day("2025-03-24"))))
        return register(run, "fires", model, trained_through=day("2025-03-24"))


def begin(workspace, rule=RULE):
    return start_bandit(at(workspace, START), PIPELINE, 2, rule=rule, **WHY)


def watch(workspace, keys, moment=None, pipeline=PIPELINE):
    """What the monitoring step does with partitions; the day after the last one's labels are due, where not told."""
    end = day(keys[-1]) + timedelta(days=2)
    now = replace(workspace, replay_at=end if moment is None else day(moment))
    reader = LabelledReader(now, pipeline)
    assign_traffic(now, pipeline, keys, reader=reader)
    predict(now, pipeline, keys, reader=reader.partitions)
    evaluate(now, pipeline, keys, reader=reader)
    predict_shadow(now, pipeline, keys, reader=reader)
    evaluate_shadow(now, pipeline, keys, reader=reader)
    return judge_bandit(now, pipeline, reader=reader)


def stored_shares(workspace):
    with workspace.database.reading() as session:
        line = model_rows.find_model(session, "fires")
        [newest, *_] = bandit_rows.bandits(session, line.id)
        return {row.partition_key: row for row in bandit_rows.shares(session, newest.id)}


def batch(workspace, key, number):
    version = find_version(workspace, f"fires/{number}")
    with workspace.database.reading() as session:
        [row] = batch_rows.batches(session, [version.id], [key])
    return pq.read_table(io.BytesIO(workspace.artifacts.get(row.digest))).to_pandas()


def moves(workspace, alias):
    return [(number(event.version), event) for event in reversed(events(workspace, alias=alias))]


def bandits(workspace):
    return [one for one in reversed(decisions(workspace)) if one.trigger == "bandit"]
