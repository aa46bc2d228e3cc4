"""Retraining: the decision to retrain, the training of a challenger, and its judgement."""

from driftline.retraining.adjudication import Adjudicated, adjudicate
from driftline.retraining.decide import Evidence, RetrainDecision, State, decide, evidence_of
from driftline.retraining.fitting import Fitted, Meeting, fit, fit_model, meet
from driftline.retraining.history import Event, history
from driftline.retraining.inbox import Decided, Waiting, decide_reports, try_again, waiting_retrainings
from driftline.retraining.reading import Read, read_dataset
from driftline.retraining.training import Trained, load_rows, train

__all__ = [
    "Adjudicated",
    "Decided",
    "Event",
    "Evidence",
    "Fitted",
    "Meeting",
    "Read",
    "RetrainDecision",
    "State",
    "Trained",
    "Waiting",
    "adjudicate",
    "decide",
    "decide_reports",
    "evidence_of",
    "fit",
    "fit_model",
    "history",
    "load_rows",
    "meet",
    "read_dataset",
    "train",
    "try_again",
    "waiting_retrainings",
]
