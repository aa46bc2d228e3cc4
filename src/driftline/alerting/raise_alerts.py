"""From stored facts to stored alerts, with the messages about them in the outbox: one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from driftline.alerting.facts import FailedRun
from driftline.alerting.rule_results import RuleResult, RuleState, alert_key, evaluate_rule
from driftline.alerting.steps import AlertEvent, IncidentHistory, Step, next_step
from driftline.alerting.stored_facts import StoredFacts
from driftline.declaration import ModelPipeline
from driftline.masking import public_url
from driftline.sentences import Message, alert_message, alert_text
from driftline.store import Session, alert_rows, model_rows
from driftline.store.alert_rows import AlertRow
from driftline.workspace import Workspace


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
    and the messages about it are stored together with it.

    Args:
        workspace: where the facts and the alerts are.
        pipelines: by name; alerts of others are left alone.
        channels: how many addresses are configured; with none, alerts are stored, and sent once there is one.
        dagster_url: the UI, for links.
        failed_runs: of Dagster, by pipeline.
    """
    raised: list[RaisedAlert] = []
    failed = failed_runs or {}
    with workspace.database.transaction() as session:
        model_rows.lock_models(session)  # of two that look at once, the second sees what the first has stored
        stored = StoredFacts(session, workspace.as_of(), workspace.clock())
        opened = {alert.dedupe_key: alert for alert in alert_rows.open_alerts(session)}
        writer = _Writer(session=session, now=workspace.clock(), channels=channels, dagster_url=dagster_url)
        for pipeline in pipelines.values():
            for rule in pipeline.alerts:
                facts = replace(stored.of(pipeline, rule), failed_runs=tuple(failed.get(pipeline.name, ())))
                for result in evaluate_rule(pipeline, rule, facts):
                    if result.state is not RuleState.OK or result.key in opened:
                        raised += writer.write(result)
            _close_without_rule(session, opened, pipeline, workspace.clock())
    return raised


def _close_without_rule(
    session: Session, opened: Mapping[str, AlertRow], pipeline: ModelPipeline, now: datetime
) -> None:
    """End the alerts whose rule was taken out of the declaration; no message is sent."""
    keys = {alert_key(pipeline, rule) for rule in pipeline.alerts}
    for alert in opened.values():
        if alert.model == pipeline.name and alert.dedupe_key not in keys:
            alert_rows.resolve(session, alert.id, now)


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Stores what becomes of alerts, in one transaction."""

    session: Session
    now: datetime
    channels: int
    dagster_url: str

    def write(self, result: RuleResult) -> Sequence[RaisedAlert]:
        """Store what a result changes, with its messages; return it where something began, ended or is sent."""
        newest = alert_rows.newest_alert(self.session, result.key)
        step = next_step(result, self._past(newest, result.key), self.now)
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

    def _past(self, newest: AlertRow | None, key: str) -> IncidentHistory:
        if newest is None:
            return IncidentHistory()
        return IncidentHistory(
            is_open=newest.resolved_at is None,
            was_sent=newest.messages > 0,
            evidence=newest.evidence,
            last_sent=alert_rows.last_notified(self.session, key),
        )

    def _message(self, event: AlertEvent, result: RuleResult, opened_at: datetime) -> Message:
        concluded = result.conclusion
        return alert_message(
            event,
            alert_text(concluded.rule, concluded.values),
            model=result.model,
            version=concluded.version,
            severity=result.severity,
            evidence=concluded.evidence,
            link=public_url(self.dagster_url).rstrip("/") + concluded.path,
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
