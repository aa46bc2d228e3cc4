"""Params come back with their type and every digit, or are refused."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from driftline.errors import InvalidInputError
from driftline.experiments import describe_run
from driftline.tracking import start_run
from driftline.tracking.errors import InvalidParamError, InvalidStepError

GIVEN = {
    "rate": 1.0,
    "entropy": 314159265358979323846264338327950288419,
    "hash": 2**63 + 1,
    "negative_zero": -0.0,
    "tiny": 5e-324,
    "plain": 31,
    "flag": True,
    "none": None,
    "list": [1.0, 2**70, [False, None]],
    "dict": {"a": 1.0, "b": {"c": -0.0}},
    "text": "1.0",
    "surrogate": "\ud83d",
    "inf": -math.inf,
}


def logged(workspace, **params):
    with start_run("e", workspace=workspace) as run:
        run.log_params(params)
    return describe_run(workspace, run.run_id)["params"]


def test_params_keep_their_type_and_every_digit(workspace):
    assert repr(logged(workspace, **GIVEN)) == repr(dict(sorted(GIVEN.items())))
    assert math.isnan(logged(workspace, value=math.nan)["value"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (np.int64(31), 31),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.float64(0.1), 0.1),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.array([[1, 2]]), [[1, 2]]),
        ((1, np.float64(2.0)), [1, 2.0]),
        ({1: np.int8(3)}, {"1": 3}),
        (Path("a/b"), "a/b"),
    ],
)
def test_foreign_values_are_kept_as_pythons(workspace, given, kept):
    assert repr(logged(workspace, value=given)["value"]) == repr(kept)


@pytest.mark.parametrize(
    "value",
    [
        Decimal("0.1"),
        datetime(2025, 1, 1, tzinfo=UTC),
        date(2025, 1, 1),
        np.datetime64("2025-01-01"),
        1j,
        b"x",
        [Decimal(1)],
    ],
)
def test_what_would_come_back_as_something_else_is_refused(workspace, value):
    with pytest.raises(InvalidParamError, match="The param 'value' is a "):
        logged(workspace, value=value)


@pytest.mark.parametrize("step", [np.int64(12), np.uint8(12), 12, True + 11])
def test_a_step_of_numpy_is_that_step(workspace, step):
    with start_run("e", workspace=workspace) as run:
        for number in np.arange(9, 12):
            run.log_metrics({"loss": float(number)}, step=number)
        run.log_metrics({"loss": 99.0}, step=step)
    assert describe_run(workspace, run.run_id)["metrics"] == {"loss": 99.0}


@pytest.mark.parametrize("step", ["1", 1.5, np.float64(2.0), np.array([1, 2]), None, 2**63, -(2**63) - 1])
def test_what_is_no_step_is_refused(workspace, step):
    with start_run("e", workspace=workspace) as run:
        with pytest.raises(InvalidStepError, match="is no whole number of at most 64 bits"):
            run.log_metrics({"loss": 1.0}, step=step)
        run.log_metrics({"loss": 2.0}, step=1)
    assert describe_run(workspace, run.run_id)["metrics"] == {"loss": 2.0}


def test_no_number_of_numpy_reaches_a_database(workspace):
    with pytest.raises(InvalidInputError, match="it is a number of numpy"), workspace.database.reading() as session:
        session.execute(text("SELECT :number"), {"number": np.int64(3)})
