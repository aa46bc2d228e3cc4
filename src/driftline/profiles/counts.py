"""How many rows of a window lie in each bin of the reference."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np

from driftline.profiles.errors import bins_mismatch, unreadable_profile

Unlisted = tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True)
class ColumnCounts:
    """Counts of one column; those of two partitions add up to those of both together, sums up to rounding.

    Attributes:
        name: the column.
        bins_digest: names the bins that were counted in.
        row_count: all rows, present or not.
        missing_count: rows without a value.
        minus_infinity_count: rows of -inf; they are also in the first bin of a numeric column.
        plus_infinity_count: rows of +inf; they are also in the last bin of a numeric column.
        bin_counts: rows in each bin; infinities of a discrete column are in none.
        bin_sums: sum of the finite values in each bin, in the column's unit; None for values that are counted by
            value, and in a profile of version 0.2 or before.
        unlisted: what the last bin of listed values holds, most frequent first; empty in a profile of version 0.2 or
            before, where they are not known. Numbers are written with nine digits.
    """

    name: str
    bins_digest: str
    row_count: int
    missing_count: int
    minus_infinity_count: int
    plus_infinity_count: int
    bin_counts: tuple[int, ...]
    bin_sums: "array[float] | None" = None
    unlisted: Unlisted = ()

    @property
    def present_count(self) -> int:
        """Return the rows with a value, infinities included."""
        return self.row_count - self.missing_count

    @property
    def non_finite_count(self) -> int:
        """Return the rows of either infinity."""
        return self.minus_infinity_count + self.plus_infinity_count

    @property
    def binned_count(self) -> int:
        """Return the rows that lie in some bin."""
        return sum(self.bin_counts)

    def __add__(self, other: Self) -> "ColumnCounts":
        """Return the counts of both parts together.

        Raises:
            InvalidProfileError: the parts were counted in different bins.
        """
        return total_counts([self, other])

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers, text and lists; `from_json` gives back an equal value."""
        return {
            **asdict(self),
            "bin_counts": list(self.bin_counts),
            "bin_sums": None if self.bin_sums is None else list(self.bin_sums),
            "unlisted": [list(pair) for pair in self.unlisted],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the counts that `to_json` stored, of this version or one before.

        Raises:
            InvalidProfileError: a field is missing.
        """
        known = {field.name: stored[field.name] for field in fields(cls) if field.name in stored}
        sums = known.get("bin_sums")
        try:
            return cls(
                **{
                    **known,
                    "bin_counts": tuple(stored["bin_counts"]),
                    "bin_sums": None if sums is None else array("d", sums),
                    "unlisted": tuple((value, count) for value, count in known.get("unlisted", ())),
                }
            )
        except (KeyError, TypeError, ValueError) as error:
            raise unreadable_profile(f"column counts with {error}") from None


def total_counts(parts: Sequence[ColumnCounts]) -> ColumnCounts:
    """Return the counts of all parts together, at least one.

    Raises:
        InvalidProfileError: two parts were counted in different bins.
    """
    first = parts[0]
    for part in parts:
        if (part.name, part.bins_digest) != (first.name, first.bins_digest):
            raise bins_mismatch(first.name, part.name)
    sums = [np.frombuffer(part.bin_sums) for part in parts if part.bin_sums is not None]
    return ColumnCounts(
        name=first.name,
        bins_digest=first.bins_digest,
        row_count=sum(part.row_count for part in parts),
        missing_count=sum(part.missing_count for part in parts),
        minus_infinity_count=sum(part.minus_infinity_count for part in parts),
        plus_infinity_count=sum(part.plus_infinity_count for part in parts),
        bin_counts=tuple(map(sum, zip(*(part.bin_counts for part in parts), strict=True))),
        bin_sums=array("d", np.sum(sums, axis=0).tobytes()) if len(sums) == len(parts) else None,
        unlisted=by_count(_added([part.unlisted for part in parts])),
    )


def by_count(counted: Mapping[str, int]) -> Unlisted:
    """Return values with their counts, most frequent first."""
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _added(parts: Sequence[Unlisted]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in filter(None, parts):
        total.update(dict(part))
    return total
