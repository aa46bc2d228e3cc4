"""Prediction batches: what a version predicts for each partition, and whom a bandit lets serve which row."""

from driftline.predictions.batch_files import PROPENSITY, SERVED, read_batches, score_columns
from driftline.predictions.predict import Predicted, predict

__all__ = ["PROPENSITY", "SERVED", "Predicted", "predict", "read_batches", "score_columns"]
