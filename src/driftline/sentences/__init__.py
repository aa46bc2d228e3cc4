"""English sentences, made from a rule and the values that it spoke on: nowhere else are reasons worded."""

from driftline.sentences.findings import finding_sentence, report_summary
from driftline.sentences.words import minute

__all__ = ["finding_sentence", "minute", "report_summary"]
