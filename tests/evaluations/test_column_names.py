"""Columns of a user may be named as anything that driftline works with; only what begins with driftline_ is refused."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from driftline import GroundTruth, Newest, Target, Window, add_ground_truth
from driftline.backtest.baseline import last_known_labels
from driftline.backtest.past import read_past
from driftline.backtest.trainings import Trainings
from driftline.backtest.versions import first_version
from driftline.declaration.errors import DeclarationError
from driftline.evaluations import evaluate
from driftline.evaluations.labelled import read_labelled
from driftline.ground_truth import truth_status
from driftline.predictions import PROPENSITY, SERVED, predict
from driftline.predictions.traffic import Split, with_split
from driftline.retraining import adjudicate, read_dataset, train
from driftline.rows.errors import InvalidDatasetError
from driftline.store import batch_rows
from tests.streams import Forest, day, fires, persons

WORKING_NAMES = (
    "partition", "place", "_at", "_value", "served", "propensity", "model_version", "prediction", "probability",
    "probability_yes", "row", "truth", "corrected", "labelled", "key", "score", "slice", "delivered", "version", "0",
)  # fmt: skip
PLAIN = ("place_of_watch", "moment", "burnt", "warmth")
DAYS = ["2025-03-01", "2025-03-02"]
RENAMED = ("station", "time", "fire", "temperature_c")


def named(names, **changes):
    """The stream of fires whose entity (a number), event time, target and a feature have these names."""
    entity, time, target, _ = names

    def renamed(frame):
        numbers = frame["station"].astype("category").cat.codes.astype(np.int64) + 100
        return frame.assign(station=numbers).rename(columns=dict(zip(RENAMED, names, strict=True)))

    told = {
        "time_column": time,
        "entity": (entity,),
        "target": Target(target, positive_class="yes"),
        "holdout": Newest(duration="7d", time_column=time),
        "slices": (entity,),
    }
    return fires(Forest(always=renamed), **{**told, **changes})


def measured(workspace, pipeline):
    """What production and a backtest say of two days, of one of which half of the labels are delivered."""
    assert read_dataset(workspace, pipeline).problems == ()
    train(workspace, pipeline)
    adjudicate(workspace, pipeline)
    predicted = predict(workspace, pipeline, DAYS)
    assert predicted.failed == {}
    rows = pipeline.dataset(Window(day(DAYS[0]), day(DAYS[1]))).head(30)
    labels = rows[[*pipeline.row_key, pipeline.target.column]]
    added = add_ground_truth(workspace, pipeline, labels, actor="ann")
    found = read_labelled(workspace, pipeline, DAYS).done
    evaluated = evaluate(workspace, pipeline, DAYS)
    past = read_past(pipeline, day(DAYS[0]), day("2025-03-04"), workspace=None)
    repeated = last_known_labels(past, first_version(past, pipeline, Trainings(past)).model)
    status = truth_status(workspace, pipeline)
    return {
        "scores": [own.all_scores.tolist() for own in found.values()],
        "truth": [own.truth.tolist() for own in found.values()],
        "delivered": [own.delivered_count for own in found.values()],
        "slices": [own.slices[pipeline.entity[0]].tolist() for own in found.values()],
        "measurements": [done.measurements for done in evaluated.done.values()],
        "counts": (added.new_count, added.orphan_count, status.label_count, status.orphan_count),
        "last known": [own.truth.tolist() + own.scores.tolist() for own in repeated.values()],
    }


@pytest.mark.parametrize("first", range(len(WORKING_NAMES)))
def test_columns_named_as_ours_change_nothing(workspace, first):
    names = tuple(WORKING_NAMES[(first + step) % len(WORKING_NAMES)] for step in range(4))
    assert measured(workspace, named(names, name="ours")) == measured(workspace, named(PLAIN, name="plain"))


def test_an_entity_named_model_version_is_an_entity(workspace):
    names = ("model_version", "time", "served", "probability")
    pipeline = named(names, name="ours", ground_truth=GroundTruth(delay="1d"))
    found = measured(workspace, pipeline)
    assert found["counts"][:2] == (30, 0)


def test_what_a_bandit_logs_takes_no_name_of_the_key():
    pipeline = fires(entity=("served", "propensity"))
    table = pa.table({"time": [1, 2], "served": ["a", "b"], "propensity": [1, 1]})
    logged = with_split(pipeline, table, 2, Split(champion_id=1, challenger_id=2, share=0.5, salt="fires/1"))
    assert logged.column_names == ["time", "served", "propensity", SERVED, PROPENSITY]


def test_batches_from_before_names_were_reserved_are_read(served):
    predict(served, fires(), DAYS)
    before = read_labelled(served, fires(), DAYS).done
    with served.database.transaction() as session:
        for batch, _ in batch_rows.predicted_partitions(session, "fires"):
            table = pq.read_table(io.BytesIO(served.artifacts.get(batch.digest)))
            old, out = [name.removeprefix("driftline_") for name in table.column_names], io.BytesIO()
            assert old[-1] == "probability"
            pq.write_table(table.rename_columns(old), out)
            session.get_one(batch_rows.PredictionBatch, batch.id).digest = served.artifacts.put(out.getvalue())
    after = read_labelled(served, fires(), DAYS).done
    assert [own.scores.tolist() for own in after.values()] == [own.scores.tolist() for own in before.values()]


@pytest.mark.parametrize(
    "declared",
    [
        {"time_column": "driftline_time"},
        {"entity": ("driftline_row",)},
        {"target": Target("driftline_fire")},
        {"slices": ("driftline_served",)},
    ],
)
def test_reserved_names_are_refused_where_they_are_declared(declared):
    with pytest.raises(DeclarationError, match="begins with 'driftline_', as driftline's own do: rename it"):
        fires(**declared)


def test_reserved_names_are_refused_where_the_dataset_gives_them(workspace):
    table = persons(lambda window: persons().dataset(window).assign(driftline_row=1))
    with pytest.raises(InvalidDatasetError, match="the column 'driftline_row': names that begin with 'driftline_'"):
        read_dataset(workspace, table)
