"""Why a decision was asked for, and what became of it."""

from collections.abc import Callable, Mapping
from typing import Any

from driftline.sentences.words import minute, score, sentence

Details = Mapping[str, Any]


def decision_sentence(rule: str, details: Details) -> str:
    """Return the sentence of a rule about decisions.

    Raises:
        KeyError: no sentence is written for the rule.
    """
    return _SENTENCES[rule](details)


def chosen_sentence(candidate: Details, count: int) -> str:
    """Return what a retraining chose of `count` candidates: how much of the past, or an earlier version.

    >>> chosen_sentence({"trained_from": "2025-03-01T00:00:00+00:00", "rows": 4396, "version": None}, 5)
    'Of 5 candidates: the 4,396 rows since 2025-03-01.'
    """
    if candidate["version"] is not None:
        choice = f"version {candidate['version']}, which served before"
    else:
        since = candidate["trained_from"]
        choice = f"{'all' if since is None else 'the'} {candidate['rows']:,} rows"
        choice += " of the training window" if since is None else f" since {str(since)[:10]}"
    return f"Of {count} candidate{'s' if count != 1 else ''}: {choice}."


_VERDICTS = {
    "tie": "No better.",
    "gain_too_small": "No better.",
    "not_significant": "Better, but not surely so.",
    "better": "Better.",
    "significantly_better": "Surely better.",
}


def verdict_in_short(rule: str, text: str) -> str:
    """Return a judgement without its figures; `text`, the whole of it, where it has no short form."""
    return _VERDICTS.get(rule, text)


def _comparison(d: Details) -> str:
    interval = ""
    if d.get("gain_low") is not None and d.get("gain_high") is not None:
        interval = f" [{d['gain_low']:+.4f}, {d['gain_high']:+.4f}]"
    return (
        f"{d['metric']} {score(d['challenger_score'])} against {score(d['champion_score'])} of the champion, "
        f"gain {d['gain']:+.4f}{interval} on {d['row_count']} holdout rows"
    )


def _significance(d: Details, verdict: str) -> str:
    return f"{verdict} (p = {d['p_value']:.3g}, alpha = {d['alpha']:.3g})"


def _worse_slice(d: Details) -> str:
    return (
        f"Kept: {_comparison(d)}, but where {d['slice_column']} is {d['slice_value']!r} it is not shown to be less "
        f"than {d['slice_margin']:g} worse: gain {d['slice_gain']:+.4f} on {d['slice_row_count']} rows, "
        f"p = {d['slice_p_value']:.3g}."
    )


def _untested(d: Details) -> str:
    return ", ".join(f"{part['column']}={part['value']} ({part['reason']})" for part in d.get("untested_slices", ()))


def _promoted(d: Details, why: str) -> str:
    warning = f" Slices too small to compare: {_untested(d)}." if d.get("untested_slices") else ""
    return f"Promoted: {_comparison(d)}{why}.{warning}"


def _asks(d: Details) -> str:
    """Return what asks for a retraining, one sentence each."""
    return " Also: ".join(sentence(_ASKS[ask["trigger"]](ask)) for ask in d["asks"])


def _futile(d: Details) -> str:
    return f" Retraining does not help: the last {d['lost']} challengers lost." if d.get("lost") else ""


def _outlook(d: Details) -> str:
    """Return when what does not ask yet will."""
    plan = d.get("plan") or {}
    parts = []
    if plan.get("next_rows") is not None:
        rows, enough = plan["rows_since_change"], plan["next_rows"]
        since = f", from {minute(plan['labels_from'])} on, when labels tell of the champion" if rows >= enough else ""
        parts.append(f"Next look with {enough:,} labelled rows after the change ({rows:,} now){since}.")
    if d.get("age_due") is not None:
        parts.append(f"Next age-based retraining: {minute(d['age_due'])}.")
    if d.get("enough_labels") is not None:
        parts.append(f"{d['new_labels']} of {d['enough_labels']} new labels.")
    return "".join(f" {part}" for part in parts)


def _no_drift(d: Details) -> str:
    trigger = f" {d['trigger_note']}" if d.get("trigger_note") else ""
    return (
        f"No retraining: report {d['report_id']} says {d['verdict']}: {sentence(d['summary'] + trigger)}{_outlook(d)}"
    )


def _not_a_trigger(d: Details) -> str:
    kinds, triggers = " and ".join(d["drifted"]), ", ".join(d["triggers"]) or "none"
    trigger = f" {d['trigger_note']}" if d.get("trigger_note") else ""
    summary = sentence(f"{d['summary']}{trigger}")
    return (
        f"No retraining: {kinds} drift does not trigger retraining under this policy (triggers: {triggers}). "
        f"{summary}{_outlook(d)}"
    )


def _rewards(d: Details) -> str:
    return (
        f"P(challenger is better) = {d['probability']:.4f}, expected loss {d['expected_loss']:.2g}, "
        f"{d['label_count']} labels"
    )


def _cooldown(d: Details) -> str:
    doubled = ", doubled" if d["doubled"] else ""
    return (
        f"No retraining: the last one started at {minute(d['last_start'])}, the cooldown lasts until "
        f"{minute(d['until'])}{doubled}.{_futile(d)}"
    )


_LOOKS = {
    "level_lost": "the level of the pipeline is lost",
    "rows_have_grown": "the level is not regained, and there are so many more rows after the change",
    "window_is_new": "the level is not regained, and the training window holds rows after the change only",
    "time_has_passed": "nothing was looked for in a long time",
}

