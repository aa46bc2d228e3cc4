"""A table as a partitioning of one partition, so that nobody asks whether there are partitions at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Never

from driftline.declaration.errors import NotAStreamError, UnknownPartitionError
from driftline.declaration.partitions import Partitions
from driftline.declaration.reserved_names import HOLDOUT_ROW

TABLE_KEY = ""


@dataclass(frozen=True)
class WholeTable:
    """All rows at any time, as one partition, whose key is empty.

    It answers what `Partitions` answers, but for what only times have: `stream` refuses by the name of the pipeline.
    """

    is_stream: ClassVar[bool] = False
    is_ongoing: ClassVar[bool] = False

    def stream(self, pipeline: str) -> Never:
        """Refuse.

        Raises:
            NotAStreamError: always.
        """
        raise NotAStreamError(pipeline)

    def clip(self, time: datetime) -> datetime:
        """Return `time`: a table does not end."""
        return time

    def after(self, time: datetime) -> datetime:
        """Return `time`: a table is not cut."""
        return time

    def window(self, key: str) -> None:
        """Return None: a table has no times.

        Raises:
            UnknownPartitionError: the key is another than the table's.
        """
        if key != TABLE_KEY:
            raise UnknownPartitionError(key, self, repr(TABLE_KEY))

    def over_by(self, now: datetime, *, since: datetime | None = None) -> Sequence[str]:
        """Return the one key: a table is always there as a whole."""
        return [TABLE_KEY]

    def covering(self, keys: Sequence[str]) -> None:
        """Return None: a table has no times."""

    def trailing_window(self, key: str, length: timedelta) -> None:
        """Return None: a table has no times."""

    def trailing_keys(self, key: str, length: timedelta, *, back: int = 0) -> Sequence[str]:
        """Return the one key; nothing lies before it."""
        return [] if back else [key]

    def contiguous(self, keys: Iterable[str]) -> list[list[str]]:
        """Return the one key as one run, where it is asked for."""
        return [[key] for key in dict.fromkeys(keys)]

    def champion_time(self, key: str, as_of: datetime) -> datetime:
        """Return the time whose champion serves the table: `as_of`."""
        return as_of

    def training_time(self, as_of: datetime, *, first: bool) -> datetime:
        """Return the time up to which a training may look: `as_of`."""
        return as_of

    def training_window(self, until: datetime, length: str | None) -> None:
        """Return None: a training reads all rows."""

    def row_key(self, time_column: str, entity: tuple[str, ...]) -> tuple[str, ...]:
        """Return the column that a prediction and its label are joined by: the place of the row in its holdout."""
        return (HOLDOUT_ROW,)

    def time_columns(self, time_column: str) -> tuple[str, ...]:
        """Return no column: a table has no event time."""
        return ()

    def title(self, key: str) -> str:
        """Return what people are shown for the partition."""
        return "the table"


Partitioning = Partitions | WholeTable
