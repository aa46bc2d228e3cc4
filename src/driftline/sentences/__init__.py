"""English sentences, made from a rule and the values that it spoke on: nowhere else are reasons worded."""

from driftline.sentences.alerts import AlertText, Message, alert_message, alert_text
from driftline.sentences.findings import finding_sentence, report_summary
from driftline.sentences.words import minute

__all__ = ["AlertText", "Message", "alert_message", "alert_text", "finding_sentence", "minute", "report_summary"]
