"""Production measured as ground truth arrives: partitions, windows, and what labels have overtaken."""

from driftline.evaluations.evaluate import Evaluated, evaluate, evaluations_of, production_metric, unevaluated
from driftline.evaluations.label_counts import LabelCount, count_labels
from driftline.evaluations.labelled import LabelledReader
from driftline.evaluations.labelled_rows import LabelledFrame, LabelledRows, Scorer, labelled_frame
from driftline.evaluations.renewal import outdated
from driftline.evaluations.windows import LabelledWindow, Measured, measure_window, read_window

__all__ = [
    "Evaluated",
    "LabelCount",
    "LabelledFrame",
    "LabelledReader",
    "LabelledRows",
    "LabelledWindow",
    "Measured",
    "Scorer",
    "count_labels",
    "evaluate",
    "evaluations_of",
    "labelled_frame",
    "measure_window",
    "outdated",
    "production_metric",
    "read_window",
    "unevaluated",
]
