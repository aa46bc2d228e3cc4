"""What is kept with a version when it is trained: profiles, rows, plots, holdout scores."""

from driftline.dossier.holdout_loss import holdout_loss_of, loss_measurements
from driftline.dossier.holdout_scores import holdout_scores, metric_row, slice_rows, store_holdout, stored_measurement
from driftline.dossier.plots import StoredPlots, load_plots, store_plots
from driftline.dossier.profiles import (
    column_values,
    load_prediction_profile,
    load_profile,
    store_prediction_profile,
    store_profile,
)
from driftline.dossier.reference_rows import (
    drawn_rows,
    joint_values,
    load_reference_rows,
    separate,
    store_reference_rows,
)

__all__ = [
    "StoredPlots",
    "column_values",
    "drawn_rows",
    "holdout_loss_of",
    "holdout_scores",
    "joint_values",
    "load_plots",
    "load_prediction_profile",
    "load_profile",
    "load_reference_rows",
    "loss_measurements",
    "metric_row",
    "separate",
    "slice_rows",
    "store_holdout",
    "store_plots",
    "store_prediction_profile",
    "store_profile",
    "store_reference_rows",
    "stored_measurement",
]
