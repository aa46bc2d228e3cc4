"""Profiles of a reference and counts on its bins, which add up over partitions."""

from driftline.profiles.bins import LISTED_CATEGORIES, QUANTILE_BINS, TAIL_QUANTILES, FloatArray, NumericBins
from driftline.profiles.counts import ColumnCounts, column_is_numeric, count_texts, total_counts
from driftline.profiles.profile import ColumnProfile, ReferenceProfile, count_column, profile_columns

__all__ = [
    "LISTED_CATEGORIES",
    "QUANTILE_BINS",
    "TAIL_QUANTILES",
    "ColumnCounts",
    "ColumnProfile",
    "FloatArray",
    "NumericBins",
    "ReferenceProfile",
    "column_is_numeric",
    "count_column",
    "count_texts",
    "profile_columns",
    "total_counts",
]
