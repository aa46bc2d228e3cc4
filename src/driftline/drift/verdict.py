"""The answers that a drift check can give."""

from enum import StrEnum


class Verdict(StrEnum):
    """What a check says; only `ok` means that it looked and found nothing.

    ok: evaluated, no drift. drift: evaluated, drift. degraded: below the level that the pipeline had reached, whoever
        serves. too_few_rows: not evaluated, more rows may decide it.
    undefined: not evaluated for another reason, which the finding's rule names (one class only, no reference, a new
        column).
    """

    OK = "ok"
    DRIFT = "drift"
    DEGRADED = "degraded"
    TOO_FEW_ROWS = "too_few_rows"
    UNDEFINED = "undefined"


class FindingRule(StrEnum):
    """Which rule of decision a finding's verdict follows from; programs read it instead of the sentence."""

    # Performance in windows, and of the retrain trigger.
    PERFORMANCE_FELL = "performance_fell"
    PERFORMANCE_KEPT = "performance_kept"
    BELOW_LEVEL = "below_level"
    ABOVE_LEVEL = "above_level"
    LEVEL_KEPT = "level_kept"
    NO_WINDOW = "no_window"
    TOO_FEW_LABELS = "too_few_labels"
    TOO_FEW_OF_A_CLASS = "too_few_of_a_class"
    TOO_FEW_REFERENCE_ROWS = "too_few_reference_rows"
    METRIC_UNDEFINED = "metric_undefined"
    REFERENCE_UNDEFINED = "reference_undefined"
    NO_LIVE_REFERENCE = "no_live_reference"
    # The level that the pipeline has reached.
    NO_LEVEL_REACHED = "no_level_reached"
    TOO_FEW_LABELS_FOR_THE_LEVEL = "too_few_labels_for_the_level"
    REACHED_LEVEL_KEPT = "reached_level_kept"
    REACHED_LEVEL_LOST = "reached_level_lost"
    LEVEL_NOT_REGAINED = "level_not_regained"
    LEVEL_REGAINED = "level_regained"
    LEVEL_ACCEPTED = "level_accepted"
    ROWS_ARE_HARDER = "rows_are_harder"
    NOT_BETTER_THAN_BASELINE = "not_better_than_baseline"
    # Errors one by one.
    ALARM = "alarm"
    NO_ALARM = "no_alarm"
    # Columns and predictions.
    VALUES_MOVED = "values_moved"
    CATEGORIES_CHANGED = "categories_changed"
    UNSEEN_CATEGORIES = "unseen_categories"
    MISSING_SHARE_CHANGED = "missing_share_changed"
    NON_FINITE_SHARE_CHANGED = "non_finite_share_changed"
    EFFECT_TOO_SMALL = "effect_too_small"
    NOT_SIGNIFICANT = "not_significant"
    NO_CHANGE = "no_change"
    NO_VALUES = "no_values"
    NEW_COLUMN = "new_column"
    # All columns together.
    SEPARABLE = "separable"
    NOT_SEPARABLE = "not_separable"
    NO_COLUMNS = "no_columns"
    # Of several.
    NO_REFERENCE = "no_reference"
    TOO_FEW_ROWS = "too_few_rows"
