"""Profiles: the values of a column counted in bins, so that counts of partitions add up to those of a window."""

from driftline.profiles.bins import QUANTILE_BINS, TAIL_QUANTILES, CategoryBins, NumericBins
from driftline.profiles.closeness import starts_of_distinct
from driftline.profiles.counts import ColumnCounts, total_counts
from driftline.profiles.profile import ColumnProfile, ReferenceProfile, count_columns, profile_columns
from driftline.profiles.values import column_is_numeric, count_texts

__all__ = [
    "QUANTILE_BINS",
    "TAIL_QUANTILES",
    "CategoryBins",
    "ColumnCounts",
    "ColumnProfile",
    "NumericBins",
    "ReferenceProfile",
    "column_is_numeric",
    "count_columns",
    "count_texts",
    "profile_columns",
    "starts_of_distinct",
    "total_counts",
]
