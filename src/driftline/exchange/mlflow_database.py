"""MLflow's database, of its versions 1 to 3: which columns there are is asked of the database."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from driftline.errors import LibraryMissingError
from driftline.exchange.errors import UnreadableStoreError
from driftline.exchange.mlflow_values import CONTEXT, NOTE, columns_of, measured, name_in, row_count_of, status_of
from driftline.exchange.report import ImportReport
from driftline.exchange.source import (
    SourceExperiment,
    SourceInput,
    SourceModel,
    SourcePoint,
    SourceRun,
    SourceVersion,
)
from driftline.masking import mask_url

_AT_ONCE = 200  # runs whose rows are read by one statement
Row = Mapping[str, Any]


class MlflowDatabase:
    """The tables of an MLflow server or of a file `mlflow.db`; what cannot be used is named in the report.

    Args:
        url: of the database, with its secrets; it is only read.
        report: where items are named that are left out.

    Raises:
        UnreadableStoreError: it does not answer, or has no runs of MLflow's.
    """

    def __init__(self, url: str, report: ImportReport) -> None:
        self._report = report
        try:
            self._engine = create_engine(url, hide_parameters=True)
            self._metadata = MetaData()
            self._metadata.reflect(self._engine, resolve_fks=False)
        except ModuleNotFoundError as error:
            raise LibraryMissingError("The database driver", error, "pip install 'driftline[postgres]'") from error
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise UnreadableStoreError(mask_url(url), " ".join(str(cause).split())) from error
        if not {"experiments", "runs", "metrics"} <= self._metadata.tables.keys():
            raise UnreadableStoreError(mask_url(url), "it has no tables of MLflow's")
        file = self._engine.url.database if self._engine.dialect.name == "sqlite" else None
        self._beside = Path(file).absolute().parent if file else None

    def close(self) -> None:
        """Close the connections to it."""
        self._engine.dispose()

    @property
    def folders(self) -> Sequence[str]:
        """Return the folders beside a file in which its artifacts usually lie."""
        return [str(self._beside / name) for name in ("mlruns", "mlartifacts", ".")] if self._beside else []

    def experiments(self) -> Sequence[SourceExperiment]:
        """Return all experiments, deleted ones, too."""
        notes = {
            str(row["experiment_id"]): row["value"] or "" for row in self._rows("experiment_tags") if row["key"] == NOTE
        }
        return [
            SourceExperiment(
                id=str(row["experiment_id"]),
                name=name_in(row.get("workspace"), str(row["name"])),
                description=notes.get(str(row["experiment_id"]), ""),
                created_ms=row.get("creation_time"),
                is_deleted=row.get("lifecycle_stage") == "deleted",
            )
            for row in self._rows("experiments", order=("experiment_id",))
        ]

    def run_count(self) -> int:
        """Return how many runs there are."""
        with self._engine.connect() as connection:
            return int(connection.scalar(select(func.count()).select_from(self._table("runs"))) or 0)

    def runs(self, experiment: SourceExperiment) -> Iterator[SourceRun]:
        """Return the runs of an experiment by their ids."""
        runs = self._table("runs")
        of_experiment = select(runs).where(runs.c.experiment_id == int(experiment.id)).order_by(runs.c.run_uuid)
        with self._engine.connect() as connection:
            rows = connection.execute(of_experiment).mappings().all()
            for start in range(0, len(rows), _AT_ONCE):
                yield from self._read(connection, experiment, rows[start : start + _AT_ONCE])

    def models(self) -> Iterator[SourceModel]:
        """Return the registered models."""
        for model in self._rows("registered_models", order=("name",)):
            own = {name: model[name] for name in ("workspace", "name") if name in model}
            tags = self._by_version("model_version_tags", own)
            yield SourceModel(
                name=name_in(model.get("workspace"), str(model["name"])),
                description=str(model.get("description") or ""),
                created_ms=int(model.get("creation_time") or 0),
                updated_ms=int(model.get("last_updated_time") or 0),
                versions=[
                    SourceVersion(
                        number=int(row["version"]),
                        run_id=row.get("run_id") or None,
                        location=row.get("storage_location") or row.get("source") or None,
                        stage=str(row.get("current_stage") or "None"),
                        description=str(row.get("description") or ""),
                        created_ms=int(row.get("creation_time") or 0),
                        updated_ms=int(row.get("last_updated_time") or row.get("creation_time") or 0),
                        tags=tags.get(int(row["version"]), {}),
                    )
                    for row in self._rows("model_versions", own, order=("version",))
                    if row.get("current_stage") != "Deleted_Internal"
                ],
                aliases={str(row["alias"]): int(row["version"]) for row in self._rows("registered_model_aliases", own)},
                tags={str(row["key"]): row["value"] for row in self._rows("registered_model_tags", own)},
            )

    def model_location(self, model_id: str) -> str | None:
        """Return where the files of a logged model lie, or None."""
        rows = self._rows("logged_models", {"model_id": model_id})
        return str(rows[0]["artifact_location"]) if rows and rows[0].get("artifact_location") else None

    def _read(self, connection: Connection, experiment: SourceExperiment, rows: Sequence[Any]) -> Iterator[SourceRun]:
        ids = [str(row["run_uuid"]) for row in rows]
        params = self._of_runs(connection, "params", ids)
        tags = self._of_runs(connection, "tags", ids)
        inputs = self._inputs(connection, ids)
        logged = self._of_runs(connection, "logged_models", ids, of="source_run_id")
        for row in rows:
            run_id = str(row["run_uuid"])
            try:
                status = status_of(row["status"])
            except ValueError as error:
                self._report.skip("runs", run_id, str(error))
                continue
            is_deleted = experiment.is_deleted or row.get("lifecycle_stage") == "deleted"
            deleted = row.get("deleted_time") or row["end_time"] or row["start_time"] or 0
            yield SourceRun(
                run_id=run_id,
                experiment=experiment.name,
                name=row.get("name") or None,
                status=status,
                user=row.get("user_id") or None,
                started_ms=row["start_time"],
                ended_ms=row["end_time"],
                deleted_ms=deleted if is_deleted else None,
                artifacts=row.get("artifact_uri") or None,
                params={str(one["key"]): str(one["value"]) for one in params.get(run_id, [])},
                tags={str(one["key"]): str(one["value"] or "") for one in tags.get(run_id, [])},
                points=self._points(connection, run_id),
                inputs=inputs.get(run_id, ()),
                files={
                    f"models/{one['model_id']}": str(one["artifact_location"])
                    for one in logged.get(run_id, [])
                    if one.get("artifact_location")
                },
            )

    def _points(self, connection: Connection, run_id: str) -> list[SourcePoint]:
        metrics = self._table("metrics")
        names = [name for name in ("key", "timestamp", "step", "value", "is_nan") if name in metrics.c]
        statement = select(*(metrics.c[name] for name in names)).where(metrics.c.run_uuid == run_id)
        points: dict[SourcePoint, None] = {}
        for row in connection.execute(
            statement.order_by(metrics.c.key, metrics.c.step, metrics.c.timestamp)
        ).mappings():
            if row["value"] is None or row["timestamp"] is None:
                self._report.skip("points", f"{run_id} {row['key']}", "it has no value or no time")
                continue
            value = measured(float(row["value"]), is_nan=bool(row.get("is_nan")))
            points[SourcePoint(str(row["key"]), int(row["timestamp"]), int(row.get("step") or 0), value)] = None
        return list(points)

    def _inputs(self, connection: Connection, ids: Sequence[str]) -> Mapping[str, list[SourceInput]]:
        used = [row for rows in self._of_runs(connection, "inputs", ids, of="destination_id").values() for row in rows]
        used = [row for row in used if row["source_type"] == "DATASET" and row["destination_type"] == "RUN"]
        data = {row["dataset_uuid"]: row for row in self._datasets} if used else {}
        tags = self._of_runs(connection, "input_tags", [row["input_uuid"] for row in used], of="input_uuid")
        found: dict[str, list[SourceInput]] = {}
        for row in used:
            dataset = data.get(row["source_id"])
            if dataset is None:
                self._report.skip("inputs", f"{row['destination_id']} {row['source_id']}", "its dataset is not there")
                continue
            roles = [tag["value"] for tag in tags.get(row["input_uuid"], []) if tag["name"] == CONTEXT]
            found.setdefault(str(row["destination_id"]), []).append(
                SourceInput(
                    dataset=str(dataset["name"]),
                    digest=str(dataset["digest"]),
                    role=roles[0] if roles else "input",
                    columns=columns_of(dataset["dataset_schema"]),
                    row_count=row_count_of(dataset["dataset_profile"]),
                    source=dataset["dataset_source"] or None,
                )
            )
        return found

    @cached_property
    def _datasets(self) -> list[Row]:
        return self._rows("datasets")

    def _by_version(self, table: str, own: Row) -> Mapping[int, dict[str, str]]:
        found: dict[int, dict[str, str]] = {}
        for row in self._rows(table, own):
            found.setdefault(int(row["version"]), {})[str(row["key"])] = str(row["value"] or "")
        return found

    def _of_runs(
        self, connection: Connection, table: str, ids: Sequence[str], *, of: str = "run_uuid"
    ) -> Mapping[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        if table not in self._metadata.tables or not ids:
            return found
        rows = self._table(table)
        column: Column[Any] = rows.c[of]
        order = list(rows.primary_key) or [column]
        for row in connection.execute(select(rows).where(column.in_(ids)).order_by(*order)).mappings():
            found.setdefault(str(row[of]), []).append(dict(row))
        return found

    def _rows(self, table: str, where: Row | None = None, *, order: Sequence[str] = ()) -> list[Row]:
        """Return the rows of a table; none where this version of MLflow has no such table."""
        if table not in self._metadata.tables:
            return []
        rows = self._table(table)
        conditions = [rows.c[name] == value for name, value in (where or {}).items() if name in rows.c]
        with self._engine.connect() as connection:
            statement = select(rows).where(*conditions).order_by(*(rows.c[name] for name in order))
            return [dict(row) for row in connection.execute(statement).mappings()]

    def _table(self, name: str) -> Table:
        return self._metadata.tables[name]
