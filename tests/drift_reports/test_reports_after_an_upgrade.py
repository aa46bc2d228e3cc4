"""Reports on a champion that was trained by the version before: its profiles are of an older format."""

import json

import pytest
from sqlalchemy import text

from driftline import DataDrift, PredictionDrift
from driftline.drift_reports import report_drift
from driftline.predictions import predict
from tests.streams import Forest, fires

DAYS = ["2025-02-10", "2025-02-11", "2025-02-12"]
RULES = (DataDrift(window="3d"), PredictionDrift(window="3d"))


def of_version_0_2(profile):
    """A stored profile as version 0.2 wrote it: without sums, with the smallest and the largest value."""
    for column in profile["columns"]:
        counts = column["counts"]
        del counts["bin_sums"], counts["unlisted"]
        edges = column["bins"].get("edges", [None])
        counts |= {"minimum": edges[0], "maximum": edges[-1]}
    return {**profile, "format": 1}


def store_older_profiles(workspace):
    with workspace.database.transaction() as session:
        connection = session.connection()
        for path in ("reference_profile.json", "prediction_profile.json"):
            [digest] = connection.execute(text("SELECT digest FROM artifact WHERE path = :path"), {"path": path}).one()
            older = of_version_0_2(json.loads(workspace.artifacts.get(digest)))
            stored = workspace.artifacts.put(json.dumps(older).encode())
            connection.execute(
                text("UPDATE artifact SET digest = :digest WHERE path = :path"), {"digest": stored, "path": path}
            )


@pytest.mark.parametrize("hot", [False, True])
def test_it_says_what_it_says_with_the_profiles_of_today(served, hot):
    faults = {key: lambda frame: frame.assign(temperature_c=frame["temperature_c"] + 40) for key in DAYS}
    pipeline = fires(Forest(faults=faults if hot else {}), drift=RULES)
    predict(served, pipeline, DAYS)
    today = report_drift(served, pipeline, DAYS).done[DAYS[2]]
    store_older_profiles(served)
    older = report_drift(served, pipeline, DAYS).done[DAYS[2]]
    assert [(one.name, one.verdict) for one in older.findings] == [(one.name, one.verdict) for one in today.findings]
    for one, other in zip(older.findings, today.findings, strict=True):
        assert one.p_value == other.p_value
        assert one.effect == pytest.approx(other.effect, rel=0.03, abs=0.02)
