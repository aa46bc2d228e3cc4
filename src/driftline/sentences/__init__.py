"""English sentences, made from a rule and the values that it decided on: nowhere else are reasons worded."""

from driftline.sentences.alerts import Message, alert_message, alert_text
from driftline.sentences.decisions import chosen_sentence, decision_sentence, verdict_in_short
from driftline.sentences.findings import Value, finding_sentence, report_summary

__all__ = [
    "Message",
    "Value",
    "alert_message",
    "alert_text",
    "chosen_sentence",
    "decision_sentence",
    "finding_sentence",
    "report_summary",
    "verdict_in_short",
]
