"""`driftline alerts`: what is open, and a test message."""

import json
from dataclasses import replace

from driftline.alerting import raise_alerts
from driftline.drift_reports import report_drift
from driftline.predictions import predict
from tests.receivers import hook
from tests.streams import fires


def test_no_alert_is_said_in_words(driftline):
    told = driftline("alerts")
    assert (told.returncode, "No open alert in" in told.stdout) == (0, True)
    assert json.loads(driftline("alerts", "--json").stdout) == []


def test_an_open_alert_is_listed_with_its_messages(driftline, served):
    driftline = replace(
        driftline,
        settings={"DRIFTLINE_DATABASE_URL": served.database._engine.url.render_as_string(hide_password=False)},
    )
    days = [f"2025-03-{number:02}" for number in range(11, 18)]
    predict(served, fires(), days)
    report_drift(served, fires(), days)
    raise_alerts(served, {"fires": fires()}, channels=1, dagster_url="http://dagster.example")
    [alert] = json.loads(driftline("alerts", "--json").stdout)
    assert (alert["model"], alert["what"], alert["severity"]) == ("fires", "drift", "warning")
    assert [message["state"] for message in alert["messages"]] == ["pending"]
    shown = driftline("alerts").stdout
    assert "[warning] fires: Drift detected" in shown
    assert "1 pending" in shown


def test_a_test_message_is_sent_and_a_refused_one_is_an_error(driftline):
    with hook() as received:
        driftline = replace(driftline, settings={"DRIFTLINE_ALERT_URLS": received.url})
        taken = driftline("alerts", "--test")
        received.answers = [500]
        refused = driftline("alerts", "--test", "--json")
    assert (taken.returncode, [told["title"] for told in received.told]) == (0, ["[test] driftline"])
    assert "Channel 1 (JSON)" in taken.stdout
    assert refused.returncode == 1
    assert "status 500" in json.loads(refused.stdout)[0]["error"]
    assert "secret" not in taken.stdout + taken.stderr + refused.stdout + refused.stderr


def test_a_test_without_an_address_says_what_to_set(driftline):
    told = driftline("alerts", "--test")
    assert told.returncode == 1
    assert "Set DRIFTLINE_ALERT_URLS" in told.stderr
