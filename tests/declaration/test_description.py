"""Declarations are written as JSON and read back as the values that they were."""

import json
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import partial

import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from driftline import (
    AcceptedRange,
    AcceptedValues,
    Alert,
    Between,
    Blend,
    DataDrift,
    Freshness,
    Hourly,
    LightGBM,
    MissingShare,
    MultivariateDrift,
    Newest,
    OneOf,
    PerformanceDrift,
    PredictionDrift,
    Promote,
    RandomShare,
    Retrain,
    RetrainTrigger,
    RowCount,
    Search,
    Sklearn,
    SplitColumn,
    Target,
    Unique,
    XGBoost,
)
from driftline.declaration import FORMAT, Declaration, GroundTruth, describe, read_declaration
from driftline.declaration.description import UnknownPart
from driftline.declaration.whole_table import WholeTable
from driftline.metrics import Task
from tests.streams import fires, persons, read_persons


@pytest.mark.parametrize(
    "pipeline",
    [
        fires(),
        persons(),
        persons(dataset=lambda _window: read_persons()),
        persons(dataset=partial(read_persons, None)),
        persons(trainer=LightGBM(extra={"cat_smooth": 1.5})),
        persons(trainer=XGBoost(extra={"max_cat_to_onehot": 8})),
        persons(trainer=Blend(LightGBM(), XGBoost(), weights=(2, 1))),
        persons(trainer=Search(LightGBM(), XGBoost(), space={"l2": Between(0.1, 1.0), "max_depth": OneOf(3, 4)})),
        fires(partitions=Hourly("2025-02-10"), holdout=Newest(duration="12h")),
    ],
)
def test_a_declaration_says_itself_in_json(pipeline):
    described = json.loads(json.dumps(describe(pipeline), allow_nan=False))
    assert described == describe(pipeline)
    assert described["name"] == pipeline.name


def test_a_declaration_names_its_parts():
    described = describe(fires())
    assert described["partitions"] == {
        "type": "Daily",
        "start": "2025-02-10",
        "end": "2025-03-24",
        "timezone": "UTC",
    }
    assert described["trainer"]["name"] == "LightGBM"
    assert [rule["type"] for rule in described["drift"]] == ["PerformanceDrift", "DataDrift"]


def test_a_param_that_is_no_number_is_json_too():
    pipeline = persons(trainer=Sklearn(make_pipeline(SimpleImputer(), LogisticRegression())))
    json.dumps(describe(pipeline), allow_nan=False)


@pytest.mark.parametrize(
    "pipeline",
    [
        fires(),
        persons(),
        persons(target=Target("income", task=Task.REGRESSION), metrics=("rmse",), drift=()),
        persons(holdout=SplitColumn(column="split", holdout="test"), floor=0.7, owners=("team:income",)),
        fires(
            metrics=("auroc", "brier"),
            drift=(PerformanceDrift("brier", method="sequential"), DataDrift(columns=("heat",)), PredictionDrift()),
            retrain=Retrain(trigger=RetrainTrigger(), max_age="30d", budget_per_week=2),
            promote=Promote(min_gain=0.01, slice_margin=0.02),
            slices=("station",),
            ground_truth=GroundTruth(delay="3d", delivered=True),
            alerts=(Alert(on="evaluation", worse_than=0.6), Alert(on="label_lateness")),
        ),
        fires(drift=(MultivariateDrift(),)),
        fires(
            quality=(
                AcceptedRange("wind_kmh", min_value=0, max_value=300.5, severity="warn"),
                AcceptedRange("time", min_value=datetime(2025, 1, 1, tzinfo=UTC), name="not_too_old"),
                AcceptedValues("station", values=("elm", 1, 2.5, True)),
                Unique(["time", "station"]),
                MissingShare("temperature_c", max_share=0.01),
                Freshness(max_age="2d"),
                RowCount(min_rows=100),
            )
        ),
    ],
)
def test_what_is_read_back_is_what_was_declared(pipeline):
    read = read_declaration(json.loads(json.dumps(describe(pipeline))), FORMAT)
    assert {own.name: getattr(read, own.name) for own in fields(Declaration)} == {
        own.name: getattr(pipeline, own.name) for own in fields(Declaration)
    }
    assert read.monitoring_kinds == pipeline.monitoring_kinds
    assert read.row_key == pipeline.row_key


@dataclass(frozen=True)
class OddRows:
    """A holdout of somebody's own."""

    parity: int = 1

    def split(self, frame):
        odd = frame.index % 2 == self.parity
        return RandomShare(share=0.5).split(frame[odd])


def test_another_space_is_another_declaration():
    one, other = (persons(trainer=Search(LightGBM(), space={"l2": Between(0.1, high)})) for high in (1.0, 2.0))
    assert describe(one) != describe(other)
    assert describe(one)["trainer"]["LightGBM.l2"] == "Between(low=0.1, high=1.0, log=False)"


def test_a_declaration_without_quality_rules_says_nothing_of_them_and_keeps_its_digest():
    assert "quality" not in describe(fires())
    assert describe(fires(quality=[])) == describe(fires())
    assert describe(fires(quality=(RowCount(min_rows=1),)))["quality"] == [
        {"type": "RowCount", "severity": "error", "name": None, "min_rows": 1, "max_rows": None}
    ]
    assert read_declaration(describe(fires()), FORMAT).quality == ()


def test_a_part_that_is_a_users_own_is_read_back_by_its_name_and_values():
    read = read_declaration(describe(persons(holdout=OddRows(parity=0))), FORMAT)
    assert read.holdout == UnknownPart(type="OddRows", values={"parity": 0})
    assert read.metrics == ("auroc", "accuracy")


def test_a_declaration_of_the_first_format_is_read_under_the_names_of_today():
    described = describe(fires(retrain=Retrain(trigger=RetrainTrigger())))
    described["drift"] = [
        {"type": "PerformanceDrift", "metric": "auroc", "window": "7d", "floor": 0.03, "alike_rows": True, "gone": 1},
        {"type": "DataDrift", "window": "7d", "wasserstein_floor": 0.2},
    ]
    del described["retrain"]["trigger"]["type"], described["retrain"]["choice"]
    del described["partitions"]["timezone"]
    read = read_declaration(described, 0)
    assert read.drift[0] == PerformanceDrift("auroc", window="7d", min_drop=0.03, correlated_rows=True)
    assert read.drift[1] == DataDrift(window="7d", min_wasserstein=0.2)
    assert read.retrain.trigger == RetrainTrigger()
    assert read.partitions == fires().partitions
    table = describe(persons(retrain=Retrain(trigger=None)))
    assert read_declaration({**table, "partitions": None}, 0).partitions == WholeTable()


def test_a_dataset_that_remembers_is_declared_by_its_name_alone():
    pipeline = fires()
    before = describe(pipeline)
    pipeline.dataset.windows.append("read")
    assert describe(pipeline) == before
    assert describe(replace(pipeline, training_window="30d")) != before
