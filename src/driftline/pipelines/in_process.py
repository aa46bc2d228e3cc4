"""Dagster runs in this process, for commands: they need no daemon, and Dagster's pages show them like all others."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.execution.api import execute_run
from dagster._core.remote_origin import CodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster_shared.error import SerializableErrorInfo

from driftline.pipelines.code_location import code_location
from driftline.pipelines.errors import RunFailedError
from driftline.pipelines.instance import dagster_home, open_instance
from driftline.pipelines.signals import signals_interrupt

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """The jobs of a project, for commands.

    Attributes:
        definitions: of the project.
        instance: where the runs are recorded.
        location: as which Dagster loads the project. Its timeline and the pages of jobs show the runs of a known
            location alone; None where there is none.
    """

    definitions: dg.Definitions
    instance: dg.DagsterInstance
    location: CodeLocationOrigin | None = None

    def run(
        self,
        name: str,
        *,
        assets: Sequence[dg.AssetKey] | None = None,
        tags: Mapping[str, str] | None = None,
        replay_at: datetime | None = None,
    ) -> str:
        """Run a job in this process and return its Dagster run id.

        Args:
            name: of the job.
            assets: of the job; all of them by default.
            tags: of the run; a range of partitions is two of them.
            replay_at: the past moment whose knowledge counts; None for now.

        Raises:
            RunFailedError: a step failed; what it stored before is stored.
            SignalInterrupt: a signal, as of Ctrl-C, asked the command to end; also where the run had ended by then.
        """
        run_id, fault = self.attempt(name, assets=assets, tags=tags, replay_at=replay_at)
        if fault is not None:
            raise fault
        return run_id

    def attempt(
        self,
        name: str,
        *,
        assets: Sequence[dg.AssetKey] | None = None,
        tags: Mapping[str, str] | None = None,
        replay_at: datetime | None = None,
    ) -> tuple[str, RunFailedError | None]:
        """Run a job as `run` does, and return the id of a run that failed, too, with why."""
        config: dict[str, Any] = dict(QUIET)
        if replay_at is not None:
            config["resources"] = {"workspace": {"config": {"replay_at": replay_at.isoformat()}}}
        result = self._execute(name, config, assets, tags or {})
        if result.success:
            return result.run_id, None
        return result.run_id, RunFailedError(name, result.run_id, replay_at, _causes(result))

    def _execute(
        self, name: str, config: Mapping[str, Any], assets: Sequence[dg.AssetKey] | None, tags: Mapping[str, str]
    ) -> dg.JobExecutionResult:
        """Do what `execute_in_process` does, on a run that knows its code location."""
        job = self.definitions.resolve_job_def(name)
        here = job.as_ephemeral_job(resource_defs={}, input_values={})  # one process, whatever the executor
        run = self.instance.create_run_for_job(
            here,
            run_config=config,
            tags={**job.run_tags, **tags},
            asset_selection=frozenset(assets) if assets else None,
            remote_job_origin=self._origin(name),
        )
        with signals_interrupt():
            return execute_run(InMemoryJob(here), run, self.instance)

    def _origin(self, name: str) -> RemoteJobOrigin | None:
        if self.location is None:
            return None
        return RemoteRepositoryOrigin(self.location, SINGLETON_REPOSITORY_NAME).get_job_origin(name)


def _causes(result: dg.JobExecutionResult) -> list[str]:
    """Return why a run failed, as sentences: by its steps, or by what befell it before and between them."""
    checks = [one for one in result.get_asset_check_evaluations() if not one.passed and one.blocking]
    told: list[str | None] = [" ".join((check.description or "").split("\n")) for check in checks]
    steps = [] if any(told) else [event.step_failure_data for event in result.get_step_failure_events()]
    told += [step.user_failure_data.description for step in steps if step.user_failure_data]
    told += [_message(step.error) for step in steps if step.error and not any(told)]
    ended = [event.job_failure_data.error for event in result.filter_events(lambda event: event.is_job_failure)]
    told += [_message(error) for error in ended if error and not any(told)]
    return [sentence.strip() for sentence in told if sentence and sentence.strip()] or ["It does not say why."]


def _message(error: SerializableErrorInfo) -> str:
    """Return what was raised first: Dagster's own words around it say where."""
    while error.cause is not None:
        error = error.cause
    return error.message


@contextmanager
def open_jobs(definitions: dg.Definitions, root: Path) -> Iterator[Jobs]:
    """Open the jobs of the project in the folder `root`, on its Dagster instance.

    Raises:
        WorkspaceFileError: Dagster cannot read the project's `workspace.yaml`.
        SignalInterrupt: a signal, as of Ctrl-C, asked the command to end.
    """
    location = code_location(root)
    with signals_interrupt(), open_instance(dagster_home()) as instance:
        yield Jobs(definitions=definitions, instance=instance, location=location)


def partition_range(keys: Sequence[str]) -> dict[str, str]:
    """Return the tags of a run over all partitions from the first of `keys` to the last."""
    return {"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[-1]}
