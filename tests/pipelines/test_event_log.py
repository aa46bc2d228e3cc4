"""The batched event log stores what Dagster's own stores, and the instance is set up once."""

import shutil
from collections import Counter
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from driftline.pipelines import dagster_home, open_instance
from driftline.pipelines.event_log import BatchedSqliteEventLog
from driftline.settings import Settings

DAYS = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-01-11")
ONE_RUN = {"partitions_def": DAYS, "backfill_policy": dg.BackfillPolicy.single_run()}
KEYS = (dg.AssetKey("first"), dg.AssetKey("second"))


@dg.asset(check_specs=[dg.AssetCheckSpec("seen", asset="first")], tags={"team": "forest"}, **ONE_RUN)
def first(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    for position, key in enumerate(context.partition_keys):
        context.add_asset_metadata({"position": position}, partition_key=key)
    return dg.MaterializeResult(
        data_version=dg.DataVersion("v1"), check_results=[dg.AssetCheckResult(passed=True, check_name="seen")]
    )


@dg.asset(deps=[first], **ONE_RUN)
def second(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    # Without a version of its own Dagster would hash ids of events, which are other ones in each instance.
    return dg.MaterializeResult(data_version=dg.DataVersion("v2"), metadata={"keys": len(context.partition_keys)})


DEFINITIONS = dg.Definitions(assets=[first, second], executor=dg.in_process_executor)


def history(home: Path, *, batched: bool) -> dict[str, object]:
    """What an instance knows after two backfills that overlap."""
    home.mkdir()
    dagster_yaml = "telemetry: {enabled: false}\n"
    if batched:
        dagster_yaml += (
            "event_log_storage: {module: driftline.pipelines.event_log, class: BatchedSqliteEventLog, "
            f"config: {{base_dir: {home / 'history'}}}}}\n"
        )
    (home / "dagster.yaml").write_text(dagster_yaml)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        storage = instance.event_log_storage
        assert type(storage) is (BatchedSqliteEventLog if batched else SqliteEventLogStorage)
        runs = [
            DEFINITIONS.resolve_implicit_global_asset_job_def().execute_in_process(
                instance=instance,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                tags={
                    "dagster/asset_partition_range_start": start,
                    "dagster/asset_partition_range_end": end,
                },
            )
            for start, end in [("2026-01-01", "2026-01-07"), ("2026-01-05", "2026-01-10")]
        ]
        return {
            "keys": storage.all_asset_keys(),
            "partitions": {key: instance.get_materialized_partitions(key) for key in KEYS},
            "counts": {key: counts_of(storage, key) for key in KEYS},
            "tags": [
                storage.get_latest_tags_by_partition(
                    key, dg.DagsterEventType.ASSET_MATERIALIZATION, ["dagster/data_version"]
                )
                for key in KEYS
            ],
            "latest": [latest_of(instance, key) for key in KEYS],
            "history": [materializations_of(instance, key) for key in KEYS],
            "log": [log_of(storage, run.run_id) for run in runs],
            "checks": [check.passed for run in runs for check in run.get_asset_check_evaluations()],
        }


def counts_of(storage, key):
    records = storage.get_materialized_partitions(key)
    planned = storage.get_event_records(
        dg.EventRecordsFilter(dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED, asset_key=key)
    )
    done = storage.get_event_records(dg.EventRecordsFilter(dg.DagsterEventType.ASSET_MATERIALIZATION, asset_key=key))
    return len(records), Counter(r.partition_key for r in planned), Counter(r.partition_key for r in done)


def latest_of(instance, key):
    found = instance.get_latest_materialization_event(key).asset_materialization
    return found.partition, found.tags.get("dagster/data_version"), {k: v.value for k, v in found.metadata.items()}


def materializations_of(instance, key):
    records = instance.fetch_materializations(key, limit=100).records
    return [(r.partition_key, {k: v.value for k, v in r.asset_materialization.metadata.items()}) for r in records]


def log_of(storage, run_id):
    return Counter(record.dagster_event_type for record in storage.get_logs_for_run(run_id) if record.is_dagster_event)


def test_the_batched_log_stores_the_same_as_dagsters_own(tmp_path, monkeypatch):
    monkeypatch.delenv("DAGSTER_EVENT_BATCH_SIZE", raising=False)
    own = history(tmp_path / "own", batched=False)
    batched = history(tmp_path / "batched", batched=True)
    shortened = [{k: v for k, v in told.items() if k != "tags"} for told in (own, batched)]
    assert shortened[0] == shortened[1]
    assert [sorted(tags) for tags in own["tags"]] == [sorted(tags) for tags in batched["tags"]]
    assert {day: tags["dagster/data_version"] for day, tags in batched["tags"][0].items()} == dict.fromkeys(
        DAYS.get_partition_keys(), "v1"
    )
    assert len(own["history"][0]) == 13


@pytest.fixture
def new_home(tmp_path, monkeypatch):
    monkeypatch.setenv("DRIFTLINE_HOME", str(tmp_path / "with a space"))
    monkeypatch.delenv("DAGSTER_EVENT_BATCH_SIZE", raising=False)
    monkeypatch.setenv("DAGSTER_HOME", "")
    return tmp_path


def test_a_new_home_is_set_up_and_can_be_opened(new_home):
    home = dagster_home(Settings())
    assert home == new_home / "with a space" / "dagster"
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert isinstance(instance.event_log_storage, BatchedSqliteEventLog)
        assert instance.run_monitoring_enabled
        assert not instance.telemetry_enabled
    shutil.rmtree(home)


def test_a_file_that_is_there_is_never_changed(new_home):
    config = dagster_home(Settings()) / "dagster.yaml"
    config.write_text("telemetry: {enabled: false}\n")
    assert dagster_home(Settings()) == config.parent
    assert config.read_text() == "telemetry: {enabled: false}\n"


def test_a_home_that_is_set_is_used(new_home, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(new_home / "elsewhere"))
    assert dagster_home(Settings()) == new_home / "elsewhere"
    assert (new_home / "elsewhere" / "dagster.yaml").is_file()


def test_history_is_there_whoever_wrote_the_home_first(new_home, monkeypatch):
    @dg.asset
    def rows() -> int:
        return 1

    home = new_home / "first"
    home.mkdir(parents=True)
    with dg.DagsterInstance.from_config(str(home)) as own:
        assert dg.materialize([rows], instance=own).success
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with open_instance(dagster_home(Settings())) as ours:
        assert ours.get_latest_materialization_event(rows.key) is not None
        assert dg.materialize([rows], instance=ours).success
        newest = ours.get_latest_materialization_event(rows.key).run_id
    (home / "dagster.yaml").unlink()
    with dg.DagsterInstance.from_config(str(home)) as own:
        assert own.get_latest_materialization_event(rows.key).run_id == newest
