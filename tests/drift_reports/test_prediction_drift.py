"""What the champion says, watched without labels against what it said of its holdout."""

from dataclasses import replace

from sqlalchemy import text

from driftline import PredictionDrift
from driftline.declaration import TABLE_KEY
from driftline.dossier import load_prediction_profile
from driftline.drift import Verdict
from driftline.drift_reports import report_drift
from driftline.predictions import predict
from driftline.registry import find_version
from driftline.retraining import adjudicate, read_dataset, train
from tests.streams import Forest, day, fires, persons

DAYS = ["2025-02-10", "2025-02-11", "2025-02-12"]


def watched(forest=None, **rule):
    return fires(forest, drift=(PredictionDrift(**rule),))


def test_the_reference_is_what_the_champion_said_of_its_holdout(served):
    profile = load_prediction_profile(served, find_version(served, "fires/1"))
    assert (tuple(profile.names), profile.row_count) == (("probability", "predicted class"), 422)


def test_predictions_are_watched_before_any_label_is_known(served):
    predict(served, watched(), DAYS)
    early = replace(served, replay_at=day("2025-02-10"))
    reported = report_drift(early, watched(), DAYS).done[DAYS[2]]
    assert [found.analysis_rows for found in reported.findings] == [180, 180]
    assert reported.verdict in {"ok", "drift"}


def test_a_broken_input_moves_the_predictions(served):
    hot = Forest(faults={key: lambda frame: frame.assign(temperature_c=60.0, wind_kmh=90.0) for key in DAYS})
    predict(served, watched(hot), DAYS)
    reported = report_drift(served, watched(hot), DAYS).done[DAYS[2]]
    assert (reported.verdict, {found.kind for found in reported.findings}) == ("drift", {"prediction"})
    assert reported.summary.startswith("probability: moved")


def test_a_version_without_a_stored_reference_says_so(served):
    with served.database.transaction() as session:
        session.connection().execute(text("DELETE FROM artifact WHERE path = 'prediction_profile.json'"))
    predict(served, watched(), DAYS)
    reported = report_drift(served, watched(), DAYS).done[DAYS[0]]
    assert [found.verdict for found in reported.findings] == [Verdict.UNDEFINED]
    assert reported.summary.startswith("No reference:")


def test_the_predictions_of_a_table_do_not_drift_from_its_own_holdout(workspace):
    pipeline = persons(drift=(PredictionDrift(),))
    read_dataset(workspace, pipeline)
    train(workspace, pipeline)
    adjudicate(workspace, pipeline)
    predict(workspace, pipeline, [TABLE_KEY])
    reported = report_drift(workspace, pipeline, [TABLE_KEY]).done[TABLE_KEY]
    assert [found.effect for found in reported.findings] == [0.0, 0.0]
