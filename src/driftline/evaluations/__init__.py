"""Production measured as ground truth arrives: partitions, windows, and what labels have overtaken."""

from driftline.evaluations.evaluate import Evaluated, evaluate, evaluations_of, production_metric, unevaluated
from driftline.evaluations.label_counts import LabelCount, count_labels
from driftline.evaluations.labelled import Labelled, LabelledReader
from driftline.evaluations.renewal import outdated
from driftline.evaluations.windows import LabelledWindow, Measured, measure_window, read_window

__all__ = [
    "Evaluated",
    "LabelCount",
    "Labelled",
    "LabelledReader",
    "LabelledWindow",
    "Measured",
    "count_labels",
    "evaluate",
    "evaluations_of",
    "measure_window",
    "outdated",
    "production_metric",
    "read_window",
    "unevaluated",
]
