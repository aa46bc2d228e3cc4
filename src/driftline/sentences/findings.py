"""The sentence of each finding of a drift report, and of the report as a whole."""

from collections.abc import Callable, Mapping, Sequence

from driftline.sentences.words import score

Value = float | int | str | None
Values = Mapping[str, Value]

_MISSING_REFERENCES = {
    "prediction_profile": "the predictions of this version on its holdout were not stored",
    "rows": "no training rows of this version were stored",
}


def finding_sentence(rule: str, values: Values) -> str:
    """Return what a finding says, from the code of its rule and its values.

    >>> finding_sentence("new_column", {"column": "age"})
    'age: a new column that the reference does not hold; it was not tested.'

    Raises:
        KeyError: no sentence is written for the rule.
    """
    return _SENTENCES[rule](values)


def report_summary(verdict: str, *, count: int, total: int, columns: Sequence[str], notes: Sequence[str]) -> str:
    """Return one line about a drift report: what drifted, or why nothing could be concluded.

    Args:
        verdict: of the report: ok, drift, too_few_rows or undefined.
        count: the findings that have this verdict.
        total: all findings.
        columns: the columns among the former.
        notes: the sentences of the others among them.

    >>> report_summary("ok", count=3, total=4, columns=["age"], notes=[])
    'No drift in 3 of 4 checks that could be made.'
    """
    if verdict == "ok":
        return f"No drift in {count} of {total} checks that could be made."
    listed = [f"Columns: {', '.join(dict.fromkeys(columns))}."] if columns else []
    return " ".join([*notes, *listed]) or "Nothing to compare with."


def _performance(values: Values) -> str:
    drop = _number(values, "drop")
    change = f"{abs(drop):.4f} {'worse' if drop > 0 else 'better'}" if drop else "unchanged"
    text = (
        f"{_measured(values)} against {_number(values, 'reference_value'):.4f}{_interval(values, 'reference')} on "
        f"{values['reference_rows']} reference rows: {change} (at least {_number(values, 'min_drop'):.4g} counts)"
    )
    return _in_context(f"{text}{_significance(values)}.", values)


def _level(values: Values) -> str:
    is_broken = _number(values, "drop") > 0.0
    text = f"{_measured(values)}: {'' if is_broken else 'not '}{values['side']} {_number(values, 'level'):.4g}"
    return _in_context(f"{text}{_significance(values)}.", values)


def _not_evaluated(reason: Callable[[Values], str]) -> Callable[[Values], str]:
    def render(values: Values) -> str:
        if values.get("method") == "sequential":
            return f"{values['metric']}, errors one by one: not evaluated, {reason(values)}."
        labels = f"{values['metric']} on {_labels(values)}"
        return _in_context(f"{labels}: not evaluated, {reason(values)}.", values)

    return render


def _no_reference(values: Values) -> str:
    missing = _MISSING_REFERENCES.get(str(values["need"]))
    if missing is None:
        return _not_evaluated(lambda _: "no reference")(values)
    return f"No reference: {missing}. The next champion will have one."


def _no_live_reference(values: Values) -> str:
    return (
        f"{values['metric']}: the retrain trigger waits until the champion's first live window of {values['window']} "
        f"has {values['min_labels']} labels and another window follows."
    )


def _alarms(values: Values) -> str:
    since = "the last alarm" if values["alarms"] else "any alarm"
    count, arl = values["alarms_in_window"], values["arl"]
    return (
        f"{values['metric']}, errors one by one: {count} {'alarm' if count == 1 else 'alarms'} in the window. The "
        f"evidence is {values['evidence']:.3g}, an alarm is raised at {arl:,}; {values['label_count']:,} labels since "
        f"the champion took effect, {values['labels_since_alarm']:,} of them since {since}. The allowed mean loss is "
        f"{values['allowed_loss']:.4f}, the upper 95 % limit on the holdout; up to it, at least {arl:,} labels are "
        "expected between alarms."
    )


def _checked(verdict: str) -> Callable[[Values], str]:
    def render(values: Values) -> str:
        p_value = _number(values, "p_value")
        adjusted = f"= {p_value:.3g}" if p_value >= 1e-4 else "< 0.0001"
        tested = f"adjusted p {adjusted}, alpha = {_number(values, 'alpha'):.3g}"
        judgement = verdict.format(tested=tested, smallest=f"{_number(values, 'min_effect'):.3g}")
        return f"{values['column']}: {_change(values)}; {judgement}."

    return render


def _categories_changed(values: Values) -> str:
    """Return the sentence with the categories that moved; findings of version 0.2 and before did not name them."""
    told = _checked("statistically significant ({tested})")(values)
    moved = values.get("moved_categories")
    return told if moved is None else f"{told} Most surely moved: {moved}."


def _change(values: Values) -> str:
    if values["check"] == "numbers":
        moved = values["wasserstein"]
        described = "" if moved is None else f"moved {moved:.3g} standard deviations, "
        return f"{described}KS distance {values['ks']:.3g}, PSI {values['psi']:.3g}"
    if values["check"] == "categories":
        return f"{values['changed_share']:.2%} of the rows changed category{_unseen(values)}"
    return f"{values['share']:.2%} {values['check']} against {values['reference_share']:.2%} in the reference"


def _unseen(values: Values) -> str:
    """Return which categories the reference does not hold; findings of version 0.2 and before did not name them."""
    if not values["unseen_count"]:
        return ""
    count = f"; {values['unseen_count']} of {values['rows']} rows are in categories that the reference does not hold"
    if values.get("unseen_categories") is None:
        return count
    expected = _number(values, "unseen_expected")
    by_chance = f", of which chance explains {expected:.3g}" if expected >= 0.5 else ""
    return f"{count}{by_chance}: {values['unseen_categories']}"


