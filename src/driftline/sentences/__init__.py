"""English sentences, made from a rule and the values that it spoke on: nowhere else are reasons worded."""

from driftline.sentences.decisions import decision_sentence

__all__ = ["decision_sentence"]
