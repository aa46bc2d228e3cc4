"""Whether the columns of a window moved together, in ways that none of them shows alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf, isfinite
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from driftline.clock import parse_duration
from driftline.drift.errors import unprofiled_column
from driftline.drift.finding import Finding
from driftline.drift.rule import Need, ServiceView, check_columns, invalid_rule
from driftline.drift.separation import Columns, Separator
from driftline.drift.verdict import FindingRule, Verdict
from driftline.errors import listing
from driftline.metrics import FloatArray, auroc_covariance
from driftline.profiles import column_is_numeric, count_texts, starts_of_distinct
from driftline.profiles.errors import SchemaDriftError
from driftline.sentences import Value

MOST_ROWS = 5000  # of each side: more finds smaller changes than anyone would act on
FOLDS = 5
NAMED_COLUMNS = 5
MOST_CATEGORIES = 200  # text of more values looks like ids, and so do whole numbers of which none comes twice


@dataclass(frozen=True, kw_only=True)
class MultivariateDrift:
    """When the columns of a window moved together, also where none of them moved alone.

    A classifier tries to tell the window's rows from those that the champion was trained on. It takes about a second
    for each report and a thousand rows on each side. It is a rule of its own beside `DataDrift`, with its own window
    and its own chance of a false alarm: 3 standard errors and the smallest AUROC, which none of 120 simulated windows
    without drift reached.

    Attributes:
        columns: names of the columns to look at; None looks at all but the entity and those that look like ids.
        window: length of a window, like "7d" or "48h".
        min_rows: rows that are needed on each side, 100 or more.
        min_auroc: smallest area under the ROC curve that counts, in (0.5, 1).
        smallest_z: standard errors above chance that it must also have.

    Raises:
        InvalidDriftRuleError: a value breaks its rule.
        InvalidTimeError: `window` is not a length.
    """

    columns: tuple[str, ...] | None = None
    window: str = "7d"
    min_rows: int = 1000
    min_auroc: float = 0.55
    smallest_z: float = 3.0

    needs: ClassVar[frozenset[Need]] = frozenset({Need.ROWS})
    tenure_span: ClassVar[timedelta] = timedelta(0)

    def __post_init__(self) -> None:
        parse_duration(self.window)
        check_columns(self, self.columns)
        if self.min_rows < 100:
            raise invalid_rule(self, f"min_rows is {self.min_rows}", "Give 100 or more")
        if not 0.5 < self.min_auroc < 1.0:
            raise invalid_rule(self, f"min_auroc is {self.min_auroc}", "Give an AUROC between 0.5 and 1, like 0.55")
        if not self.smallest_z > 0.0:
            raise invalid_rule(self, f"smallest_z is {self.smallest_z}", "Give more than 0.0, like 3.0")

    @property
    def length(self) -> timedelta:
        """Return the length of a window."""
        return parse_duration(self.window)

    @property
    def reach(self) -> timedelta:
        """Return how far back one report reaches: its one window."""
        return self.length

    def findings(self, view: ServiceView) -> Iterator[Finding]:
        """Give whether a classifier tells the newest window from the training rows."""
        window = view.columns(view.window(self.length))
        yield multivariate_finding(view.reference_rows(), window, self, view.separate)


def multivariate_finding(
    reference: Columns | None, window: Columns, rule: MultivariateDrift, separate: Separator
) -> Finding:
    """Return whether a classifier can tell the window's rows from the reference's.

    Equal numbers of rows of each side, at most 5,000, are drawn by a fixed seed; the classifier is trained on four
    fifths of them and scores the last, in turn. Drift is a mean area under the ROC curve of at least `min_auroc` that
    also lies `smallest_z` standard errors above chance. The rows may come in any order.

    Args:
        reference: rows of the champion's training by column, each of shape (n_rows,); None where none were kept.
            Numbers are floats with NaN, or objects with None as text is. Columns that look like ids are left out: text
            of more than 200 values, and whole numbers of which none comes twice.
        window: the same columns of the window.
        rule: what was declared.
        separate: trains the classifier; it must not depend on chance.

    Raises:
        InvalidDriftRuleError: the rule names a column that the reference does not hold.
        SchemaDriftError: a column is gone, or holds another kind of values.

    Source: Lopez-Paz & Oquab 2017, Revisiting Classifier Two-Sample Tests. Ours: the smallest AUROC, and the standard
    error by DeLong from the folds, which are not independent: 3 standard errors stand for fewer.
    """
    if reference is None:
        return _finding(rule, (0, 0), Verdict.UNDEFINED, FindingRule.NO_REFERENCE, {"need": Need.ROWS})
    reference, window = _plain(reference), _plain(window)
    names = _separable(reference, window, rule)
    sizes = _row_count(reference), _row_count(window)
    if min(sizes) < rule.min_rows:
        few: dict[str, Value] = {"rows": sizes[1], "reference_rows": sizes[0], "min_rows": rule.min_rows}
        return _finding(rule, sizes, Verdict.TOO_FEW_ROWS, FindingRule.TOO_FEW_ROWS, few)
    if not names:
        return _finding(rule, sizes, Verdict.UNDEFINED, FindingRule.NO_COLUMNS, {})
    size = min(*sizes, MOST_ROWS)
    encoded = [_encoded(reference[name], window[name]) for name in names]
    before, after = (_drawn(np.column_stack(side), size) for side in zip(*encoded, strict=True))
    return _judged(rule, size, names, _folds(before, after, separate))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Separability:
    auroc: float
    standard_error: float
    importance: FloatArray


def _folds(before: FloatArray, after: FloatArray, separate: Separator) -> _Separability:
    """Return how well the two sides are told apart out of fold; both of the same shape."""
    rows = np.concatenate([before, after])
    in_window = np.repeat([False, True], len(before))
    fold = np.tile(np.arange(len(before)) % FOLDS, 2)
    areas, variances, importance = [], [], np.zeros(rows.shape[1])
    for number in range(FOLDS):
        in_fold = fold == number
        separation = separate(rows[~in_fold], in_window[~in_fold], rows[in_fold])
        ranking = auroc_covariance(in_window[in_fold].astype(np.float64), separation.scores[np.newaxis])
        areas.append(float(ranking.aurocs[0]))
        variances.append(float(ranking.covariance[0, 0]))
        importance += separation.importance / FOLDS
    return _Separability(
        auroc=float(np.mean(areas)), standard_error=float(np.sqrt(sum(variances))) / FOLDS, importance=importance
    )


def _judged(rule: MultivariateDrift, size: int, names: Sequence[str], separability: _Separability) -> Finding:
    above = separability.auroc - 0.5
    z = above / separability.standard_error if separability.standard_error > 0.0 else (inf if above > 0.0 else 0.0)
    drifted = z >= rule.smallest_z and separability.auroc >= rule.min_auroc
    order = np.argsort(-separability.importance, kind="stable")[:NAMED_COLUMNS]
    finite_z = z if isfinite(z) else None
    values: dict[str, Value] = {
        "auroc": separability.auroc,
        "min_auroc": rule.min_auroc,
        "z": finite_z,
        "smallest_z": rule.smallest_z,
        "most_telling": listing(names[place] for place in order if separability.importance[place] > 0.0),
    }
    verdict, code = (Verdict.DRIFT, FindingRule.SEPARABLE) if drifted else (Verdict.OK, FindingRule.NOT_SEPARABLE)
    return _finding(
        rule, (size, size), verdict, code, values, statistic=finite_z, auroc=separability.auroc, p_value=float(ndtr(-z))
    )


def _plain(columns: Columns) -> Columns:
    """Return the columns with numbers as floats, however they are stored."""
    return {
        name: values.astype(np.float64) if column_is_numeric(name, values) else values
        for name, values in columns.items()
    }


def _separable(reference: Columns, window: Columns, rule: MultivariateDrift) -> list[str]:
    """Return the columns that are compared; left out are those that look like ids or that one side does not hold."""
    unknown = [name for name in rule.columns or () if name not in reference]
    if unknown:
        raise unprofiled_column(unknown[0], list(reference))
    names = [name for name in reference if rule.columns is None or name in rule.columns]
    gone = [name for name in names if name not in window]
    if gone:
        raise SchemaDriftError(gone[0], f"of the reference is gone; the window has {listing(window)}")
    return [name for name in names if _holds_values(name, reference, window) and not _is_id(name, reference[name])]


def _holds_values(name: str, reference: Columns, window: Columns) -> bool:
    """Return whether both sides hold a value; where one does not, its missing share is a finding of the columns.

    Raises:
        SchemaDriftError: they hold values of two kinds.
    """
    if not all(_present(name, side[name]).any() for side in (reference, window)):
        return False
    numeric = column_is_numeric(name, reference[name])
    if column_is_numeric(name, window[name]) != numeric:
        present, expected = ("text", "numbers") if numeric else ("numbers", "text")
        raise SchemaDriftError(name, f"holds {present} where the reference holds {expected}")
    return True


def _present(name: str, values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    if column_is_numeric(name, values):
        return np.asarray(~np.isnan(values))
    return np.array([value is not None and value == value for value in values], dtype=bool)  # noqa: PLR0124  (NaN)


def _is_id(name: str, values: npt.NDArray[Any]) -> bool:
    if not column_is_numeric(name, values):
        return len(count_texts(name, values)[0]) > MOST_CATEGORIES
    finite = values[np.isfinite(values)]
    return bool((finite == np.floor(finite)).all()) and len(np.unique(finite)) == len(finite) > MOST_CATEGORIES


def _encoded(reference: npt.NDArray[Any], window: npt.NDArray[Any]) -> tuple[FloatArray, FloatArray]:
    """Return both sides as places among the values of both together, so that neither side chooses them.

    A number is its place by size, where close ones are the same, and a category its place by count.
    """
    if column_is_numeric("", reference):
        numbers = np.unique(np.concatenate([reference, window]))
        numbers = numbers[np.isfinite(numbers)]
        firsts = numbers[starts_of_distinct(numbers)]
        return _place_by_size(firsts, reference), _place_by_size(firsts, window)
    texts = count_texts("", reference)[0] + count_texts("", window)[0]
    place = {text: float(i) for i, text in enumerate(sorted(texts, key=lambda text: (-texts[text], text)))}
    places = [
        [place[str(value)] if there else np.nan for value, there in zip(side, _present("", side), strict=True)]
        for side in (reference, window)
    ]
    return np.array(places[0]), np.array(places[1])


def _place_by_size(numbers: FloatArray, values: FloatArray) -> FloatArray:
    """Return how many of `numbers` are not above each value; infinity comes after all, and NaN is NaN."""
    places = np.searchsorted(numbers, values, side="right") + (values == np.inf)
    return np.where(np.isnan(values), np.nan, places)


def _drawn(rows: FloatArray, size: int) -> FloatArray:
    """Return `size` of the rows by a fixed seed, the same ones in whatever order they came."""
    random = np.random.default_rng(0)
    multipliers = random.integers(0, 2**63, size=rows.shape[1], dtype=np.uint64) | np.uint64(1)
    bits = np.where(np.isnan(rows), np.nan, rows + 0.0).view(np.uint64)  # one NaN, and no -0.0
    mixed = (bits ^ (bits >> np.uint64(29))) * multipliers
    key = ((mixed ^ (mixed >> np.uint64(32))) * multipliers).sum(axis=1, dtype=np.uint64)
    ordered = np.argsort(key, kind="stable")  # rows of the same key are the same row
    return rows[ordered[random.choice(len(rows), size=size, replace=False)]]


def _row_count(columns: Columns) -> int:
    return max((len(values) for values in columns.values()), default=0)


def _finding(
    rule: MultivariateDrift,
    rows: tuple[int, int],
    verdict: Verdict,
    code: FindingRule,
    values: dict[str, Value],
    *,
    statistic: float | None = None,
    auroc: float | None = None,
    p_value: float | None = None,
) -> Finding:
    return Finding(
        kind="multivariate",
        name="all columns" if rule.columns is None else listing(rule.columns),
        method="domain classifier",
        verdict=verdict,
        rule=code,
        values=values,
        statistic=statistic,
        effect_name=None if auroc is None else "AUROC of telling the window from the reference",
        effect=auroc,
        threshold=rule.min_auroc,
        p_value=p_value,
        reference_rows=rows[0],
        analysis_rows=rows[1],
    )
