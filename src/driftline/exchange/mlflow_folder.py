"""A folder `mlruns` of MLflow's file store, of its versions 1 to 3."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from driftline.exchange.errors import UnreadableStoreError
from driftline.exchange.mlflow_values import (
    CONTEXT,
    DEFAULT_WORKSPACE,
    NOTE,
    columns_of,
    measured,
    name_in,
    row_count_of,
    status_of,
)
from driftline.exchange.report import ImportReport
from driftline.exchange.source import (
    SourceExperiment,
    SourceInput,
    SourceModel,
    SourcePoint,
    SourceRun,
    SourceVersion,
)

_TRASH = ".trash"
_MODELS = "models"  # of the store: registered models; of an experiment: models that runs logged
_NO_RUNS = {"tags", "datasets", "models", "traces", "assessments", _TRASH}
_UNREADABLE = (OSError, ValueError, yaml.YAMLError)  # ValueError: also text that is not UTF-8


class MlflowFolder:
    """A folder `mlruns`; what cannot be read is named in the report.

    Raises:
        UnreadableStoreError: it holds no experiment.
    """

    def __init__(self, folder: Path, report: ImportReport) -> None:
        self._root, self._report = folder, report
        self._experiments: dict[str, Path] = {}
        self._logged: dict[str, str] = {}
        for parent in (folder, folder / _TRASH):
            if parent.is_dir():
                found = sorted(path for path in parent.iterdir() if (path / "meta.yaml").is_file())
                self._experiments |= {path.name: path for path in found if path.name != _MODELS}
        if not self._experiments:
            raise UnreadableStoreError(str(folder), "the folder holds no experiment of MLflow's")

    def close(self) -> None:
        """Release nothing: no file stays open."""

    @property
    def folders(self) -> Sequence[str]:
        """Return the folder: artifacts that are not where they were lie below it."""
        return [str(self._root)]

    def experiments(self) -> Sequence[SourceExperiment]:
        """Return the experiments that can be read, deleted ones, too."""
        found = []
        for folder in self._experiments.values():
            meta = self._meta(folder, "experiments")
            if meta is None:
                continue
            is_deleted = meta.get("lifecycle_stage") == "deleted" or folder.parent.name == _TRASH
            found.append(
                SourceExperiment(
                    id=folder.name,
                    name=name_in(meta.get("workspace", DEFAULT_WORKSPACE), str(meta.get("name", folder.name))),
                    description=self._texts(folder / "tags", "tags").get(NOTE, ""),
                    created_ms=_whole(meta.get("creation_time")),
                    is_deleted=is_deleted,
                )
            )
        return found

    def run_count(self) -> int:
        """Return how many folders of runs there are."""
        return sum(len(self._run_folders(folder)) for folder in self._experiments.values())

    def runs(self, experiment: SourceExperiment) -> Iterator[SourceRun]:
        """Return the runs of an experiment by their folders."""
        folder = self._experiments[experiment.id]
        logged = self._logged_models(folder)
        for path in self._run_folders(folder):
            run = self._run(path, experiment, logged)
            if run is not None:
                yield run

    def models(self) -> Iterator[SourceModel]:
        """Return the registered models that can be read."""
        folder = self._root / _MODELS
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            meta = self._meta(path, "models") if path.is_dir() else None
            if meta is None:
                continue
            aliases = {str(name): str(number) for name, number in (meta.get("aliases") or {}).items()}
            aliases |= self._texts(path / "aliases", "aliases")
            yield SourceModel(
                name=name_in(meta.get("workspace"), str(meta.get("name", path.name))),
                description=str(meta.get("description") or ""),
                created_ms=_whole(meta.get("creation_timestamp")) or 0,
                updated_ms=_whole(meta.get("last_updated_timestamp")) or 0,
                versions=self._versions(path),
                aliases={name: int(number) for name, number in aliases.items() if number.strip().isdigit()},
                tags=self._texts(path / "tags", "tags"),
            )

    def model_location(self, model_id: str) -> str | None:
        """Return where the files of a logged model lie, or None."""
        if not self._logged:
            for folder in self._experiments.values():
                self._logged_models(folder)
        return self._logged.get(model_id)

    def _versions(self, model: Path) -> list[SourceVersion]:
        versions = []
        for path in sorted(model.glob("version-*")):
            meta = self._meta(path, "versions")
            if meta is None:
                continue
            created = _whole(meta.get("creation_timestamp")) or 0
            versions.append(
                SourceVersion(
                    number=int(meta.get("version", path.name.removeprefix("version-"))),
                    run_id=str(meta["run_id"]) if meta.get("run_id") else None,
                    location=str(meta.get("storage_location") or meta.get("source") or "") or None,
                    stage=str(meta.get("current_stage") or "None"),
                    description=str(meta.get("description") or ""),
                    created_ms=created,
                    updated_ms=_whole(meta.get("last_updated_timestamp")) or created,
                    tags=self._texts(path / "tags", "tags"),
                )
            )
        return sorted(versions, key=lambda version: version.number)

    def _logged_models(self, experiment: Path) -> Mapping[str, list[tuple[str, str]]]:
        """Return the models that each run logged outside of its own files, as ids with their places."""
        of_run: dict[str, list[tuple[str, str]]] = {}
        for path in sorted((experiment / _MODELS).glob("*/meta.yaml")):
            meta = self._meta(path.parent, "artifacts")
            if meta is None or not meta.get("artifact_location"):
                continue
            model_id, location = str(meta.get("model_id", path.parent.name)), str(meta["artifact_location"])
            self._logged[model_id] = location
            if meta.get("source_run_id"):
                of_run.setdefault(str(meta["source_run_id"]), []).append((model_id, location))
        return of_run

    def _run_folders(self, experiment: Path) -> list[Path]:
        return sorted(path for path in experiment.iterdir() if path.is_dir() and path.name not in _NO_RUNS)

    def _run(
        self, folder: Path, experiment: SourceExperiment, logged: Mapping[str, list[tuple[str, str]]]
    ) -> SourceRun | None:
        meta = self._meta(folder, "runs")
        if meta is None:
            return None
        run_id = folder.name  # what a person has written into the file may read as a number
        try:
            status = status_of(meta.get("status"))
        except ValueError as error:
            self._report.skip("runs", run_id, str(error))
            return None
        ended = _whole(meta.get("end_time"))
        is_deleted = experiment.is_deleted or meta.get("lifecycle_stage") == "deleted"
        deleted = _whole(meta.get("deleted_time")) or ended or _whole(meta.get("start_time")) or 0
        return SourceRun(
            run_id=run_id,
            experiment=experiment.name,
            name=str(meta.get("run_name") or "") or None,
            status=status,
            user=str(meta.get("user_id") or "") or None,
            started_ms=_whole(meta.get("start_time")),
            ended_ms=ended,
            deleted_ms=deleted if is_deleted else None,
            artifacts=str(meta.get("artifact_uri") or (folder / "artifacts")),
            params=self._texts(folder / "params", "params"),
            tags=self._texts(folder / "tags", "tags"),
            points=self._points(folder / "metrics"),
            inputs=self._inputs(folder),
            files={f"models/{model_id}": place for model_id, place in logged.get(run_id, [])},
        )

    def _points(self, folder: Path) -> list[SourcePoint]:
        """Return the points of all metrics of a run without repeated ones; a line that is broken costs itself."""
        points: dict[SourcePoint, None] = {}
        for path in _files(folder):
            key = path.relative_to(folder).as_posix()
            text = self._text(path, "points")
            for number, line in enumerate((text or "").splitlines(), start=1):
                try:
                    at_ms, value, *step = line.split()
                    point = SourcePoint(key, int(at_ms), int(step[0]) if step else 0, measured(float(value)))
                except ValueError:
                    self._report.skip("points", f"{self._place(path)}:{number}", f"the line is {line[:60]!r}")
                    continue
                if point in points:
                    self._report.skip("points", f"{self._place(path)}:{number}", "it repeats a line above")
                else:
                    points[point] = None
        return list(points)

    def _inputs(self, run: Path) -> list[SourceInput]:
        inputs = []
        for path in sorted((run / "inputs").glob("*/meta.yaml")):
            used = self._meta(path.parent, "inputs")
            if used is None or used.get("source_type") != "DATASET":
                continue
            data = self._meta(run.parent / "datasets" / str(used.get("source_id")), "inputs")
            if data is not None:
                inputs.append(
                    SourceInput(
                        dataset=str(data.get("name", "dataset")),
                        digest=str(data.get("digest", "")),
                        role=str((used.get("tags") or {}).get(CONTEXT) or "input"),
                        columns=columns_of(data.get("schema")),
                        row_count=row_count_of(data.get("profile")),
                        source=str(data.get("source") or "") or None,
                    )
                )
        return inputs

    def _texts(self, folder: Path, table: str) -> dict[str, str]:
        found = {path.relative_to(folder).as_posix(): self._text(path, table) for path in _files(folder)}
        return {name: text for name, text in found.items() if text is not None}

    def _text(self, path: Path, table: str) -> str | None:
        try:
            return path.read_text("utf-8")
        except (OSError, ValueError) as error:
            self._report.skip(table, self._place(path), f"the file cannot be read ({error})")
            return None

    def _meta(self, folder: Path, table: str) -> dict[str, Any] | None:
        path = folder / "meta.yaml"
        try:
            meta = yaml.safe_load(path.read_text("utf-8"))
            if not isinstance(meta, dict):
                raise ValueError("it is empty")  # noqa: TRY004  (of what it says, not of a type)
        except _UNREADABLE as error:
            fault = re.sub(r"\s+", " ", str(error))[:200]
            self._report.skip(table, self._place(path), f"the file cannot be read ({fault})")
            return None
        return meta

    def _place(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None