def _too_few_rows(values: Values) -> str:
    rows = (
        f"{values['rows']} in the window and {values['reference_rows']} in the reference of {values['min_rows']} needed"
    )
    if "column" in values:
        return f"{values['column']}: too few rows for {values['method']}, {rows}."
    return f"Too few rows, {rows}."


def _separation(values: Values) -> str:
    z = values["z"]
    beyond = "without any overlap" if z is None else f"{z:.1f} standard errors above chance"
    return (
        f"A classifier tells the window from the reference with an AUROC of {values['auroc']:.3f} (0.5 is chance, "
        f"{values['min_auroc']:g} counts), {beyond}."
    )


def _separable(values: Values) -> str:
    return f"{_separation(values)} Most telling: {values['most_telling']}."


def _measured(values: Values) -> str:
    return f"{values['metric']} {_number(values, 'value'):.4f}{_interval(values, 'value')} on {_labels(values)}"


def _labels(values: Values) -> str:
    of = "" if values["prediction_count"] is None else f" of {values['prediction_count']}"
    return f"{values['label_count']}{of} labels"


def _interval(values: Values, name: str) -> str:
    low, high = values[f"{name}_low"], values[f"{name}_high"]
    return "" if low is None or high is None else f" [{low:.4f}, {high:.4f}]"


def _significance(values: Values) -> str:
    if values["p_value"] is None:
        return ""
    is_not = "" if values["significant"] == "yes" else "not "
    return f", {is_not}statistically significant (p = {values['p_value']:.3g}, alpha = {values['alpha']:.3g})"


def _in_context(text: str, values: Values) -> str:
    """Return the sentence about a window followed by what it was compared with and counted among."""
    if "windows_worse" in values:
        text += (
            f" {values['windows_worse']} of the last {values['windows_evaluated']} evaluated windows are worse; drift "
            f"is {values['windows_needed']} of {values['windows_considered']}."
        )
    if "design_effect" in values:
        text += _correlation(values)
    if "reference_windows" in values:
        count, considered = values["reference_windows"], values["reference_windows_considered"]
        windows = "window" if count == considered == 1 else "windows"
        of = "" if count == considered else f" of {considered}"
        text += f" The reference is the champion's first {count}{of} live {windows}."
    return text


def _correlation(values: Values) -> str:
    windows = f"the champion's first {values['effect_windows']} windows"
    if values["design_effect"] is None:
        return f" Rows count as independent until {windows} have passed."
    return f" Rows are correlated: the variance counts {values['design_effect']:.1f} times, estimated from {windows}."


def _health(values: Values, text: str) -> str:
    loss = f"{values['loss']}"
    now = "" if values["value"] is None else f" {score(_number(values, 'value'))} on {values['label_count']} labels"
    level = "" if values["level"] is None else f" The level that was reached is {score(_number(values, 'level'))}."
    since = values["changed_at"]
    changed = f" The world is estimated to have changed on {str(since)[:10]}." if since else ""
    return f"{loss}{now}: {text}.{level}{changed}"


def _of_health(text: str) -> Callable[[Values], str]:
    return lambda values: _health(values, text)


def _number(values: Values, name: str) -> float:
    value = values[name]
    if value is None or isinstance(value, str):
        raise TypeError(f"{name} of a finding is {value!r}, not a number")
    return value


_SENTENCES: dict[str, Callable[[Values], str]] = {
    "no_level_reached": _of_health("there is no level to compare with yet"),
    "too_few_labels_for_the_level": _of_health("too few labels of the champion's own time to compare"),
    "reached_level_kept": _of_health("the level is kept"),
    "reached_level_lost": _of_health("surely worse than the level"),
    "level_not_regained": _of_health("the level is not regained"),
    "level_regained": _of_health("the level is regained"),
    "level_accepted": _of_health("a lower level was accepted"),
    "rows_are_harder": _of_health("worse than the level, yet the probabilities are as right as before"),
    "not_better_than_baseline": _of_health("not surely better than a guess without a model"),
    "performance_fell": _performance,
    "performance_kept": _performance,
    "below_level": _level,
    "above_level": _level,
    "level_kept": _level,
    "no_window": "{metric}: no window has been evaluated.".format_map,
    "too_few_labels": _not_evaluated("too few labels ({label_count} of {min_labels})".format_map),
    "too_few_of_a_class": _not_evaluated("too few rows of a class ({smallest_class} of {min_class})".format_map),
    "too_few_reference_rows": _not_evaluated(
        "too few rows in the reference ({reference_rows} of {min_labels})".format_map
    ),
    "metric_undefined": _not_evaluated("{reason}".format_map),
    "reference_undefined": _not_evaluated("the reference has {reason}".format_map),
    "no_live_reference": _no_live_reference,
    "alarm": _alarms,
    "no_alarm": _alarms,
    "values_moved": _checked("statistically significant ({tested})"),
    "categories_changed": _categories_changed,
    "unseen_categories": _checked("statistically significant ({tested})"),
    "missing_share_changed": _checked("statistically significant ({tested})"),
    "non_finite_share_changed": _checked("statistically significant ({tested})"),
    "effect_too_small": _checked("statistically significant ({tested}), but below {smallest}, which counts"),
    "not_significant": _checked("not statistically significant ({tested})"),
    "no_change": _checked("no drift ({tested})"),
    "no_values": "{column}: no value in the reference and none in the window.".format_map,
    "new_column": "{column}: a new column that the reference does not hold; it was not tested.".format_map,
    "separable": _separable,
    "not_separable": _separation,
    "no_columns": lambda _: "No column is left that could tell the window from the reference.",
    "no_reference": _no_reference,
    "too_few_rows": _too_few_rows,
}
