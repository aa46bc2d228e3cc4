"""The sentences of decisions: a few whole ones, and one for each rule there is."""

from driftline.registry.judgement import JudgementRule
from driftline.retraining.decide import RetrainRule
from driftline.rollout.bandit_rule import BanditStepRule
from driftline.sentences import chosen_sentence, decision_sentence, verdict_in_short
from driftline.sentences.decisions import _VERDICTS, RULES
from tests.streams import day

COMPARED = {
    "metric": "auroc",
    "champion_score": 0.7179,
    "challenger_score": 0.8251,
    "gain": 0.1072,
    "gain_low": 0.0781,
    "gain_high": 0.1363,
    "row_count": 1402,
}


def test_each_rule_has_a_sentence():
    assert {*JudgementRule, *RetrainRule, *BanditStepRule} <= RULES


def test_a_promotion_says_how_much_better_and_how_surely():
    assert decision_sentence("significantly_better", {**COMPARED, "p_value": 0.00001, "alpha": 0.05}) == (
        "Promoted: auroc 0.8251 against 0.7179 of the champion, gain +0.1072 [+0.0781, +0.1363] on 1402 holdout rows "
        "is statistically significant (p = 1e-05, alpha = 0.05)."
    )


def test_a_champion_is_kept_where_the_gain_is_not_significant():
    assert decision_sentence("not_significant", {**COMPARED, "p_value": 0.08, "alpha": 0.05}).endswith(
        "on 1402 holdout rows is not statistically significant (p = 0.08, alpha = 0.05)."
    )


def test_a_slice_that_is_worse_is_named():
    worse = {
        "slice_column": "place",
        "slice_value": "south",
        "slice_margin": 0.02,
        "slice_gain": -0.05,
        "slice_row_count": 90,
        "slice_p_value": 0.7,
    }
    assert decision_sentence("slice_worse", {**COMPARED, **worse}).endswith(
        "but where place is 'south' it is not shown to be less than 0.02 worse: gain -0.0500 on 90 rows, p = 0.7."
    )


def test_what_asks_for_a_retraining_is_said_in_order():
    asks = [
        {"trigger": "drift", "report_id": 5, "summary": "auroc 0.6 is worse."},
        {"trigger": "age", "since": "2025-01-29T00:00:00+00:00", "max_age": "30d"},
        {"trigger": "labels", "count": 900, "enough": 500},
    ]
    assert decision_sentence("retrain", {"asks": asks, "lost": 3}) == (
        "Retrain: auroc 0.6 is worse. Also: the champion serves since 2025-01-29 00:00 UTC, longer than 30d. "
        "Also: 900 new labels, of 500 that are worth a retraining. "
        "Retraining does not help: the last 3 challengers lost."
    )


def test_columns_alone_do_not_trigger_a_retraining():
    details = {
        "drifted": ["column"],
        "triggers": ["performance"],
        "summary": "Columns: age.",
        "age_due": "2025-03-30T00:00:00+00:00",
        "enough_labels": 500,
        "new_labels": 499,
    }
    assert decision_sentence("not_a_trigger", details) == (
        "No retraining: column drift does not trigger retraining under this policy (triggers: performance). "
        "Columns: age. Next age-based retraining: 2025-03-30 00:00 UTC. 499 of 500 new labels."
    )


def test_what_does_not_ask_yet_says_what_the_next_look_waits_for():
    plan = {"next_rows": 1000, "rows_since_change": 640, "labels_from": "2025-04-01T00:00:00+00:00"}
    details = {"report_id": 7, "verdict": "degraded", "summary": "The level is lost.", "plan": plan}
    assert decision_sentence("no_drift", details) == (
        "No retraining: report 7 says degraded: The level is lost. "
        "Next look with 1,000 labelled rows after the change (640 now)."
    )
    details["plan"] = {**plan, "rows_since_change": 1200}
    assert decision_sentence("no_drift", details).endswith(
        "after the change (1,200 now), from 2025-04-01 00:00 UTC on, when labels tell of the champion."
    )


def test_a_switch_names_the_plans_that_it_cancels():
    details = {
        "actor": "ann",
        "effective_at": "2025-06-01T00:00:00+00:00",
        "reason": "green is faster",
        "cancelled": [{"version": 2, "effective_at": "2025-07-01T00:00:00+00:00"}],
    }
    assert decision_sentence("switch", details) == (
        "Promoted by ann with effect from 2025-06-01 00:00 UTC: green is faster. "
        "It cancels the switch to version 2 planned for 2025-07-01 00:00 UTC."
    )


def test_what_was_chosen_is_the_whole_window_a_span_or_an_earlier_version():
    whole = {"trained_from": None, "rows": 7400, "version": None}
    assert chosen_sentence(whole, 3) == "Of 3 candidates: all 7,400 rows of the training window."
    span = {**whole, "trained_from": day("2025-03-01"), "rows": 950}
    assert chosen_sentence(span, 4) == "Of 4 candidates: the 950 rows since 2025-03-01."
    recalled = {"trained_from": None, "rows": 0, "version": 6}
    assert chosen_sentence(recalled, 9) == "Of 9 candidates: version 6, which served before."


def test_a_judgement_without_a_short_form_is_told_as_it_is():
    assert verdict_in_short("significantly_better", "Promoted: ...") == "Surely better."
    assert verdict_in_short("slice_worse", "Kept: worse in the north.") == "Kept: worse in the north."
    assert set(_VERDICTS) <= set(JudgementRule)
