"""The outbox against real servers: stored first, sent once, tried again, and nobody waits for a silent one."""

import logging
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import select

from driftline.alerting import deliver, list_alerts, open_channels, raise_alerts, send_test
from driftline.alerting.outbox import CLAIM, MOST_ATTEMPTS, pause_after
from driftline.clock import now
from driftline.errors import LibraryMissingError
from driftline.sentences import Message
from driftline.settings import InvalidSettingError
from driftline.store import alert_rows
from driftline.store.alert_rows import AlertDeliveryRow
from tests.receivers import free_port, silent_server
from tests.streams import fires

ROOT = Path(__file__).parents[2]
SECRETS = ("hook-user", "hook-secret", "path-secret", "127.0.0.1")


def channels_at(*urls: str):
    return open_channels([SecretStr(url) for url in urls])


def incident(watched, *urls: str):
    """Stores an alert with a message to each address; returns the channels."""
    watched.report("2025-03-17", "drift")
    raise_alerts(watched.workspace, {"fires": fires()}, channels=len(urls), dagster_url="http://dagster.example")
    return channels_at(*urls)


def rows(watched) -> list[AlertDeliveryRow]:
    with watched.workspace.database.reading() as session:
        return session.exec(select(AlertDeliveryRow).order_by(AlertDeliveryRow.id)).all()


def test_a_message_reaches_the_mailbox_and_the_web_hook_once(watched, mail, webhook):
    channels = incident(watched, mail.url, webhook.url)
    assert deliver(watched.workspace, channels).sent == 2
    assert deliver(watched.workspace, channels).sent == 0
    [told], [letter, *copies] = webhook.told, mail.letters
    assert told["title"].startswith("[warning] fires: Drift detected")
    assert "Details: auroc on 2025-03-17: drift." in told["message"]
    recipients = [to for one in (letter, *copies) for to in one.rcpt_tos]
    assert sorted(recipients) == ["ml@example.org", "ops@example.org"]
    assert b"Drift detected" in letter.content
    assert [(row.state, row.attempts, row.last_error) for row in rows(watched)] == [("sent", 1, None)] * 2


def test_after_a_500_it_is_tried_again_later_and_later(watched, webhook):
    webhook.answers = [500, 503]
    channels = incident(watched, webhook.url)
    first = deliver(watched.workspace, channels)
    assert (first.sent, first.retried) == (0, 1)
    assert first.faults == ("Channel 1 (JSON) did not take the message: it answered with status 500.",)
    assert rows(watched)[0].next_attempt_at == watched.now + timedelta(seconds=30)
    assert deliver(watched.workspace, channels).retried == 0
    watched.wait(seconds=30)
    deliver(watched.workspace, channels)
    assert rows(watched)[0].next_attempt_at == watched.now + timedelta(seconds=60)
    watched.wait(seconds=60)
    assert deliver(watched.workspace, channels).sent == 1
    assert len(webhook.told) == 1
    assert (rows(watched)[0].state, rows(watched)[0].attempts, rows(watched)[0].last_error) == ("sent", 3, None)


def test_a_mail_server_that_hangs_does_not_stop_the_web_hook(watched, webhook):
    with silent_server() as port:
        hanging = f"mailto://127.0.0.1:{port}?from=a@example.org&to=b@example.org&mode=insecure"
        channels = incident(watched, hanging, webhook.url)
        start = time.monotonic()
        told = deliver(watched.workspace, channels, timeout_s=1.0)
    assert time.monotonic() - start < 5
    assert (told.sent, told.retried, len(webhook.told)) == (1, 1, 1)
    assert [row.state for row in rows(watched)] == ["pending", "sent"]
    assert "did not" in rows(watched)[0].last_error


def test_nothing_is_sent_that_is_not_stored(watched, webhook):
    channels = channels_at(webhook.url)
    assert deliver(watched.workspace, channels).sent == 0
    with pytest.raises(ZeroDivisionError), watched.workspace.database.transaction() as session:
        _write_and_die(session, watched)
    deliver(watched.workspace, channels)
    assert webhook.told == []


def _write_and_die(session, watched):
    incident = {"dedupe_key": "k", "what": "drift", "severity": "info", "model": "fires", "evidence": "e"}
    alert_id = alert_rows.open_alert(session, **incident, title="t", text="t", now=watched.now)
    message = {"event": "opened", "severity": "info", "subject": "t", "body": "t", "evidence": "e"}
    alert_rows.append_messages(session, alert_id, **message, channels=1, now=watched.now)
    raise ZeroDivisionError


def test_of_two_senders_one_sends(watched, webhook):
    channels = incident(watched, webhook.url)
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: deliver(watched.workspace, channels), range(6)))
    assert sum(one.sent for one in told) == 1
    assert len(webhook.told) == 1


def test_what_a_dead_sender_had_claimed_is_sent_when_its_claim_has_ended(watched, webhook):
    channels = incident(watched, webhook.url)
    with watched.workspace.database.transaction() as session:
        assert len(alert_rows.claim_due(session, now=watched.now, lease=CLAIM, limit=9)) == 1
    assert deliver(watched.workspace, channels).sent == 0
    watched.wait(seconds=CLAIM.total_seconds())
    assert deliver(watched.workspace, channels).sent == 1
    assert rows(watched)[0].attempts == 2


