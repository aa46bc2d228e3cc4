"""Retraining: the decision to retrain, the training of a challenger, and its judgement."""

from driftline.retraining.adjudication import AdjudicationResult, adjudicate
from driftline.retraining.decide import RetrainState, decide, evidence_of
from driftline.retraining.decide_reports import ReportDecision, decide_reports
from driftline.retraining.fitting import Fitted, compare_on_holdout, fit, fit_model
from driftline.retraining.history import RetrainingEvent, history
from driftline.retraining.progress import try_again, waiting_retrainings
from driftline.retraining.reading import DatasetReadResult, read_dataset
from driftline.retraining.training import TrainingResult, train

__all__ = [
    "AdjudicationResult",
    "DatasetReadResult",
    "Fitted",
    "ReportDecision",
    "RetrainState",
    "RetrainingEvent",
    "TrainingResult",
    "adjudicate",
    "compare_on_holdout",
    "decide",
    "decide_reports",
    "evidence_of",
    "fit",
    "fit_model",
    "history",
    "read_dataset",
    "train",
    "try_again",
    "waiting_retrainings",
]
