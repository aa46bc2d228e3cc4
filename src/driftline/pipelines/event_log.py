"""Dagster's SQLite event log, writing the events of many partitions together, and which process executes a run.

Dagster's own log opens an engine and commits twice for each event: 900 partitions of two assets cost
46 s of CPU before any work. Whoever wants that one deletes `event_log_storage` from `dagster.yaml`; a test holds
that both store the same. It leans on private methods of Dagster 1.13, which `pyproject.toml` therefore pins.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Self

from dagster import DagsterEventType, EventLogEntry
from dagster._core.events import ASSET_EVENTS
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData

from driftline.pipelines.dead_runs import process_tag

BATCH_SIZE = 500


class BatchedSqliteEventLog(SqliteEventLogStorage):
    """The SQLite event log with one transaction for each batch of a run's asset events."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", str(BATCH_SIZE))  # Dagster reads it at each event
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Return the storage that `dagster.yaml` configures; the parent's would return the parent."""
        return cls(inst_data=inst_data, **config_value)

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event; the process that says of a run that it starts is the one that executes it."""
        if event.is_dagster_event and event.dagster_event_type is DagsterEventType.RUN_START and self.has_instance:
            self._instance.add_run_tags(event.run_id, process_tag(event.run_id))
        super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store the asset events of each run together, and all others one by one, as Dagster does."""
        runs: dict[str, list[EventLogEntry]] = {}
        for event in events:
            if event.is_dagster_event and event.dagster_event_type in ASSET_EVENTS:
                runs.setdefault(event.run_id, []).append(event)
            else:
                self.store_event(event)
        for assets in runs.values():
            self._store_asset_events(assets)

    def _store_asset_events(self, assets: Sequence[EventLogEntry]) -> None:
        # the newest partition last, as Dagster's latest: those of a list of keys come in any order
        assets = sorted(assets, key=lambda event: event.get_dagster_event().partition or "")
        rows = [self.prepare_insert_event(event) for event in assets]
        with self.run_connection(assets[0].run_id) as connection:
            for row in rows:
                connection.execute(row)
        with self.index_transaction() as connection:
            ids = [int(connection.execute(row).inserted_primary_key[0]) for row in rows]  # type: ignore[index]
            self._store_asset_event_tags(connection, assets, ids)
            newest = {
                (event.get_dagster_event().asset_key, event.dagster_event_type): (event, id_)
                for event, id_ in zip(assets, ids, strict=True)
            }
            for event, id_ in newest.values():
                self._store_asset_event(connection, event, id_)