TICK = """
import sys
from pydantic import SecretStr
from driftline import open_workspace
from driftline.alerting import deliver, open_channels, raise_alerts
from tests.streams import fires
workspace = open_workspace()
raise_alerts(workspace, {"fires": fires()}, channels=1, dagster_url="http://dagster.example")
deliver(workspace, open_channels([SecretStr(sys.argv[1])]), timeout_s=60)
"""


def test_a_tick_that_is_killed_while_it_sends_neither_loses_nor_doubles_the_alert(watched, webhook):
    watched.report("2025-03-17", "drift")
    url = watched.workspace.database._engine.url.render_as_string(hide_password=False)
    with silent_server() as port:
        command = [sys.executable, "-c", TICK, f"json://127.0.0.1:{port}"]
        tick = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DRIFTLINE_DATABASE_URL": url})
        deadline = time.monotonic() + 60
        while not any(row.attempts for row in rows(watched)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        tick.kill()
        tick.wait()
    watched.now = now() + CLAIM
    raise_alerts(watched.workspace, {"fires": fires()}, channels=1, dagster_url="http://dagster.example")
    deliver(watched.workspace, channels_at(webhook.url))
    assert len(list_alerts(watched.workspace)) == 1
    assert [(row.state, row.attempts) for row in rows(watched)] == [("sent", 2)]
    assert len(webhook.told) == 1


def test_the_late_answer_of_a_lost_claim_changes_nothing(watched, webhook):
    channels = incident(watched, webhook.url)
    with watched.workspace.database.transaction() as session:
        [old] = alert_rows.claim_due(session, now=watched.now, lease=CLAIM, limit=9)
    watched.wait(seconds=CLAIM.total_seconds())
    deliver(watched.workspace, channels)
    with watched.workspace.database.transaction() as session:
        late = {"fault": "it is late", "retry_at": watched.now, "now": watched.now}
        assert alert_rows.record_attempt(session, old.id, 1, **late) == "pending"
    assert (rows(watched)[0].state, rows(watched)[0].last_error) == ("sent", None)


def test_a_message_is_given_up_after_the_last_attempt(watched):
    channels = incident(watched, f"json://127.0.0.1:{free_port()}")
    for _ in range(MOST_ATTEMPTS - 1):
        assert deliver(watched.workspace, channels).retried == 1
        watched.wait(hours=7)
    assert deliver(watched.workspace, channels).failed == 1
    assert (rows(watched)[0].state, rows(watched)[0].attempts) == ("failed", MOST_ATTEMPTS)


def test_the_attempts_reach_over_a_day():
    pauses = [pause_after(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert timedelta(days=1) < sum(pauses, timedelta()) < timedelta(days=2)


def test_a_message_to_an_address_that_is_gone_is_given_up(watched, webhook):
    incident(watched, webhook.url, webhook.url)
    told = deliver(watched.workspace, channels_at(webhook.url))
    assert (told.sent, told.failed) == (1, 1)
    assert told.faults == ("Channel 2 is no longer configured.",)


def test_addresses_appear_in_no_row_no_log_and_no_error(watched, webhook, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(1, logger="apprise")
    webhook.answers = [401]
    gone = webhook.url.replace(str(webhook.port), str(free_port()))
    channels = incident(watched, webhook.url, gone)
    told = deliver(watched.workspace, channels)
    watched.wait(minutes=1)
    again = deliver(watched.workspace, channels)
    assert (told.retried, again.sent) == (2, 1)
    listed = list_alerts(watched.workspace)
    everything = [caplog.text, repr(told), repr(again), repr(channels), repr(listed), *map(repr, rows(watched))]
    assert [secret for secret in SECRETS for text in everything if secret in text] == []


@pytest.mark.parametrize(
    "url", ["nonsense", "nosuch://hook-secret@host", "mailto://hook-secret", "slack://hook-secret"]
)
def test_an_address_that_is_none_is_refused_unsaid(url, caplog):
    with pytest.raises(InvalidSettingError, match=r"Address 2 of 2 in DRIFTLINE_ALERT_URLS") as caught:
        channels_at("json://127.0.0.1", url)
    assert "hook-secret" not in str(caught.value) + caplog.text
    assert caught.value.__cause__ is None


def test_without_apprise_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    with pytest.raises(LibraryMissingError, match=r"pip install 'driftline\[alerts\]'"):
        channels_at("json://127.0.0.1")
    assert open_channels([]) == ()


def test_a_test_message_says_for_each_channel_whether_it_was_taken(mail, webhook):
    webhook.answers = [403]
    told = send_test(channels_at(mail.url, webhook.url), Message(subject="[test] x", body="x"))
    assert told == {
        "Channel 1 (E-Mail)": None,
        "Channel 2 (JSON)": "Channel 2 (JSON) did not take the message: it answered with status 403.",
    }


def test_the_clock_of_the_workspace_dates_what_is_sent(watched, webhook):
    channels = incident(watched, webhook.url)
    deliver(watched.workspace, channels)
    assert rows(watched)[0].sent_at == watched.now
