"""Dagster runs in this process, for commands: they need no daemon, and the Dagster UI shows them afterwards."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import dagster as dg

from driftline.pipelines.errors import RunFailedError

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run_job(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    name: str,
    *,
    assets: Sequence[dg.AssetKey] | None = None,
    tags: Mapping[str, str] | None = None,
    replay_at: datetime | None = None,
) -> str:
    """Run a job and return its Dagster run id.

    Args:
        definitions: of the project.
        instance: where the run is recorded.
        name: of the job.
        assets: of the job; all of them by default.
        tags: of the run; a range of partitions is two of them.
        replay_at: the past moment whose knowledge counts; None for now.

    Raises:
        RunFailedError: a step failed; what it stored before is stored.
        KeyboardInterrupt: somebody pressed Ctrl-C.
    """
    config: dict[str, Any] = dict(QUIET)
    if replay_at is not None:
        config["resources"] = {"workspace": {"config": {"replay_at": replay_at.isoformat()}}}
    result = definitions.resolve_job_def(name).execute_in_process(
        instance=instance,
        run_config=config,
        tags=dict(tags or {}),
        asset_selection=list(assets) if assets else None,
        raise_on_error=False,
    )
    if result.success:
        return result.run_id
    steps = [event.step_failure_data for event in result.get_step_failure_events()]
    if any(step.error and step.error.cls_name == "DagsterExecutionInterruptedError" for step in steps):
        raise KeyboardInterrupt
    causes = [step.user_failure_data.description or "" for step in steps if step.user_failure_data]
    causes = causes or [str(step.error.message).strip() for step in steps if step.error]
    raise RunFailedError(name, result.run_id, replay_at, causes)


def partition_range(keys: Sequence[str]) -> dict[str, str]:
    """Return the tags of a run over all partitions from the first of `keys` to the last."""
    return {"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[-1]}
