"""All columns of a stream together, against rows that the champion was trained on."""

import numpy as np
from sqlalchemy import text

from driftline import MultivariateDrift
from driftline.dossier import load_reference_rows
from driftline.drift import Verdict
from driftline.drift_reports import report_drift
from driftline.predictions import predict
from driftline.registry import find_version
from tests.streams import Forest, fires

DAYS = ["2025-02-10", "2025-02-11", "2025-02-12"]


def watched(forest=None):
    return fires(forest, drift=(MultivariateDrift(window="3d", min_rows=150),))


def test_the_reference_is_rows_of_the_training_without_target_time_and_entity(served):
    rows = load_reference_rows(served, watched(), find_version(served, "fires/1"))
    assert not {"fire", "time", "station"} & set(rows)
    assert {len(values) for values in rows.values()} == {1198}


def test_wind_that_comes_from_elsewhere_is_named(served):
    stormy = Forest(faults={day: lambda frame: frame.assign(wind_kmh=frame["wind_kmh"] * 3) for day in DAYS})
    predict(served, watched(stormy), DAYS)
    reported = report_drift(served, watched(stormy), DAYS).done[DAYS[2]]
    [found] = reported.findings
    assert (found.kind, found.verdict, found.reference_rows, found.analysis_rows) == ("multivariate", "drift", 180, 180)
    assert "Most telling: wind_kmh" in reported.summary
    assert report_drift(served, watched(stormy), DAYS[2:]).done[DAYS[2]] == reported


def test_a_day_without_any_wind_is_no_other_kind_of_values(served):
    calm = Forest(faults={DAYS[1]: lambda frame: frame.assign(wind_kmh=np.full(len(frame), None))})
    pipeline = watched(lambda window: calm(window).astype({"wind_kmh": float}))
    predict(served, pipeline, DAYS)
    assert report_drift(served, pipeline, DAYS).done[DAYS[2]].findings[0].verdict in {Verdict.OK, Verdict.DRIFT}


def test_a_version_without_stored_rows_says_so(served):
    with served.database.transaction() as session:
        session.connection().execute(text("DELETE FROM artifact WHERE path = 'reference_rows.parquet'"))
    predict(served, watched(), DAYS)
    reported = report_drift(served, watched(), DAYS).done[DAYS[2]]
    assert (reported.verdict, reported.summary.startswith("No reference:")) == ("undefined", True)
