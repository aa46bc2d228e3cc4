"""From a declaration to Dagster: assets, checks, jobs, schedules, the sensors and the instance.

The only room that knows Dagster.
"""

from driftline.pipelines.alert_sensor import alert_sensor
from driftline.pipelines.backfill import Backfilled, backfill, renew
from driftline.pipelines.build import build
from driftline.pipelines.drift_sensor import drift_sensor
from driftline.pipelines.in_process import open_jobs
from driftline.pipelines.instance import dagster_home, open_instance
from driftline.pipelines.replay import replay
from driftline.pipelines.workspace import WorkspaceResource

__all__ = [
    "Backfilled",
    "WorkspaceResource",
    "alert_sensor",
    "backfill",
    "build",
    "dagster_home",
    "drift_sensor",
    "open_instance",
    "open_jobs",
    "renew",
    "replay",
]
