"""What people read of an alert: its title, details and next step, and the message about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from driftline.masking import mask_secrets
from driftline.sentences.findings import Value
from driftline.sentences.words import minute

Values = Mapping[str, Value]

LONGEST_LINE = 600  # characters; an exception's text may be pages, and all of it is in the database


@dataclass(frozen=True, kw_only=True)
class AlertText:
    """What a rule result says, in three sentences.

    Attributes:
        title: what is wrong, what happened, or that it is over.
        details: how bad it is, with figures.
        next_step: what happens by itself, and what a person may do.
    """

    title: str
    details: str
    next_step: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """A subject of one line and a body in plain text."""

    subject: str
    body: str


def alert_text(rule: str, values: Values) -> AlertText:
    """Return what a rule of alerts says of these values.

    >>> alert_text("labels_arrived", {"partition_key": "2025-03-17"}).title
    'The labels of 2025-03-17 have arrived.'

    Raises:
        KeyError: no sentence is written for the rule.
    """
    return _TEXTS[rule](values)


def alert_message(
    event: str,
    text: AlertText,
    *,
    model: str,
    version: int | None,
    severity: str,
    evidence: str,
    link: str,
    opened_at: datetime,
    now: datetime,
) -> Message:
    """Return what to send about an alert.

    Args:
        event: opened, reminder, resolved or happened.
        text: what the rule says now.
        model: the registered model.
        version: its version that the alert is about, where it is about one.
        severity: info, warning or critical.
        evidence: the stored row that the alert stands on.
        link: the page that shows it.
        opened_at: when it was detected.
        now: the time of the message.
    """
    title = _one_line({"resolved": "Resolved: ", "reminder": "Ongoing: "}.get(event, "") + _inner(event, text.title))
    parts = {"Model": f"{model}, version {version}" if version else model, "Details": text.details}
    match event:
        case "resolved":
            parts["Duration"] = f"{minute(opened_at)} to {minute(now)}"
        case "happened":
            parts["When"] = minute(opened_at)
        case _:
            parts |= {"Since": minute(opened_at), "Next step": text.next_step}
    parts |= {"Evidence": evidence, "Link": link}
    body = "\n".join(f"{name}: {_one_line(value)}" for name, value in parts.items() if value)
    level = "resolved" if event == "resolved" else severity
    return Message(subject=f"[{level}] {model}: {title}", body=f"{title}\n\n{body}\n")


def _inner(event: str, title: str) -> str:
    """Return a title as it stands after a prefix: names of metrics are in lower case already."""
    return f"{title[0].lower()}{title[1:]}" if event in {"resolved", "reminder"} else title


def _one_line(text: str) -> str:
    """Return one line that is not too long and holds no password of a URL."""
    line = mask_secrets(" ".join(text.split()))
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"


def _up_to(values: Values) -> str:
    return f" up to {values['partition_key']}" if values["partition_key"] else ""


def _drift(title: str) -> Callable[[Values], AlertText]:
    def render(values: Values) -> AlertText:
        return AlertText(
            title=title.format(version=values["version"], up_to=_up_to(values)),
            details=str(values["summary"]),
            next_step=str(values["decision"] or "The drift sensor decides whether to retrain."),
        )

    return render


def _metric(comparison: str) -> Callable[[Values], AlertText]:
    def render(values: Values) -> AlertText:
        partition = f" on {values['partition_key']}" if values["partition_key"] else ""
        value, rows = values["value"], f"{values['label_count']} labelled rows"
        measured = "is not defined" if value is None else f"is {value:.4g}"
        return AlertText(
            title=f"{values['metric']} of version {values['version']} is {comparison}{partition}.",
            details=f"{values['metric']} {measured} on {rows}; the limit is {values['limit']:.4g}.",
            next_step="Nothing happens automatically: only drift and schedules retrain.",
        )

    return render


def _labels_overdue(values: Values) -> AlertText:
    return AlertText(
        title="Labels are overdue.",
        details=(
            f"No labels for {values['overdue']} of the {values['due']} newest partitions that should have them, since "
            f"{values['first_overdue']} (declared delay {values['delay']}, grace {values['grace']})."
        ),
        next_step="Check whether labels arrive at their source, then materialize the evaluation of these partitions.",
    )


def _labels_arrived(values: Values) -> AlertText:
    return AlertText(title=f"The labels of {values['partition_key']} have arrived.", details="", next_step="")


def _run_failed(values: Values) -> AlertText:
    return AlertText(
        title=f"A {values['work']} run failed.",
        details=str(values["cause"]),
        next_step="Nothing happens automatically: fix the cause, then materialize again.",
    )


def _retraining_failed(values: Values) -> AlertText:
    serving = values["serving_version"]
    stays = "no version serves yet" if serving is None else f"version {serving} keeps serving"
    return AlertText(
        title=f"A retraining failed (trigger: {values['trigger']}).",
        details=str(values["reason"]),
        next_step=f"Nothing happens automatically: {stays} until a schedule or a drift report starts the next one.",
    )


def _version_promoted(values: Values) -> AlertText:
    version = values["serving_version"]
    return AlertText(
        title=f"Version {version} was promoted.",
        details=str(values["reason"]),
        next_step=f"Version {version} serves.",
    )


def _champion_kept(values: Values) -> AlertText:
    version = values["serving_version"]
    return AlertText(
        title=f"Version {version} stays champion: challenger {values['challenger_version']} is not better.",
        details=str(values["reason"]),
        next_step=f"Version {version} keeps serving.",
    )


def _champion_switched(values: Values) -> AlertText:
    return AlertText(
        title=f"Version {values['serving_version']} was put in place by hand.",
        details=str(values["reason"]),
        next_step=f"Version {values['serving_version']} serves.",
    )


def _level_accepted(values: Values) -> AlertText:
    return AlertText(
        title="A lower level was accepted: the world has become harder.",
        details=str(values["reason"]),
        next_step="The pipeline is measured against the new level from now on.",
    )


_TEXTS: dict[str, Callable[[Values], AlertText]] = {
    "drift_found": _drift("Drift detected in what version {version} serves{up_to}."),
    "level_lost": _drift("Version {version} is below the level that was reached{up_to}."),
    "drift_resolved": _drift("Drift is no longer detected."),
    "drift_not_evaluated": _drift("Drift of version {version} could not be evaluated{up_to}."),
    "metric_below_limit": _metric("below its limit"),
    "metric_above_limit": _metric("above its limit"),
    "metric_within_limit": _metric("within its limit"),
    "metric_undefined": _metric("not defined"),
    "labels_overdue": _labels_overdue,
    "labels_arrived": _labels_arrived,
    "run_failed": _run_failed,
    "retraining_failed": _retraining_failed,
    "version_promoted": _version_promoted,
    "champion_kept": _champion_kept,
    "champion_switched": _champion_switched,
    "level_accepted": _level_accepted,
}
