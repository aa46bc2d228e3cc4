"""What a version lost on its holdout, on a proper loss: where the level of its pipeline begins."""

from collections.abc import Mapping

from driftline.health import HoldoutLoss, MeanLoss
from driftline.metrics import Measurement, mean_interval

_LOSS, _EXCESS = "proper_loss", "excess_loss"  # beside the metrics that the pipeline names


def loss_measurements(holdout: HoldoutLoss) -> tuple[Measurement, ...]:
    """Return what was lost as measurements, to be stored with the others of the holdout."""
    excess = () if holdout.excess is None else (_measured(_EXCESS, holdout.excess),)
    return (_measured(_LOSS, holdout.loss), *excess)


def holdout_loss_of(scores: Mapping[str, Measurement]) -> HoldoutLoss | None:
    """Return what was lost from the measurements of a holdout; None for a version of driftline 0.2 and before."""
    loss, excess = (_mean(scores.get(name)) for name in (_LOSS, _EXCESS))
    return None if loss is None else HoldoutLoss(loss=loss, excess=excess)


def _measured(name: str, mean: MeanLoss) -> Measurement:
    interval = mean_interval(mean.value, mean.standard_error, mean.row_count) if mean.row_count > 1 else None
    return Measurement(
        metric=name,
        value=mean.value,
        ci_low=interval.low if interval else None,
        ci_high=interval.high if interval else None,
        standard_error=mean.standard_error,
        row_count=mean.row_count,
    )


def _mean(measured: Measurement | None) -> MeanLoss | None:
    if measured is None or measured.value is None or measured.standard_error is None:
        return None
    return MeanLoss(value=measured.value, standard_error=measured.standard_error, row_count=measured.row_count)
