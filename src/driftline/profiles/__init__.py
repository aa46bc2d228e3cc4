"""Profiles: the values of a column counted in bins, so that counts of partitions add up to those of a window."""

from driftline.profiles.bins import LISTED_CATEGORIES, QUANTILE_BINS, TAIL_QUANTILES, NumericBins
from driftline.profiles.counts import ColumnCounts, column_is_numeric, count_texts, total_counts
from driftline.profiles.profile import ColumnProfile, ReferenceProfile, count_columns, profile_columns

__all__ = [
    "LISTED_CATEGORIES",
    "QUANTILE_BINS",
    "TAIL_QUANTILES",
    "ColumnCounts",
    "ColumnProfile",
    "NumericBins",
    "ReferenceProfile",
    "column_is_numeric",
    "count_columns",
    "count_texts",
    "profile_columns",
    "total_counts",
]
