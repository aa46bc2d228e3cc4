"""The test of a column of categories."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from driftline.drift.column_evidence import ColumnTest, Effect, largest
from driftline.drift.column_limits import ColumnLimits
from driftline.drift.contingency import Counts, chi_square
from driftline.drift.effects import total_variation_distance
from driftline.drift.moved_category import MovedCategories, moved_categories
from driftline.drift.unseen import UnseenRows, unseen_rows
from driftline.drift.verdict import FindingRule
from driftline.profiles import CategoryBins, ColumnCounts, ColumnProfile
from driftline.sentences import Value

MOST_NAMED = 5
LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True, eq=False)
class _Table:
    """Rows of each category of either side, in an order that neither side has chosen.

    Attributes:
        before: rows of the reference, shape (n_categories,).
        after: rows of the window.
        names: of the categories; None of groups of them, which have no name.
        unseen: the window's rows that the reference lacks; None where nobody knows which these are.
    """

    before: Counts
    after: Counts
    names: Sequence[str] | None
    unseen: UnseenRows | None


def compared_rows(profile: ColumnProfile, analysis: ColumnCounts) -> tuple[int, int]:
    """Return the rows of the reference and of the window that are compared."""
    counts = (profile.counts, analysis)
    if _is_complete(profile):
        return counts[0].binned_count, counts[1].binned_count
    return sum(counts[0].bin_counts[:-1]), sum(counts[1].bin_counts[:-1])


def category_test(profile: ColumnProfile, analysis: ColumnCounts, limits: ColumnLimits, method: str) -> ColumnTest:
    """Return the test of the categories of a window; both sides hold rows.

    It is of all categories together, of each alone, and of the rows of unseen ones.
    """
    table = _table(profile, analysis)
    m, n = int(table.before.sum()), int(table.after.sum())
    homogeneity = chi_square(table.before, table.after)
    change = total_variation_distance(table.before, table.after)
    changed = Effect(
        name="total variation distance", size=change, smallest=limits.min_tvd, rule=FindingRule.CATEGORIES_CHANGED
    )
    moved = moved_categories(table.before, table.after)
    level = limits.alpha / (2 if table.unseen is None else 3)
    tests = [(homogeneity.p_value, changed), _moved(table, moved, limits, level)]
    if table.unseen is not None:
        rise = Effect(
            name="rise of the share of unseen categories",
            size=max(0.0, table.unseen.count - table.unseen.expected) / n,
            smallest=limits.min_unseen,
            rule=FindingRule.UNSEEN_CATEGORIES,
        )
        tests.insert(0, (table.unseen.p_value, rise))
    return ColumnTest(
        name=profile.name,
        method=method,
        rows=(m, n),
        statistic=homogeneity.statistic,
        effect=_effect(tests, limits),
        p_value=min(1.0, len(tests) * min(p_value for p_value, _ in tests)),
        values={
            "check": "categories",
            "changed_share": change,
            "moved_categories": _moved_names(table, moved, level),
            "rows": n,
            "reference_rows": m,
            **_unseen_values(table.unseen, analysis),
        },
    )


def _moved(table: _Table, moved: MovedCategories, limits: ColumnLimits, level: float) -> tuple[float, Effect]:
    """Return the test of single categories: of those that are sure, the one whose change is largest for what counts.

    Three points count, say, and from one point on a rise to twice the share, too: a category that the reference lacks
    is only the rarest of the rare ones.
    """
    rise = np.clip(table.before / table.before.sum(), limits.min_unseen, limits.min_tvd)
    smallest = np.where(moved.changes > 0.0, rise, limits.min_tvd)
    # Unseen categories have a test of their own, which also knows how many of them chance brings.
    p_values = moved.p_values if table.unseen is None else np.where(table.before > 0, moved.p_values, 1.0)
    relevance = np.where(p_values <= level, np.abs(moved.changes) / smallest, -p_values)
    place = int(relevance.argmax())
    effect = Effect(
        name="change of the share of a category",
        size=float(abs(moved.changes[place])),
        smallest=float(smallest[place]),
        rule=FindingRule.CATEGORIES_CHANGED,
    )
    return float(p_values[place]), effect


def _moved_names(table: _Table, moved: MovedCategories, level: float) -> str | None:
    """Return the categories that surely hold another share, the surest first; where none does, the nearest to it."""
    if table.names is None:
        return None
    before, after = table.before / table.before.sum(), table.after / table.after.sum()
    surest = np.lexsort((-np.abs(moved.changes), moved.p_values))[:MOST_NAMED]
    named = [f"{_readable(table.names[place])} ({before[place]:.2%} to {after[place]:.2%})" for place in surest]
    return _listing(named, max(1, int((moved.p_values <= level).sum())))


def _effect(tests: Sequence[tuple[float, Effect]], limits: ColumnLimits) -> Effect:
    """Return the effect of the most significant test of those that count, else the largest one.

    Where categories are many, many rows change category by chance: an effect counts with its own test alone.
    """
    significant = [test for test in tests if len(tests) * test[0] <= limits.alpha] or tests
    counting = [test for test in significant if test[1].is_large]
    if counting:
        return min(counting, key=lambda test: test[0])[1]
    return largest([effect for _, effect in significant])


def _table(profile: ColumnProfile, analysis: ColumnCounts) -> _Table:
    """Return the table of both sides.

    Where the reference does not list all of its categories, as one of version 0.2 or before may, the others are left
    out: which ones are listed the reference has chosen.
    """
    before = np.array(profile.counts.bin_counts, dtype=np.int64)
    after = np.array(analysis.bin_counts, dtype=np.int64)
    if not isinstance(profile.bins, CategoryBins):  # in groups, which neither side has chosen
        return _Table(before=before, after=after, names=None, unseen=None)
    names = np.array([*map(str, profile.bins.categories), *(name for name, _ in analysis.unlisted)], dtype=object)
    is_complete = _is_complete(profile)
    others = np.array([count for _, count in analysis.unlisted], dtype=np.int64)
    before, after = before[:-1], after[:-1]
    if is_complete:
        before, after = np.append(before, np.zeros_like(others)), np.append(after, others)
    # By the rows of both sides together; the names decide between equals.
    order = sorted(range(len(before)), key=lambda place: (-int(before[place] + after[place]), names[place]))
    return _Table(
        before=before[order],
        after=after[order],
        names=names[order].tolist(),
        unseen=unseen_rows(before, after) if is_complete else None,
    )


def _is_complete(profile: ColumnProfile) -> bool:
    """Return whether it is known in which category each row of the reference is."""
    return not isinstance(profile.bins, CategoryBins) or profile.counts.bin_counts[-1] == 0


def _unseen_values(unseen: UnseenRows | None, analysis: ColumnCounts) -> dict[str, Value]:
    if unseen is None:
        return {"unseen_count": None, "unseen_expected": None, "unseen_categories": None}
    named = [f"{_readable(name)} ({count})" for name, count in analysis.unlisted[:MOST_NAMED]]
    return {
        "unseen_count": unseen.count,
        "unseen_expected": unseen.expected,
        "unseen_categories": _listing(named, len(analysis.unlisted)),
    }


def _listing(named: Sequence[str], count: int) -> str:
    """Return the first of `named`, and how many of `count` in all are not among them."""
    shown = named[: min(count, MOST_NAMED)]
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _readable(name: str) -> str:
    """Return a category as a sentence can show it, and any database store it."""
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…"
