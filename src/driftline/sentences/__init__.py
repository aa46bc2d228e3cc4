"""English sentences, made from a rule and the values that it spoke on: nowhere else are reasons worded."""

from driftline.sentences.decisions import decision_sentence
from driftline.sentences.words import minute

__all__ = ["decision_sentence", "minute"]
