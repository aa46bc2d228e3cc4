"""Retraining: the decision to retrain, the training of a challenger, and its judgement."""

from driftline.retraining.adjudication import AdjudicationResult, adjudicate
from driftline.retraining.candidates import Recallable, candidates, rows_from
from driftline.retraining.choice import Candidate, choose
from driftline.retraining.dataset_checks import check_dataset, kept_columns
from driftline.retraining.decide import decide
from driftline.retraining.decide_reports import ReportDecision, decide_reports
from driftline.retraining.evidence import RetrainState, evidence_of
from driftline.retraining.fitting import Fitted, compare_on_holdout, fit_model, holdout_loss, measured_on, split_rows
from driftline.retraining.history import Event, RetrainingEvent, history
from driftline.retraining.looks import Look, look_of
from driftline.retraining.progress import try_again, waiting_retrainings
from driftline.retraining.reading import DatasetReadResult, newest_reading, read_dataset
from driftline.retraining.training import TrainingResult, train

__all__ = [
    "AdjudicationResult",
    "Candidate",
    "DatasetReadResult",
    "Event",
    "Fitted",
    "Look",
    "Recallable",
    "ReportDecision",
    "RetrainState",
    "RetrainingEvent",
    "TrainingResult",
    "adjudicate",
    "candidates",
    "check_dataset",
    "choose",
    "compare_on_holdout",
    "decide",
    "decide_reports",
    "evidence_of",
    "fit_model",
    "history",
    "holdout_loss",
    "kept_columns",
    "look_of",
    "measured_on",
    "newest_reading",
    "read_dataset",
    "rows_from",
    "split_rows",
    "train",
    "try_again",
    "waiting_retrainings",
]
