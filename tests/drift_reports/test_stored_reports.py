"""What the database keeps of a drift report: each finding's rule with its values, and the same evidence once."""

from driftline.drift_reports import report_drift
from driftline.predictions import predict
from driftline.sentences.findings import finding_sentence
from driftline.store import drift_rows
from tests.streams import DAYS, fires


def test_findings_are_stored_with_their_rule_and_its_values(served):
    predict(served, fires(), DAYS)
    report = report_drift(served, fires(), DAYS[-1:]).done[DAYS[-1]]
    with served.database.reading() as session:
        rows = drift_rows.findings(session, [report.report_id])[report.report_id]
    assert [(row.rule, row.details) for row in rows] == [(one.rule, dict(one.values)) for one in report.findings]
    assert [finding_sentence(row.rule, row.details) for row in rows] == [row.note for row in rows]


def test_the_same_evidence_again_is_the_report_that_is_there(served):
    predict(served, fires(), DAYS)
    first, again = (report_drift(served, fires(), DAYS[-1:]).done[DAYS[-1]] for _ in range(2))
    assert first == again
    with served.database.reading() as session:
        assert [row.id for row in drift_rows.reports(session, None)] == [first.report_id]
        assert drift_rows.reports(session, None)[0].summary == first.summary
