"""Plots as numbers: ROC, precision and recall, calibration, confusion, residuals."""

from driftline.plots.calibration_error import CALIBRATION_ERROR, calibration_error
from driftline.plots.catalogue import Plot, class_shares, plot, plots_from_json, plots_of, plots_to_json
from driftline.plots.curves import Calibration, ConfusionMatrix, PrecisionRecallCurve, RocCurve
from driftline.plots.residuals import Residuals

__all__ = [
    "CALIBRATION_ERROR",
    "Calibration",
    "ConfusionMatrix",
    "Plot",
    "PrecisionRecallCurve",
    "Residuals",
    "RocCurve",
    "calibration_error",
    "class_shares",
    "plot",
    "plots_from_json",
    "plots_of",
    "plots_to_json",
]
