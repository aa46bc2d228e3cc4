"""From stored facts to stored alerts, each with the messages about it in the outbox."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from driftline.alerting.facts import FailedRun
from driftline.alerting.rule_results import RuleResult, alert_key, evaluate_rule
from driftline.alerting.steps import AlertEvent, IncidentHistory, Step, next_step
from driftline.alerting.stored_facts import StoredFacts
from driftline.dagster_pages import page
from driftline.declaration import ModelPipeline
from driftline.sentences import Message, alert_message, alert_text
from driftline.store import Session, alert_rows, model_rows
from driftline.store.alert_rows import AlertRow
from driftline.workspace import Workspace

PIPELINES_AT_ONCE = 20  # in one transaction, which then holds the database for less than a tenth of a second
PAUSE_S = 0.03  # between two: writers of SQLite do not queue, they look again and again


@dataclass(frozen=True, kw_only=True)
class RaisedAlert:
    """What became of one alert.

    Attributes:
        alert_id: the alert.
        event: whether it was opened, is over, or goes on.
        is_sent: whether messages about it were put into the outbox.
        title: the subject of these messages.
    """

    alert_id: int
    event: AlertEvent
    is_sent: bool
    title: str


def raise_alerts(
    workspace: Workspace,
    pipelines: Mapping[str, ModelPipeline],
    *,
    channels: int,
    dagster_url: str,
    failed_runs: Mapping[str, Sequence[FailedRun]] | None = None,
) -> Sequence[RaisedAlert]:
    """Evaluate the alert rules on the newest facts, and store what they lead to, with one message for each channel.

    Asking again stores nothing again: an incident has at most one open alert, by a constraint of the database,
    and the messages about it are stored together with it. The facts are read without a lock; what they change is stored
    for a few pipelines at a time, so that no other writer waits for all of them.

    Args:
        workspace: where the facts and the alerts are.
        pipelines: by name; alerts of others are left alone.
        channels: how many addresses are configured; with none, alerts are stored, and sent once there is one.
        dagster_url: the UI, for links.
        failed_runs: of Dagster, by pipeline.
    """
    now = workspace.clock()
    with workspace.database.reading() as session:
        results = _evaluate(session, workspace, pipelines.values(), failed_runs or {})
        newest = alert_rows.newest_by_key(session, [result.key for some in results.values() for result in some])
        without_rule = _without_rule(alert_rows.open_alerts(session), pipelines)
    changed, ongoing = {alert.model for alert in without_rule}, []
    for result in chain.from_iterable(results.values()):
        alert, last_sent = newest.get(result.key, (None, None))
        step = next_step(result, _past(alert, last_sent), now)
        if alert is not None and _is_known(step, alert, result, channels):
            ongoing.append(alert.id)
        elif step.event is not AlertEvent.NONE:
            changed.add(result.model)
    raised, names = [], sorted(changed)
    for start in range(0, len(names), PIPELINES_AT_ONCE):
        if start:
            time.sleep(PAUSE_S)
        some = {name: pipelines[name] for name in names[start : start + PIPELINES_AT_ONCE]}
        with workspace.database.transaction() as session:
            model_rows.lock_named(session, some)  # of two that look at once, the second sees what the first has stored
            writer = _Writer(session=session, now=now, channels=channels, dagster_url=dagster_url)
            raised += [alert for name in some for result in results[name] for alert in writer.write(result)]
            for alert in _without_rule(alert_rows.open_alerts(session), some):
                alert_rows.resolve(session, alert.id, now)
    if ongoing:
        with workspace.database.transaction() as session:
            alert_rows.mark_all_seen(session, ongoing, now)
    return raised


def _evaluate(
    session: Session,
    workspace: Workspace,
    pipelines: Iterable[ModelPipeline],
    failed_runs: Mapping[str, Sequence[FailedRun]],
) -> dict[str, list[RuleResult]]:
    """Return what the rules of each pipeline conclude."""
    stored = StoredFacts(session, workspace.as_of(), workspace.clock())
    results: dict[str, list[RuleResult]] = {}
    for pipeline in pipelines:
        failed = tuple(failed_runs.get(pipeline.name, ()))
        results[pipeline.name] = [
            result
            for rule in pipeline.alerts
            for result in evaluate_rule(pipeline, rule, replace(stored.of(pipeline, rule), failed_runs=failed))
        ]
    return results


def _without_rule(opened: Iterable[AlertRow], pipelines: Mapping[str, ModelPipeline]) -> list[AlertRow]:
    """Return the open alerts whose rule was taken out of the declaration; they end without a message."""
    keys = {alert_key(pipeline, rule) for pipeline in pipelines.values() for rule in pipeline.alerts}
    return [alert for alert in opened if alert.model in pipelines and alert.dedupe_key not in keys]


def _is_known(step: Step, alert: AlertRow, result: RuleResult, channels: int) -> bool:
    """Return whether an incident goes on as it is stored, and nobody is to be told now."""
    is_sent = step.send and channels > 0
    return step.event is AlertEvent.REMINDER and not is_sent and alert.evidence == result.evidence


def _past(newest: AlertRow | None, last_sent: datetime | None) -> IncidentHistory:
    if newest is None:
        return IncidentHistory()
    return IncidentHistory(
        is_open=newest.resolved_at is None,
        was_sent=newest.messages > 0,
        evidence=newest.evidence,
        last_sent=last_sent,
    )


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Stores what becomes of alerts, in one transaction."""

    session: Session
    now: datetime
    channels: int
    dagster_url: str

    def write(self, result: RuleResult) -> Sequence[RaisedAlert]:
        """Store what a result changes, with its messages; return it where something began, ended or is sent."""
        found = alert_rows.newest_by_key(self.session, [result.key])
        newest, last_sent = found.get(result.key, (None, None))
        step = next_step(result, _past(newest, last_sent), self.now)
        if step.event is AlertEvent.NONE:
            return []
        is_sent = step.send and self.channels > 0
        begins = newest is None or step.event in {AlertEvent.OPENED, AlertEvent.HAPPENED}
        message = self._message(step.event, result, self.now if newest is None or begins else newest.opened_at)
        alert_id = self._open(result, message) if newest is None or begins else newest.id
        if step.event in {AlertEvent.RESOLVED, AlertEvent.HAPPENED}:
            alert_rows.resolve(self.session, alert_id, self.now)
        if step.event is AlertEvent.REMINDER:
            changed = step.send or newest is None or newest.evidence != result.evidence
            alert_rows.mark_seen(self.session, alert_id, self.now, text=message.body if changed else None)
        if is_sent:
            self._send(alert_id, step, result, message)
        if step.event is AlertEvent.REMINDER and not is_sent:
            return []
        return [RaisedAlert(alert_id=alert_id, event=step.event, is_sent=is_sent, title=message.subject)]

    def _message(self, event: AlertEvent, result: RuleResult, opened_at: datetime) -> Message:
        concluded = result.conclusion
        return alert_message(
            event,
            alert_text(concluded.rule, concluded.values),
            model=result.model,
            version=concluded.version,
            severity=result.severity,
            evidence=concluded.evidence,
            link=page(self.dagster_url, concluded.path),
            opened_at=concluded.happened_at or opened_at,
            now=self.now,
        )

    def _open(self, result: RuleResult, message: Message) -> int:
        return alert_rows.open_alert(
            self.session,
            dedupe_key=result.key,
            what=result.on,
            severity=result.severity,
            model=result.model,
            evidence=result.evidence,
            title=message.subject,
            text=message.body,
            now=self.now,
        )

    def _send(self, alert_id: int, step: Step, result: RuleResult, message: Message) -> None:
        alert_rows.append_messages(
            self.session,
            alert_id,
            event=step.event.value,
            severity=result.severity,
            subject=message.subject,
            body=message.body,
            channels=self.channels,
            now=self.now,
            evidence=None if step.event is AlertEvent.RESOLVED else result.evidence,
        )
