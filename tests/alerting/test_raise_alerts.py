"""From stored series to stored alerts: once for each incident, with a cooldown and an end."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from driftline import Alert
from driftline.alerting import raise_alerts
from driftline.registry import promote
from driftline.store import alert_rows
from driftline.store.alert_rows import AlertDeliveryRow, AlertRow
from tests.streams import fires

UI = "http://dagster.example"


def look(watched, *rules: Alert, channels: int = 1, **changes: object):
    pipeline = fires(**({"alerts": rules} if rules else {}), **changes)
    return raise_alerts(watched.workspace, {"fires": pipeline}, channels=channels, dagster_url=UI)


def stored(watched, table):
    with watched.workspace.database.reading() as session:
        return session.exec(select(table).order_by(table.id)).all()


def events(watched) -> list[str]:
    return [row.event for row in stored(watched, AlertDeliveryRow)]


def test_drift_opens_one_alert_with_a_message_for_each_channel(watched):
    watched.report("2025-03-17", "drift")
    [raised] = look(watched, channels=2)
    assert look(watched, channels=2) == []
    [alert] = stored(watched, AlertRow)
    assert (alert.dedupe_key, alert.severity, alert.evidence) == ("fires/drift", "warning", "report 1")
    assert [(row.channel, row.number, row.state) for row in stored(watched, AlertDeliveryRow)] == [
        (1, 1, "pending"),
        (2, 1, "pending"),
    ]
    assert raised.alert_id == alert.id


def test_a_person_reads_details_since_when_the_next_step_and_a_link(watched):
    report = watched.report("2025-03-17", "drift")
    watched.decision("declined", drift_report_id=report, reason="No retraining: the cooldown lasts.")
    look(watched)
    [row] = stored(watched, AlertDeliveryRow)
    assert row.subject == "[warning] fires: Drift detected in what version 1 serves up to 2025-03-17."
    assert row.body.splitlines()[2:] == [
        "Model: fires, version 1",
        "Details: auroc on 2025-03-17: drift.",
        "Since: 2025-03-20 12:00 UTC",
        "Next step: No retraining: the cooldown lasts.",
        "Evidence: report 1",
        "Link: http://dagster.example/assets/fires/drift?view=partitions&partition=2025-03-17",
    ]


def test_the_link_holds_no_password_of_the_dagster_server(watched):
    watched.report("2025-03-17", "drift")
    raise_alerts(watched.workspace, {"fires": fires()}, channels=1, dagster_url="http://ann:secret@dagster.example/")
    [row] = stored(watched, AlertDeliveryRow)
    assert "Link: http://dagster.example/assets/fires/drift?" in row.body
    assert "secret" not in row.body


def test_while_it_goes_on_people_are_told_once_per_cooldown(watched):
    for day in (17, 18, 19):
        watched.report(f"2025-03-{day}", "drift")
        look(watched)
        watched.wait(hours=12)
    assert events(watched) == ["opened", "reminder"]
    assert len(stored(watched, AlertRow)) == 1


def test_a_recovery_is_told_once(watched):
    watched.report("2025-03-17", "drift")
    look(watched)
    watched.wait(hours=2)
    watched.report("2025-03-18", "ok")
    assert [one.event for one in look(watched)] == ["resolved"]
    assert look(watched) == []
    [_, recovery] = stored(watched, AlertDeliveryRow)
    assert recovery.subject == "[resolved] fires: Resolved: drift is no longer detected."
    assert "Duration: 2025-03-20 12:00 UTC to 2025-03-20 14:00 UTC" in recovery.body


def test_drift_that_comes_back_within_the_cooldown_is_told_when_it_is_still_there_afterwards(watched):
    for day, verdict in ((17, "drift"), (18, "ok"), (19, "drift")):
        watched.report(f"2025-03-{day}", verdict)
        look(watched)
        watched.wait(hours=1)
    assert events(watched) == ["opened", "resolved"]
    assert len(stored(watched, AlertRow)) == 2
    watched.wait(days=1)
    look(watched)
    look(watched)
    assert events(watched) == ["opened", "resolved", "reminder"]


def test_too_few_rows_neither_raise_nor_end_anything(watched):
    watched.report("2025-03-17", "drift")
    look(watched)
    watched.report("2025-03-18", "too_few_rows")
    assert look(watched) == []
    assert stored(watched, AlertRow)[0].resolved_at is None


def test_a_backfill_of_an_older_day_raises_nothing(watched):
    watched.report("2025-03-17", "ok")
    watched.report("2025-01-01", "drift")
    assert look(watched) == []


def test_without_a_channel_alerts_are_stored_and_told_when_there_is_one(watched):
    watched.report("2025-03-17", "drift")
    look(watched, channels=0)
    assert (len(stored(watched, AlertRow)), events(watched)) == (1, [])
    look(watched, channels=1)
    assert events(watched) == ["reminder"]


def test_an_alert_watches_a_metric_of_scikit_learn(watched):
    rule = Alert(on="evaluation", metric="f1_score", worse_than=0.7)
    watched.evaluation("2025-03-17", auroc=0.9, f1=0.6)
    [raised] = look(watched, rule, metrics=("auroc", "f1"))
    assert "f1" in stored(watched, AlertRow)[0].dedupe_key
    assert raised.event == "opened"


def test_an_evaluation_below_the_floor_warns_and_zero_is_a_value(watched):
    watched.evaluation("2025-03-17", auroc=0.0)
    [raised] = look(watched, Alert(on="evaluation"), floor=0.7)
    assert "auroc of version 1 is below its limit on 2025-03-17" in raised.title
    watched.evaluation("2025-03-18", auroc=None)
    assert look(watched, Alert(on="evaluation"), floor=0.7) == []
    watched.evaluation("2025-03-19", auroc=0.7)
    assert [one.event for one in look(watched, Alert(on="evaluation"), floor=0.7)] == ["resolved"]


def test_of_a_loss_more_is_worse(watched):
    rule = Alert(on="evaluation", metric="log_loss", worse_than=0.5)
    watched.evaluation("2025-03-17", log_loss=0.4)
    assert look(watched, rule) == []
    watched.evaluation("2025-03-18", log_loss=0.6)
    assert [one.event for one in look(watched, rule)] == ["opened"]


def test_a_failed_retraining_warns_without_the_password_in_its_error(watched):
    watched.decision("failed", outcome="Failed: no answer from postgresql://u:hidden@db/x")
    look(watched)
    [row] = stored(watched, AlertDeliveryRow)
    assert "Details: Failed: no answer from postgresql://u:***@db/x" in row.body
    watched.decision("kept", outcome="Kept.")
    assert [one.event for one in look(watched)] == ["resolved", "happened"]


def test_a_switch_by_hand_does_not_end_a_failed_retraining(watched):
    watched.decision("failed", outcome="Failed: no rows.", trigger="schedule")
    look(watched)
    watched.register()
    promote(watched.workspace, "fires", 2, actor="ada", reason="The first one is too old.")
    assert [one.event for one in look(watched)] == ["happened"]
    failure, switch = sorted(stored(watched, AlertRow), key=lambda alert: alert.id)
    assert (failure.what, failure.resolved_at) == ("failure", None)
    assert (switch.what, switch.title) == ("decision", "[info] fires: Version 2 was put in place by hand.")


def test_a_promotion_is_told_once_and_is_no_open_alert(watched):
    rule = Alert(on="decision", severity="info", cooldown="1s")
    watched.decision("promoted", outcome="Better by 0.1.", serving_version_id=watched.version_id)
    assert [one.event for one in look(watched, rule)] == ["happened"]
    watched.wait(days=2)
    assert look(watched, rule) == []
    [row] = stored(watched, AlertDeliveryRow)
    assert row.subject == "[info] fires: Version 1 was promoted."
    assert stored(watched, AlertRow)[0].resolved_at is not None


def test_no_cooldown_silences_a_change_of_who_serves(watched):
    rule = Alert(on="decision", severity="info", cooldown="30d")
    for outcome in ("First.", "Second."):
        watched.decision("promoted", outcome=outcome, serving_version_id=watched.version_id)
        watched.wait(hours=1)
        assert [one.event for one in look(watched, rule)] == ["happened"]
    assert look(watched, rule) == []


def test_champions_that_are_kept_are_told_once_a_cooldown(watched):
    rule = Alert(on="decision", severity="info", cooldown="1d")
    told = []
    for _ in range(3):
        watched.decision("kept", outcome="Kept.")
        watched.wait(hours=16)
        told.append([one.event for one in look(watched, rule)])
    assert told == [["happened"], [], ["happened"]]


def test_news_of_long_ago_is_not_told(watched):
    watched.decision("promoted", outcome="Better.", serving_version_id=watched.version_id)
    watched.wait(days=8)
    assert look(watched, Alert(on="decision")) == []


def test_labels_that_do_not_come_warn_until_they_do(watched):
    rule = Alert(on="label_lateness", grace="1d")
    for day in ("2025-03-16", "2025-03-17", "2025-03-19"):
        watched.predicted(day)
    watched.evaluation("2025-03-16", auroc=0.8)
    [raised] = look(watched, rule)
    assert raised.event == "opened"
    assert "1 of the 2 newest partitions that should have them, since 2025-03-17" in stored(watched, AlertRow)[0].text
    watched.evaluation("2025-03-17", auroc=0.8)
    assert [one.event for one in look(watched, rule)] == ["resolved"]


def test_an_alert_whose_rule_is_gone_ends_in_silence(watched):
    watched.report("2025-03-17", "drift")
    look(watched)
    look(watched, Alert(on="failure"))
    assert stored(watched, AlertRow)[0].resolved_at is not None
    assert events(watched) == ["opened"]


def test_eight_that_look_at_once_raise_one_alert(watched):
    watched.report("2025-03-17", "drift")
    with ThreadPoolExecutor(8) as pool:
        raised = [one for found in pool.map(lambda _: look(watched), range(8)) for one in found]
    assert len(raised) == 1
    assert (len(stored(watched, AlertRow)), events(watched)) == (1, ["opened"])


def test_what_dies_before_its_end_leaves_neither_alert_nor_message(watched, monkeypatch):
    watched.report("2025-03-17", "drift")

    class DyingError(Exception):
        pass

    def dying(*_: object, **__: object) -> None:
        raise DyingError

    with monkeypatch.context() as patched:
        patched.setattr(alert_rows, "append_messages", dying)
        with pytest.raises(DyingError):
            look(watched)
    assert stored(watched, AlertRow) == []
    look(watched)
    assert (len(stored(watched, AlertRow)), events(watched)) == (1, ["opened"])
