"""The plots of a version on its holdout, as numbers that an app draws itself."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry

from driftline import plots
from driftline.dossier import StoredPlots


@strawberry.type(
    description="A ROC curve of at most 200 points, from (0, 0) to (1, 1); empty where a class is missing."
)
class RocCurve:
    """A ROC curve."""

    false_positive_rate: list[float] = strawberry.field(description="Share of the negatives at or above a threshold.")
    true_positive_rate: list[float] = strawberry.field(description="Share of the positives at or above it.")
    thresholds: list[float | None] = strawberry.field(description="The scores; the first is null, above all of them.")
    positive_count: int = strawberry.field(description="Rows of the positive class.")
    negative_count: int = strawberry.field(description="Rows of the other class.")


@strawberry.type(description="Precision against recall in at most 200 points; empty where a class is missing.")
class PrecisionRecallCurve:
    """A precision-recall curve."""

    recall: list[float] = strawberry.field(description="Share of the positives at or above a threshold, rising.")
    precision: list[float] = strawberry.field(description="Share of the rows at or above it that are positive.")
    thresholds: list[float | None] = strawberry.field(description="The scores, falling.")
    positive_count: int = strawberry.field(description="Rows of the positive class.")
    negative_count: int = strawberry.field(description="Rows of the other class.")


@strawberry.type(description="Predicted probability against what happened, in bins of equal counts.")
class CalibrationCurve:
    """A calibration curve."""

    predicted: list[float] = strawberry.field(description="Mean probability of each bin.")
    observed: list[float] = strawberry.field(description="Share of positives in it.")
    observed_low: list[float] = strawberry.field(description="The lower end of its 95 % interval.")
    observed_high: list[float] = strawberry.field(description="The upper end of its 95 % interval.")
    counts: list[int] = strawberry.field(description="Rows in it.")
    expected_error: float | None = strawberry.field(description="Mean distance of the two over the rows.")


@strawberry.type(description="How often each class was predicted for each class.")
class ConfusionMatrix:
    """A confusion matrix."""

    classes: list[str] = strawberry.field(description="The classes in their order.")
    counts: list[list[int]] = strawberry.field(
        name="matrix", description="A row for each true class, with a number for each predicted."
    )


@strawberry.type(description="Predicted against actual numbers in bins of equal counts, and the errors in bars.")
class Residuals:
    """Predicted numbers beside the true ones."""

    predicted: list[float] = strawberry.field(description="Mean prediction of each bin, rising.")
    actual: list[float] = strawberry.field(description="Mean truth in it.")
    actual_low: list[float] = strawberry.field(description="10 % of its truths lie below.")
    actual_high: list[float] = strawberry.field(description="10 % of its truths lie above.")
    counts: list[int] = strawberry.field(description="Rows in it.")
    edges: list[float] = strawberry.field(description="Of the bars of the errors, one more than bars.")
    bars: list[int] = strawberry.field(description="Rows in each bar.")


Plot = Annotated[
    RocCurve | PrecisionRecallCurve | CalibrationCurve | ConfusionMatrix | Residuals,
    strawberry.union("Plot", description="One plot of a version on its holdout."),
]
Shown = RocCurve | PrecisionRecallCurve | CalibrationCurve | ConfusionMatrix | Residuals


def shown_plots(stored: StoredPlots | None) -> Sequence[Shown]:
    """Return the stored plots as their types of the schema."""
    return [] if stored is None else [_shown(plot, stored.classes) for plot in stored.plots.values()]


def _shown(plot: plots.Plot, classes: Sequence[str]) -> Shown:
    values: dict[str, Any] = {name: _lists(value) for name, value in vars(plot).items()}
    match plot:
        case plots.RocCurve():
            return RocCurve(**values)
        case plots.PrecisionRecallCurve():
            return PrecisionRecallCurve(**values)
        case plots.Calibration():
            return CalibrationCurve(**values)
        case plots.ConfusionMatrix():
            return ConfusionMatrix(classes=list(classes), **values)
        case plots.Residuals():
            return Residuals(**values)


def _lists(value: object) -> object:
    return [_lists(item) for item in value] if isinstance(value, tuple) else value
