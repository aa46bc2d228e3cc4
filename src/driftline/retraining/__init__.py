"""Retraining: the decision to retrain, the training of a challenger, and its judgement."""

from driftline.retraining.adjudication import Adjudicated, adjudicate
from driftline.retraining.decide import State, decide, evidence_of
from driftline.retraining.decide_reports import Decided, decide_reports, try_again, waiting_retrainings
from driftline.retraining.fitting import Fitted, fit, fit_model, meet
from driftline.retraining.history import Event, history
from driftline.retraining.reading import Read, read_dataset
from driftline.retraining.training import Trained, train

__all__ = [
    "Adjudicated",
    "Decided",
    "Event",
    "Fitted",
    "Read",
    "State",
    "Trained",
    "adjudicate",
    "decide",
    "decide_reports",
    "evidence_of",
    "fit",
    "fit_model",
    "history",
    "meet",
    "read_dataset",
    "train",
    "try_again",
    "waiting_retrainings",
]
