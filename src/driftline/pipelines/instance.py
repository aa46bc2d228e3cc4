"""The Dagster instance of a project: where its history lies and how it is set up, without asking anybody."""

import os
from pathlib import Path

import dagster as dg
from filelock import FileLock

from driftline.pipelines.dead_runs import end_dead_runs
from driftline.pipelines.errors import ReadOnlyInstanceError
from driftline.settings import Settings, make_folder

CONFIG = "dagster.yaml"
LOCK = "open.lock"
DAGSTER_YAML = """\
# The Dagster instance of this project. driftline wrote this file once and leaves it alone.

telemetry:
  enabled: false      # nothing is sent anywhere

nux:
  enabled: false      # no dialogs on a first visit

# Runs that do not start are marked as failed. Runs whose process died are ended by driftline's sensors and commands.
run_monitoring:
  enabled: true
  max_resume_run_attempts: 0

run_retries:
  enabled: true       # for runs that carry the tag dagster/max_retries

concurrency:
  pools:
    default_limit: 1  # two retrainings of one pipeline never run together
    granularity: run
  runs:
    max_concurrent_runs: 2

# Writes the events of many partitions together, where Dagster's own event log lies: without these lines it is read.
event_log_storage:
  module: driftline.pipelines.event_log
  class: BatchedSqliteEventLog
  config:
    base_dir: {history}
"""


def dagster_home(settings: Settings | None = None) -> Path:
    """Return the folder of the Dagster instance, made and set up where it is new.

    The process and its children then see it as `DAGSTER_HOME`. A `dagster.yaml` that is there is never changed.
    """
    home = (settings or Settings()).dagster_home
    make_folder(home)
    _check_writable(home)
    config = home / CONFIG
    with FileLock(home / LOCK):
        if not config.exists():
            config.write_text(DAGSTER_YAML.format(history=home / "history" / "runs"))
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def open_instance(home: Path) -> dg.DagsterInstance:
    """Return the Dagster instance of a folder that `dagster_home` has set up; close it, or use it in a `with`.

    Runs whose process died are ended first.

    Raises:
        ReadOnlyInstanceError: this process may not write there.
    """
    _check_writable(home)
    with FileLock(home / LOCK):  # Dagster makes its tables without one: two that begin at once spoil them for good
        instance = dg.DagsterInstance.from_config(str(home))
    end_dead_runs(instance)
    return instance


def _check_writable(home: Path) -> None:
    """Refuse a home that may only be read, or whose SQLite files may."""
    for folder in (home, home / "history"):
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            raise ReadOnlyInstanceError(str(folder))
