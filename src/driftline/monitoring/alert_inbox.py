"""From stored series to stored alerts, with the messages about them in the outbox: one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from driftline.declaration import Alert, ModelPipeline
from driftline.monitoring.alert_text import Message, message
from driftline.monitoring.alerts import Event, Known, Past, Sighting, Step, alert_key, next_step, sight
from driftline.registry import CHAMPION
from driftline.store import Session, alerts, monitoring, registry, series
from driftline.store.alerts import AlertEpisode, DeliveryState
from driftline.workspace import Workspace

DUE_PARTITIONS = 60  # the newest that are looked at for late labels


@dataclass(frozen=True, kw_only=True)
class Raised:
    """What became of one alert."""

    alert_id: int
    event: Event
    told: bool
    title: str


def raise_alerts(
    workspace: Workspace, pipelines: Mapping[str, ModelPipeline], *, channels: int, dagster_url: str
) -> Sequence[Raised]:
    """Look at the newest of each series, and store what is to be told of it, with one message for each channel.

    Asking again stores nothing again: a trouble has at most one open alert, by a constraint of the database,
    and the messages about it are stored together with it.

    Args:
        workspace: where the series and the alerts are.
        pipelines: by name; alerts of others are left alone.
        channels: how many addresses are configured; with none, alerts are stored and told once there is one.
        dagster_url: the UI, for links.
    """
    raised: list[Raised] = []
    with workspace.database.transaction() as session:
        registry.lock_models(session)  # of two that look at once, the second sees what the first has stored
        for pipeline in pipelines.values():
            line = registry.find_model(session, pipeline.name)
            if line is None:
                continue
            for rule in pipeline.alerts:
                known = _known(session, pipeline, rule, line.id, workspace.as_of())
                seen = sight(pipeline, rule, known)
                if seen is not None:
                    writer = _Writer(session=session, now=workspace.clock(), channels=channels, dagster_url=dagster_url)
                    raised += writer.write(seen)
            _close_without_rule(session, pipeline, workspace.clock())
    return raised


def _known(session: Session, pipeline: ModelPipeline, rule: Alert, model_id: int, as_of: datetime) -> Known:
    """Return the newest of the series that a rule is about."""
    versions = {version.id: version.version for version in registry.versions(session, model_id)}
    match rule.on:
        case "drift":
            report = series.newest_report(session, model_id)
            answers = registry.decisions_on(session, [report.id]) if report else {}
            return Known(versions=versions, report=report, answer=answers.get(report.id) if report else None)
        case "evaluation":
            found = series.newest_evaluation(session, model_id, pipeline.name, alias=CHAMPION, now=as_of)
            metrics = monitoring.evaluation_metrics(session, [found.id])[found.id] if found else []
            return Known(versions=versions, evaluation=found, metrics=tuple(metrics))
        case "label_lateness":
            end = as_of - pipeline.ground_truth.lag - rule.grace_time
            due = series.batches_until(session, model_id, end, alias=CHAMPION, first=DUE_PARTITIONS)
            keys = [batch.partition_key for batch in due]
            evaluated = monitoring.newest_evaluations(session, list(versions), pipeline.name, keys)
            labelled = frozenset((row.version_id, row.partition_key) for row in evaluated)
            return Known(versions=versions, due=due, labelled=labelled)
        case _:
            return Known(versions=versions, retraining=series.newest_ended(session, model_id))


def _close_without_rule(session: Session, pipeline: ModelPipeline, now: datetime) -> None:
    """End the alerts whose rule was taken out of the declaration; nobody is told."""
    keys = {alert_key(pipeline, rule) for rule in pipeline.alerts}
    for episode in alerts.open_alerts(session, pipeline.name):
        if episode.dedupe_key not in keys:
            episode.resolved_at = now


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Stores what becomes of alerts, in one transaction."""

    session: Session
    now: datetime
    channels: int
    dagster_url: str

    def write(self, seen: Sighting) -> Sequence[Raised]:
        """Store what a sighting changes, with its messages; return it where something began, ended or is told."""
        newest = alerts.newest_alert(self.session, seen.key)
        step = next_step(seen, self._past(newest, seen.key), self.now)
        if step.event is Event.NONE:
            return []
        told = step.tell and self.channels > 0
        begins = step.event in {Event.OPENED, Event.HAPPENED}
        opened_at = self.now if newest is None or begins else newest.opened_at
        text = message(step.event, seen, opened_at=opened_at, now=self.now, dagster_url=self.dagster_url)
        episode = self._begun(seen, text) if newest is None or begins else newest
        self._update(episode, step, seen, text)
        if told:
            self._tell(episode, step.event, seen, text)
        if step.event is Event.REMINDER and not told:
            return []
        return [Raised(alert_id=episode.id, event=step.event, told=told, title=text.subject)]

    def _past(self, newest: AlertEpisode | None, key: str) -> Past:
        if newest is None:
            return Past()
        return Past(
            is_open=newest.resolved_at is None,
            told=newest.messages > 0,
            evidence=newest.evidence,
            last_told=alerts.last_notified(self.session, key),
        )

    def _begun(self, seen: Sighting, text: Message) -> AlertEpisode:
        episode = AlertEpisode(
            dedupe_key=seen.key,
            what=seen.on,
            severity=seen.severity,
            model=seen.model,
            evidence=seen.evidence,
            title=text.subject,
            text=text.body,
            opened_at=self.now,
            last_seen_at=self.now,
        )
        self.session.add(episode)
        self.session.flush()
        return episode

    def _update(self, episode: AlertEpisode, step: Step, seen: Sighting, text: Message) -> None:
        if step.event in {Event.RESOLVED, Event.HAPPENED}:
            episode.resolved_at = self.now
        if step.event is not Event.RESOLVED:
            episode.last_seen_at = self.now
        if step.event is Event.REMINDER and (step.tell or episode.evidence != seen.evidence):
            episode.text = text.body
        if step.tell and self.channels > 0:
            episode.messages += 1
            if step.event is not Event.RESOLVED:
                episode.notified_at = self.now
                episode.evidence = seen.evidence

    def _tell(self, episode: AlertEpisode, event: Event, seen: Sighting, text: Message) -> None:
        row: dict[str, Any] = {
            "alert_id": episode.id,
            "number": episode.messages,
            "event": event.value,
            "severity": seen.severity,
            "subject": text.subject,
            "body": text.body,
            "state": DeliveryState.PENDING.value,
            "attempts": 0,
            "next_attempt_at": self.now,
            "created_at": self.now,
        }
        alerts.add_deliveries(self.session, [{**row, "channel": number} for number in range(1, self.channels + 1)])
