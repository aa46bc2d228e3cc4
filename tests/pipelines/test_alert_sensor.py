"""The sensor that tells people: it says what it did, and a tick that is repeated tells nothing twice."""

import dagster as dg
import pytest

from driftline import Alert
from driftline.alerting import list_alerts
from driftline.drift_reports import report_drift
from driftline.errors import LibraryMissingError
from driftline.pipelines import WorkspaceResource, alert_sensor
from driftline.predictions import predict
from tests.receivers import hook
from tests.streams import LONG_AFTER, Forest, fires

PROBLEMS = (Alert(on="drift"), Alert(on="failure"))  # the first promotion is news, too, and told elsewhere
DRIFTED = [f"2025-03-{number:02}" for number in range(11, 18)]


@pytest.fixture
def webhook(monkeypatch):
    with hook() as received:
        monkeypatch.setenv("DRIFTLINE_ALERT_URLS", received.url)
        yield received


@pytest.fixture
def drifting(serving, monkeypatch):
    monkeypatch.delenv("DRIFTLINE_ALERT_URLS", raising=False)
    predict(serving, fires(), DRIFTED)
    report_drift(serving, fires(), DRIFTED)
    return serving


def tick(dagster):
    resources = {"workspace": WorkspaceResource(replay_at=LONG_AFTER.isoformat())}
    defs = dg.Definitions(resources=resources, sensors=[alert_sensor([fires(alerts=PROBLEMS)])])
    with dg.build_sensor_context(instance=dagster.instance, definitions=defs, resources=resources) as context:
        return defs.resolve_sensor_def("alerts").evaluate_tick(context).skip_message


def test_drift_is_told_once_and_the_next_tick_has_nothing_new(dagster, drifting, webhook):
    said = tick(dagster)
    assert said.startswith("1 alert opened, 1 message sent. [warning] fires: Drift detected in what version 1 serves")
    assert tick(dagster) == "Nothing new."
    [told] = webhook.told
    assert "Details: " in told["message"]


def test_a_refused_message_is_said_and_stays_in_the_outbox(dagster, drifting, webhook):
    webhook.answers = [500]
    said = tick(dagster)
    assert "1 message to be tried again" in said
    assert "it answered with status 500" in said
    assert "secret" not in said
    [alert] = list_alerts(drifting)
    assert [message["state"] for message in alert["messages"]] == ["pending"]


def test_without_an_address_the_alert_is_stored_and_the_tick_says_what_to_set(dagster, drifting):
    said = tick(dagster)
    assert said.startswith("1 alert opened.")
    assert said.endswith("No channel is configured: set DRIFTLINE_ALERT_URLS to send alerts.")
    assert len(list_alerts(drifting)) == 1


def test_without_apprise_the_tick_fails_in_words_after_the_alert_is_stored(dagster, drifting, webhook, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    with pytest.raises((LibraryMissingError, dg.DagsterError)):
        tick(dagster)
    [alert] = list_alerts(drifting)
    assert [message["state"] for message in alert["messages"]] == ["pending"]


def test_a_run_that_fails_before_there_is_a_decision_is_told_until_one_succeeds(dagster, serving, webhook):
    gone = Forest(always=lambda frame: frame.drop(columns="station"))
    assert not dagster.run("fires_retrain", fires(gone)).success
    assert "A retraining run failed." in tick(dagster)
    [told] = webhook.told
    assert "gave no entity column 'station'" in told["message"]
    assert tick(dagster) == "Nothing new."
    assert dagster.run("fires_retrain", fires()).success
    assert tick(dagster).startswith("1 alert resolved")


def test_a_day_that_cannot_be_watched_is_told_although_a_retraining_succeeds(dagster, serving, webhook):
    days = ("2025-02-10", "2025-02-11")
    gone = Forest(faults={"2025-02-11": lambda frame: frame.iloc[:0]})
    assert not dagster.run("fires_monitor", fires(gone), days=days).success
    assert dagster.run("fires_retrain", fires()).success
    assert "A monitoring run failed." in tick(dagster)
    assert "1 of 2 partitions failed" in webhook.told[0]["message"]
    assert dagster.run("fires_monitor", fires(), days=days).success
    assert "1 alert resolved" in tick(dagster)
