"""The sentences of findings: each rule has one, and it is made of the finding's values alone."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from driftline import DataDrift, MultivariateDrift, PerformanceDrift, RetrainTrigger
from driftline.dossier import separate
from driftline.drift import PredictionDrift, Verdict
from driftline.drift.columns import column_findings
from driftline.drift.domain_classifier import multivariate_finding
from driftline.drift.performance import performance_finding
from driftline.drift.predictions import prediction_findings
from driftline.drift.sequential import sequential_finding
from driftline.drift.trigger import trigger_finding
from driftline.drift.verdict import FindingRule
from driftline.drift.window_verdict import window_verdict
from driftline.metrics import Measurement, Task
from driftline.profiles import count_columns, profile_columns
from driftline.sentences import report_summary
from driftline.sentences.findings import _SENTENCES, finding_sentence


def measured(value, row_count=1000, *, metric="auroc", standard_error=0.01):
    return Measurement(
        metric=metric, value=value, ci_low=None, ci_high=None, standard_error=standard_error, row_count=row_count
    )


def compared(rule, value, reference=0.9):
    return performance_finding(
        rule, [window_verdict(rule, measured(reference), measured(value), prediction_count=1200)]
    )


def test_every_rule_has_a_sentence():
    assert set(_SENTENCES) == set(FindingRule)


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (
            PerformanceDrift("auroc"),
            0.85,
            "auroc 0.8500 on 1000 of 1200 labels against 0.9000 on 1000 reference rows: 0.0500 worse (at least 0.02 "
            "counts), statistically significant (p = 0.000203, alpha = 0.01). 1 of the last 1 evaluated windows are "
            "worse; drift is 2 of 3.",
        ),
        (
            PerformanceDrift("auroc", below=0.9, m_of_n=(1, 1)),
            0.89,
            "auroc 0.8900 on 1000 of 1200 labels: below 0.9, not statistically significant (p = 0.149, alpha = 0.01). "
            "0 of the last 1 evaluated windows are worse; drift is 1 of 1.",
        ),
        (
            PerformanceDrift("auroc", below=0.9, confidence=None, m_of_n=(1, 1)),
            0.95,
            "auroc 0.9500 on 1000 of 1200 labels: not below 0.9. 0 of the last 1 evaluated windows are worse; drift is "
            "1 of 1.",
        ),
    ],
)
def test_performance_in_windows(rule, value, expected):
    assert compared(rule, value).note == expected


def test_a_window_that_was_not_evaluated():
    rule = PerformanceDrift("auroc")
    few = window_verdict(rule, measured(0.9), measured(0.9, 29), prediction_count=500)
    assert few.sentence == "auroc on 29 of 500 labels: not evaluated, too few labels (29 of 30)."
    assert window_verdict(rule, None, measured(0.9)).sentence == "auroc on 1000 labels: not evaluated, no reference."


def test_the_retrain_trigger():
    trigger = RetrainTrigger()
    scores = measured(0.1, metric="brier"), measured(0.15, 200, metric="brier")
    waiting = trigger_finding(trigger, Task.BINARY, *scores, reference_labels=[])
    assert waiting.note == (
        "brier: the retrain trigger waits until the champion's first live window of 3d has 30 labels and another "
        "window follows."
    )
    compared = trigger_finding(trigger, Task.BINARY, *scores, reference_labels=[200, 200])
    assert compared.note.endswith("The reference is the champion's first 2 of 4 live windows.")


def test_errors_one_by_one_without_a_reference():
    rule = PerformanceDrift("accuracy", method="sequential")
    found = sequential_finding(rule, None, None, label_count=100, in_window=10)
    assert found.note == "accuracy, errors one by one: not evaluated, no reference."


def test_columns():
    rows = np.arange(1000.0)
    reference = profile_columns({"x": rows})
    findings = column_findings(reference, count_columns(reference, {"x": rows + 500}), DataDrift(), new_columns=["y"])
    assert [finding.note for finding in findings] == [
        "x: moved 1.73 standard deviations, KS distance 0.5, PSI 3.51; statistically significant (adjusted p < "
        "0.0001, alpha = 0.01).",
        "x: 0.00% missing against 0.00% in the reference; no drift (adjusted p = 1, alpha = 0.01).",
        "y: a new column that the reference does not hold; it was not tested.",
    ]


def test_what_has_no_reference():
    [predictions] = prediction_findings(None, {}, PredictionDrift())
    rows = multivariate_finding(None, {}, MultivariateDrift(), separate)
    assert predictions.note == (
        "No reference: the predictions of this version on its holdout were not stored. The next champion will have one."
    )
    assert rows.note == "No reference: no training rows of this version were stored. The next champion will have one."


def test_a_finding_that_was_stored_as_json_reads_the_same():
    found = compared(PerformanceDrift("auroc"), 0.85)
    stored = json.loads(json.dumps(asdict(found), allow_nan=False))
    assert finding_sentence(stored["rule"], stored["values"]) == found.note
    row = found.to_row()
    assert (row["note"], row["rule"], row["details"]) == (found.note, "performance_fell", dict(found.values))
    assert found.verdict is Verdict.OK


@pytest.mark.parametrize(
    ("verdict", "columns", "notes", "summary"),
    [
        ("ok", ["age"], ["n"], "No drift in 2 of 3 checks that could be made."),
        ("drift", ["age", "age", "pay"], ["auroc fell."], "auroc fell. Columns: age, pay."),
        ("undefined", [], [], "Nothing to compare with."),
    ],
)
def test_a_report_in_one_line(verdict, columns, notes, summary):
    assert report_summary(verdict, count=2, total=3, columns=columns, notes=notes) == summary
