"""The words of alerts: what a message says when an incident begins, lasts and ends."""

from datetime import UTC, datetime

import pytest

from driftline.sentences import alert_message, alert_text

OPENED = datetime(2025, 3, 20, 12, tzinfo=UTC)
NOW = datetime(2025, 3, 20, 14, tzinfo=UTC)
DRIFT = {"version": 1, "partition_key": "2025-03-17", "summary": "auroc fell.", "decision": None}
METRIC = {
    "metric": "auroc",
    "value": 0.6512,
    "limit": 0.7,
    "label_count": 60,
    "version": 1,
    "partition_key": "2025-03-17",
}
ENDED = {"trigger": "schedule", "reason": "No rows.", "serving_version": 1, "challenger_version": 2}
OVERDUE = {"overdue": 2, "due": 5, "first_overdue": "2025-03-16", "delay": "0d", "grace": "1d"}


def message(event: str, rule: str, values):
    return alert_message(
        event,
        alert_text(rule, values),
        model="fires",
        version=1,
        severity="warning",
        evidence="report 7",
        link="http://dagster.example/assets/fires/drift",
        opened_at=OPENED,
        now=NOW,
    )


def test_a_message_when_drift_is_detected():
    opened = message("opened", "drift_found", DRIFT)
    assert opened.subject == "[warning] fires: Drift detected in what version 1 serves up to 2025-03-17."
    assert opened.body == (
        "Drift detected in what version 1 serves up to 2025-03-17.\n\n"
        "Model: fires, version 1\n"
        "Details: auroc fell.\n"
        "Since: 2025-03-20 12:00 UTC\n"
        "Next step: The drift sensor decides whether to retrain.\n"
        "Evidence: report 7\n"
        "Link: http://dagster.example/assets/fires/drift\n"
    )


def test_a_reminder_and_the_end():
    assert message("reminder", "drift_found", DRIFT).subject.startswith("[warning] fires: Ongoing: drift detected in")
    resolved = message("resolved", "drift_resolved", {**DRIFT, "summary": "No drift in 3 of 3 checks."})
    assert resolved.subject == "[resolved] fires: Resolved: drift is no longer detected."
    assert resolved.body.splitlines()[2:5] == [
        "Model: fires, version 1",
        "Details: No drift in 3 of 3 checks.",
        "Duration: 2025-03-20 12:00 UTC to 2025-03-20 14:00 UTC",
    ]


@pytest.mark.parametrize(
    ("rule", "values", "title", "details"),
    [
        (
            "metric_below_limit",
            METRIC,
            "auroc of version 1 is below its limit on 2025-03-17.",
            "auroc is 0.6512 on 60 labelled rows; the limit is 0.7.",
        ),
        (
            "metric_undefined",
            {**METRIC, "value": None, "partition_key": ""},
            "auroc of version 1 is not defined.",
            "auroc is not defined on 60 labelled rows; the limit is 0.7.",
        ),
        (
            "labels_overdue",
            OVERDUE,
            "Labels are overdue.",
            "No labels for 2 of the 5 newest partitions that should have them, since 2025-03-16 (declared delay 0d, "
            "grace 1d).",
        ),
        ("run_failed", {"work": "monitoring", "cause": "No rows."}, "A monitoring run failed.", "No rows."),
        ("retraining_failed", ENDED, "A retraining failed (trigger: schedule).", "No rows."),
        ("version_promoted", ENDED, "Version 1 was promoted.", "No rows."),
        ("champion_kept", ENDED, "Version 1 stays champion: challenger 2 is not better.", "No rows."),
    ],
)
def test_titles_and_details(rule, values, title, details):
    text = alert_text(rule, values)
    assert (text.title, text.details) == (title, details)


def test_a_failure_says_what_happens_next():
    assert alert_text("retraining_failed", ENDED).next_step == (
        "Nothing happens automatically: version 1 keeps serving until a schedule or a drift report starts the next one."
    )
    assert "no version serves yet" in alert_text("retraining_failed", {**ENDED, "serving_version": None}).next_step


def test_a_long_line_is_cut_and_holds_no_password():
    text = {**ENDED, "reason": "No answer from postgresql://u:hidden@db/x\n" + "x" * 700}
    details = next(line for line in message("opened", "retraining_failed", text).body.splitlines() if "Details" in line)
    assert details.startswith("Details: No answer from postgresql://u:***@db/x xxx")
    assert (details[-1], "hidden" in details) == ("…", False)
