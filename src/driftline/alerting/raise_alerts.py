"""From stored series to stored alerts, with the messages about them in the outbox: one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from driftline.alerting.rule_results import FailedRun, Known, Sighting, State, alert_key, sight
from driftline.alerting.steps import Event, Past, Step, next_step
from driftline.alerting.text import Message, message
from driftline.declaration import Alert, ModelPipeline
from driftline.registry import Decision, Timeline, load_decisions, load_timeline
from driftline.store import Session, alert_rows, batch_rows, decision_rows, drift_rows, evaluation_rows, model_rows
from driftline.store.alert_rows import AlertEpisode, DeliveryState
from driftline.store.batch_rows import PredictionBatch
from driftline.store.evaluation_rows import Evaluation
from driftline.store.lookup import by_key
from driftline.store.model_rows import ModelVersionRow
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
    workspace: Workspace,
    pipelines: Mapping[str, ModelPipeline],
    *,
    channels: int,
    dagster_url: str,
    failed_runs: Mapping[str, Sequence[FailedRun]] | None = None,
) -> Sequence[Raised]:
    """Look at the newest of each series, and store what is to be told of it, with one message for each channel.

    Asking again stores nothing again: a trouble has at most one open alert, by a constraint of the database,
    and the messages about it are stored together with it.

    Args:
        workspace: where the series and the alerts are.
        pipelines: by name; alerts of others are left alone.
        channels: how many addresses are configured; with none, alerts are stored and told once there is one.
        dagster_url: the UI, for links.
        failed_runs: of Dagster, by pipeline.
    """
    raised: list[Raised] = []
    failed = failed_runs or {}
    with workspace.database.transaction() as session:
        model_rows.lock_models(session)  # of two that look at once, the second sees what the first has stored
        read = _Series(session)
        writer = _Writer(session=session, now=workspace.clock(), channels=channels, dagster_url=dagster_url)
        for pipeline in pipelines.values():
            model_id = read.models.get(pipeline.name)
            for rule in pipeline.alerts:
                known = _known(read, pipeline, rule, model_id, workspace.as_of()) if model_id else Known(versions={})
                seen = sight(pipeline, rule, replace(known, failed_runs=failed.get(pipeline.name, ())))
                if seen is not None and not (seen.state is State.OK and seen.key not in read.open):
                    raised += writer.write(seen)
            _close_without_rule(read.open, pipeline, workspace.clock())
    return raised


class _Series:
    """The newest of the series of all models, each in one statement."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.models = {line.name: line.id for line in model_rows.models(session)}
        self.open = {episode.dedupe_key: episode for episode in alert_rows.open_alerts(session)}
        self.reports = drift_rows.newest_reports(session)
        self.answers = _on_reports(session, [report.id for report in self.reports.values()])
        ended = load_decisions(session, list(decision_rows.newest_ended(session).values()))
        self.ended = {decision.model_id: decision for decision in ended.values()}
        named = {report.version_id for report in self.reports.values()}
        for row in self.ended.values():
            named |= {id_ for id_ in (row.serving_version_id, row.challenger_version_id) if id_ is not None}
        self.versions = {id_: found.version for id_, found in by_key(session, ModelVersionRow, named).items()}


def _known(read: _Series, pipeline: ModelPipeline, rule: Alert, model_id: int, as_of: datetime) -> Known:
    """Return the newest of the series that a rule is about."""
    match rule.on:
        case "drift":
            report = read.reports.get(model_id)
            answer = read.answers.get(report.id) if report else None
            return Known(versions=read.versions, report=report, answer=answer)
        case "evaluation":
            found = _newest_served(read.session, model_id, pipeline.name, as_of)
            metrics = evaluation_rows.evaluation_metrics(read.session, [found.id])[found.id] if found else []
            return Known(versions=_numbers(read.session, model_id), evaluation=found, metrics=tuple(metrics))
        case "label_lateness":
            end = as_of - pipeline.ground_truth.lag - rule.grace_time
            due = _served_until(read.session, model_id, end, first=DUE_PARTITIONS)
            keys = [batch.partition_key for batch in due]
            versions = _numbers(read.session, model_id)
            evaluated = evaluation_rows.newest_evaluations(read.session, list(versions), pipeline.name, keys)
            labelled = frozenset((row.version_id, row.partition_key) for row in evaluated)
            return Known(versions=versions, due=due, labelled=labelled)
        case _:
            return Known(versions=read.versions, retraining=read.ended.get(model_id))


PAGE = 50  # rows that are looked at together


def _newest_served(session: Session, model_id: int, dataset: str, as_of: datetime) -> Evaluation | None:
    """Return the newest evaluation on the newest partition of who was champion at its start."""
    champions, offset = load_timeline(session, model_id), 0
    while rows := evaluation_rows.newest_on_partitions(session, model_id, dataset, first=PAGE, offset=offset):
        for row, start in rows:
            if _is_of(champions, row.version_id, start or as_of):
                return row
        offset += PAGE
    return None


def _served_until(session: Session, model_id: int, end: datetime, *, first: int) -> Sequence[PredictionBatch]:
    """Return the newest batches that ended by `end`, of who was champion at their start, newest first."""
    champions, offset = load_timeline(session, model_id), 0
    served: list[PredictionBatch] = []
    while len(served) < first and (rows := batch_rows.ended_by(session, model_id, end, first=PAGE, offset=offset)):
        served += [row for row in rows if _is_of(champions, row.version_id, row.window_start or end)]
        offset += PAGE
    return served[:first]


def _is_of(champions: Timeline, version_id: int, time: datetime) -> bool:
    holder = champions.holder(time)
    return holder is not None and holder.id == version_id


def _on_reports(session: Session, report_ids: Sequence[int]) -> dict[int | None, Decision]:
    """Return the decision on each drift report."""
    rows = decision_rows.on_reports(session, report_ids)
    return {found.drift_report_id: found for found in load_decisions(session, list(rows.values())).values()}


def _numbers(session: Session, model_id: int) -> dict[int, int]:
    return {version.id: version.version for version in model_rows.versions(session, model_id)}


def _close_without_rule(opened: Mapping[str, AlertEpisode], pipeline: ModelPipeline, now: datetime) -> None:
    """End the alerts whose rule was taken out of the declaration; nobody is told."""
    keys = {alert_key(pipeline, rule) for rule in pipeline.alerts}
    for episode in opened.values():
        if episode.model == pipeline.name and episode.dedupe_key not in keys:
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
        newest = alert_rows.newest_alert(self.session, seen.key)
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
            last_told=alert_rows.last_notified(self.session, key),
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
        alert_rows.add_deliveries(self.session, [{**row, "channel": number} for number in range(1, self.channels + 1)])
