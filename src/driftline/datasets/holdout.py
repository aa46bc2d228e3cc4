"""Holdouts: rules that set rows apart which are never trained on."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from driftline.clock import parse_duration
from driftline.datasets.errors import MissingColumnError, empty_split, invalid_share, not_a_time_column
from driftline.datasets.storage import plain_column, plain_frame


@dataclass(frozen=True, kw_only=True)
class Split:
    """A table in two parts, each with its rows in their old order and with their old index.

    Attributes:
        train: the rows to train on.
        holdout: the rows to score on.
    """

    train: pd.DataFrame
    holdout: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class SplitColumn:
    """A column says which rows are the holdout, as public tables with an official split do.

    Attributes:
        column: the column, which is in neither part afterwards.
        holdout: the value of the holdout's rows; every other value is training.
    """

    column: str = "split"
    holdout: str = "test"

    def split(self, frame: pd.DataFrame) -> Split:
        """Return both parts of `frame`, without the column.

        Raises:
            MissingColumnError: `frame` lacks the column.
            HoldoutError: a part has no rows.
        """
        _require(frame, self.column)
        chosen = (frame[self.column] == self.holdout).to_numpy(dtype=bool, na_value=False)
        return _parts(self, frame.drop(columns=self.column), chosen)


@dataclass(frozen=True, kw_only=True)
class RandomShare:
    """A random share of the rows, chosen by their content and the seed alone.

    A row is in the holdout or not whatever rows stand beside it, so that a table that grows never moves a row that a
    champion was trained on into the holdout; equal rows are on one side, whatever storage holds them. Not for rows
    whose labels depend on their neighbours in time: see `Newest`.

    Attributes:
        share: the chance of a row to be in the holdout, between 0 and 1.
        seed: another seed chooses other rows.

    Raises:
        HoldoutError: `share` is not between 0 and 1.
    """

    share: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise invalid_share(f"the share {self.share}")

    def split(self, frame: pd.DataFrame) -> Split:
        """Return both parts of `frame`.

        Raises:
            HoldoutError: a part has no rows.
        """
        hashes = pd.util.hash_pandas_object(
            plain_frame(frame), index=False, hash_key=f"{self.seed:016d}", categorize=False
        )
        # The hash of a row is a sum of products, whose high bits are uneven: mixed once more (Steele et al. 2014).
        mixed = hashes.to_numpy() * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return _parts(self, frame, (mixed >> np.uint64(11)) < self.share * 2**53)


@dataclass(frozen=True, kw_only=True)
class Newest:
    """The newest block of rows by event time; every training row is older than every row of it.

    Attributes:
        duration: the length of the block, such as `7d`: rows later than the newest time less this.
        time_column: the column of event times; None: the pipeline's, which is `time` where it names none.

    Raises:
        InvalidTimeError: `duration` names none.
    """

    duration: str = "7d"
    time_column: str | None = None

    def __post_init__(self) -> None:
        parse_duration(self.duration)

    @property
    def length(self) -> timedelta:
        """Return the length of the block."""
        return parse_duration(self.duration)

    def split(self, frame: pd.DataFrame, *, length: timedelta | None = None) -> Split:
        """Return both parts of `frame`; the block has another length than the declared one where it is given.

        Raises:
            MissingColumnError: `frame` lacks the time column.
            InvalidColumnError: the column holds no times with a zone, or some are missing.
            HoldoutError: a part has no rows.
        """
        column = self.time_column or "time"
        _require(frame, column)
        times = plain_column(frame[column])
        if not isinstance(times.dtype, pd.DatetimeTZDtype):
            raise not_a_time_column(column, f"holds {times.dtype}, not times with a zone")
        if times.isna().any():
            raise not_a_time_column(column, f"lacks the time of {int(times.isna().sum())} rows")
        chosen = (times > times.max() - (length or self.length)).to_numpy(dtype=bool)
        return _parts(self, frame, chosen)


Holdout = SplitColumn | RandomShare | Newest


def _require(frame: pd.DataFrame, column: str) -> None:
    if column not in frame.columns:
        raise MissingColumnError([column], frame.columns)


def _parts(rule: Holdout, frame: pd.DataFrame, chosen: np.ndarray) -> Split:
    for side, count in (("training", int((~chosen).sum())), ("holdout", int(chosen.sum()))):
        if count == 0:
            raise empty_split(rule, side, len(frame))
    return Split(train=frame[~chosen], holdout=frame[chosen])
