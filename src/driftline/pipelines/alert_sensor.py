"""The sensor that notifies people: it raises alerts from new rows, and sends what waits in the outbox."""

from collections import Counter
from collections.abc import Sequence

import dagster as dg

from driftline.alerting import DeliveryResult, RaisedAlert, deliver, open_channels, raise_alerts
from driftline.declaration import ModelPipeline
from driftline.pipelines.dead_runs import end_dead_runs
from driftline.pipelines.failed_runs import failed_runs
from driftline.pipelines.workspace import WorkspaceResource
from driftline.settings import Settings

_EVENTS = {
    "opened": "opened",
    "happened": "about news",
    "reminder": "repeated",
    "resolved": "resolved",
}


def alert_sensor(pipelines: Sequence[ModelPipeline], *, interval_s: int = 30) -> dg.SensorDefinition:
    """Return the sensor over all `pipelines` that raises alerts and sends messages every `interval_s` seconds.

    The truth is in the database: alerts and the messages about them are stored in one transaction before
    anything is sent, so a tick that dies half-way is repeated without harm.
    """
    by_name = {pipeline.name: pipeline for pipeline in pipelines}

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=interval_s,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Raises alerts by the rules of the pipelines, and sends them to DRIFTLINE_ALERT_URLS.",
    )
    def alerts(context: dg.SensorEvaluationContext, workspace: WorkspaceResource) -> dg.SkipReason:
        end_dead_runs(context.instance)
        settings = Settings()
        urls = settings.alert_channels
        raised = raise_alerts(
            workspace.opened,
            by_name,
            channels=len(urls),
            dagster_url=settings.dagster_url,
            failed_runs=failed_runs(context.instance, by_name),
        )
        delivered = deliver(workspace.opened, open_channels(urls))
        return dg.SkipReason(_summary(raised, delivered, channels=len(urls)))

    return alerts


def _summary(raised: Sequence[RaisedAlert], delivered: DeliveryResult, *, channels: int) -> str:
    """Return in words what a tick did."""
    events = Counter(_EVENTS[alert.event] for alert in raised)
    did = [f"{count} {'alert' if count == 1 else 'alerts'} {event}" for event, count in events.items()]
    counts = {"sent": delivered.sent, "to be tried again": delivered.retried, "given up": delivered.failed}
    did += [
        f"{count} {'message' if count == 1 else 'messages'} {outcome}" for outcome, count in counts.items() if count
    ]
    clauses = [f"{', '.join(did)}." if did else "Nothing new."]
    clauses += [alert.title for alert in raised[:3]]
    clauses += delivered.faults[:3]
    if not channels:
        clauses.append("No channel is configured: set DRIFTLINE_ALERT_URLS to send alerts.")
    return " ".join(clauses)
