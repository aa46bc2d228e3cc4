"""Tuning: searches for hyperparameters, which are trainers, and the blends that they find."""

from driftline.tuning.distributions import Between, OneOf
from driftline.tuning.progress import SearchProgress, search_progress
from driftline.tuning.result import SearchResult
from driftline.tuning.search import Search

__all__ = ["Between", "OneOf", "Search", "SearchProgress", "SearchResult", "search_progress"]