_ASKS: dict[str, Callable[[Details], str]] = {
    "drift": lambda d: f"{_LOOKS[d['look']]}. {d['summary']}" if "look" in d else str(d["summary"]),
    "age": lambda d: (
        _LOOKS[d["look"]]
        if "look" in d
        else f"the champion serves since {minute(d['since'])}, longer than {d['max_age']}"
    ),
    "labels": lambda d: f"{d['count']} new labels, of {d['enough']} that are worth a retraining",
}

_SENTENCES: dict[str, Callable[[Details], str]] = {
    # Of decisions that driftline 0.1 recorded, with what it wrote.
    "recorded": lambda d: str(d["text"]),
    # Why to retrain, or why not.
    "retrain": lambda d: f"Retrain: {_asks(d)}{_futile(d)}",
    "newer_report": lambda d: (
        f"No retraining: report {d['report_id']} is older than report {d['newer_report']}, with which it is read."
    ),
    "no_drift": _no_drift,
    "not_a_trigger": _not_a_trigger,
    "retraining_runs": lambda d: f"No retraining: the retraining of decision {d['decision_id']} is under way.",
    "cooldown": _cooldown,
    "budget_spent": lambda d: (
        f"No retraining: {d['starts']} were started in the last 7 days of a budget of {d['budget']}, the next may "
        f"start at {minute(d['until'])}."
    ),
    "serves_no_longer": lambda d: f"No retraining: report {d['report_id']} is about a version that serves no longer.",
    "level_accepted": lambda d: (
        f"A lower level is accepted: {score(d['level'])} in place of {score(d['level_before'])}. {d['lost']} of "
        f"{d['looks']} retrainings since the level was lost did not help, on up to {d['rows_since_change']} rows after "
        "the change."
    ),
    "level_by_hand": lambda d: f"The level was set to {score(d['level'])} by {d['actor']}: {sentence(d['reason'])}",
    "first_model": lambda d: "The first model.",
    "by_hand": lambda d: str(d["reason"]),
    "asked_for": lambda d: f"Asked for: {d['trigger']}.",
    # The life of a retraining.
    "training_started": lambda d: f"Attempt {d['attempt']} of the training has started.",
    "challenger_trained": lambda d: f"Version {d['version']} waits to be judged.",
    "attempt_again": lambda d: f"Attempt {d['attempt']}: {sentence(d['cause'])}",
    "process_ended": lambda d: "Failed: its process ended during the training.",
    "error": lambda d: f"Failed: {d['type']}: {d['message']}",
    "attempts_spent": lambda d: f"Failed: {d['cause']}, attempt {d['attempt']} of {d['most']}.",
    "superseded": lambda d: f"Cancelled: decision {d['decision_id']} trained a newer challenger before it was judged.",
    # The judgement.
    "score_unknown": lambda d: f"Kept: the challenger's {d['metric']} is not known ({d['note']}).",
    "champion_cannot_score": lambda d: (
        f"Promoted without a comparison, {d['metric']} {score(d['challenger_score'])}. {d['fault']}"
    ),
    "first_version": lambda d: f"Promoted: the first valid version, {d['metric']} {score(d['challenger_score'])}.",
    "gain_unknown": lambda d: f"Kept: the gain in {d['metric']} is not known ({d['note']}).",
    "tie": lambda d: f"Kept: {_comparison(d)} is a tie, and a tie keeps the champion.",
    "gain_too_small": lambda d: f"Kept: {_comparison(d)} is not a gain of more than {d['min_gain']:g}.",
    "not_testable": lambda d: f"Kept: {_comparison(d)} cannot be tested ({d['note']}).",
    "not_significant": lambda d: f"Kept: {_comparison(d)} {_significance(d, 'is not statistically significant')}.",
    "slice_worse": _worse_slice,
    "slices_too_small": lambda d: f"Kept: {_comparison(d)}, but these slices are too small to compare: {_untested(d)}.",
    "better": lambda d: _promoted(d, "; the policy asks for no confidence"),
    "significantly_better": lambda d: _promoted(d, f" {_significance(d, 'is statistically significant')}"),
    # Switches by hand.
    "switch": lambda d: (
        f"Promoted by {d['actor']} with effect from {minute(d['effective_at'])}: {sentence(d['reason'])}"
        + "".join(
            f" It cancels the switch to version {plan['version']} planned for {minute(plan['effective_at'])}."
            for plan in d.get("cancelled", ())
        )
    ),
    "rollback": lambda d: f"Rolled back by {d['actor']}, from version {d['previous']}: {sentence(d['reason'])}",
    "plan_cancelled": lambda d: (
        f"The switch to version {d['planned']} planned for {minute(d['planned_for'])} was cancelled by {d['actor']}: "
        f"{sentence(d['reason'])}"
    ),
    # Bandits.
    "bandit_asked_for": lambda d: f"A bandit asked for by {d['actor']}: {d['reason']}",
    "bandit_goes_on": lambda d: f"Go on: {_rewards(d)}.",
    "bandit_winner": lambda d: f"{d['verdict'].capitalize()}: {_rewards(d)}.",
    "bandit_expired": lambda d: f"Keep: no winner within {d['max_age_days']} days; {_rewards(d)}.",
    "bandit_too_few_units": lambda d: (
        f"Fewer than {d['fewest_units']} keys fell to one of both, so that no winner is certain. "
        f"The challenger is ahead: {_rewards(d)}."
    ),
    "bandit_stopped": lambda d: f"Kept by {d['actor']}: {d['reason']}",
    "bandit_interrupted": lambda d: (
        f"Kept: the {d['alias']} was changed while the bandit ran ({d['reason'] or 'nobody holds it'})."
    ),
}

RULES = frozenset(_SENTENCES)
