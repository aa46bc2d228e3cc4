"""Prediction batches: what a version says about each partition, and whom a bandit lets serve which row."""

from driftline.predictions.predict import Predicted, predict, read_batches, score_columns
from driftline.predictions.traffic import PROPENSITY, SERVED, with_all_served

__all__ = ["PROPENSITY", "SERVED", "Predicted", "predict", "read_batches", "score_columns", "with_all_served"]
