"""A Dagster instance of its own, and the definitions of the small pipelines, as a project would have them."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from driftline.declaration import ModelPipeline
from driftline.pipelines import WorkspaceResource, build, dagster_home, drift_sensor
from driftline.pipelines.in_process import Jobs
from driftline.workspace import Workspace, open_workspace
from tests.streams import LONG_AFTER
from tests.workspaces import Template, serve_first_model

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def definitions_of(*pipelines: ModelPipeline) -> dg.Definitions:
    """The pipelines with all that a project adds to them."""
    return dg.Definitions.merge(
        *(build(pipeline) for pipeline in pipelines),
        dg.Definitions(
            resources={"workspace": WorkspaceResource()},
            sensors=[drift_sensor(pipelines)],
            executor=dg.in_process_executor,
        ),
    )


class Dagster:
    """Runs jobs in this process on an instance with a home folder."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance

    def run(
        self, name: str, *pipelines: ModelPipeline, days: tuple[str, str] | None = None, at: str = "", **options: object
    ) -> dg.ExecuteInProcessResult:
        tags = dict(options.pop("tags", {}))
        if days is not None:
            tags |= {"dagster/asset_partition_range_start": days[0], "dagster/asset_partition_range_end": days[1]}
        at = at or LONG_AFTER.isoformat()
        config = {**QUIET, "resources": {"workspace": {"config": {"replay_at": at}}}, "ops": options.pop("ops", {})}
        return (
            definitions_of(*pipelines)
            .resolve_job_def(name)
            .execute_in_process(
                instance=self.instance,
                run_config=config,
                tags=tags,
                raise_on_error=False,
                **options,
            )
        )

    def jobs(self, *pipelines: ModelPipeline) -> Jobs:
        """The jobs of pipelines, for commands."""
        return Jobs(definitions=definitions_of(*pipelines), instance=self.instance)

    def newest(self, *key: str) -> dg.AssetMaterialization | None:
        event = self.instance.get_latest_materialization_event(dg.AssetKey(key))
        return None if event is None else event.asset_materialization

    def partitions(self, *key: str) -> set[str]:
        return set(self.instance.get_materialized_partitions(dg.AssetKey(key)))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty DRIFTLINE_HOME."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("DRIFTLINE_HOME", str(folder))
    monkeypatch.setenv("DAGSTER_HOME", str(folder / "dagster"))
    for name in ("DRIFTLINE_DATABASE_URL", "DRIFTLINE_ARTIFACTS_URL", "DAGSTER_EVENT_BATCH_SIZE"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def dagster(home: Path) -> Iterator[Dagster]:
    """Dagster on the empty home."""
    with dg.DagsterInstance.from_config(str(dagster_home())) as instance:
        yield Dagster(instance)


@pytest.fixture
def serving(home: Path, template: Template) -> Iterator[Workspace]:
    """The workspace of the home, in which the first model of `fires` is champion."""
    url, artifacts = template("sqlite", serve_first_model)
    shutil.copy(url.removeprefix("sqlite:///"), home / "driftline.db")
    shutil.copytree(artifacts, home / "artifacts")
    opened = open_workspace(replay_at=LONG_AFTER)
    yield opened
    opened.database.close()
