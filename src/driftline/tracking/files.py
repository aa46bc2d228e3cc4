"""Files of a run: streamed from where they lie, or made of what is in memory."""

import io
import json
import logging
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from driftline.journal import Kind
from driftline.tracking.errors import InvalidArtifactError, InvalidKeyError, UnreadableFileError
from driftline.tracking.recorder import Recorder
from driftline.tracking.sinks import Destination
from driftline.tracking.values import checked_key

_log = logging.getLogger(__name__)


class RunFiles(ABC):
    """What a run does with files. The names of the calls and of their arguments are MLflow's."""

    run_id: str
    destination: Destination

    def log_artifact(self, local_path: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        """Store a file, or a folder with all that is in it, under its own name.

        Args:
            local_path: the file or folder.
            artifact_path: the folder of the run that it goes into; by default the topmost one.

        Raises:
            UnreadableFileError: there is no such file, or it is neither a file nor a folder.
            InvalidKeyError: the path in the run is absolute, leads out of it, or is too long.
            RunEndedError: the run has ended.
        """
        path = Path(local_path)
        place = path.resolve().name if artifact_path is None else f"{artifact_path}/{path.resolve().name}"
        if path.is_dir():
            self.log_artifacts(path, place)
        else:
            self._log_file(path, place)

    def log_artifacts(self, local_dir: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        """Store all files of a folder, and of the folders in it; one that leads back into itself is left out.

        Args:
            local_dir: the folder.
            artifact_path: the folder of the run that they go into; by default the topmost one.

        Raises:
            UnreadableFileError: there is no such folder, or something in it cannot be read.
            InvalidKeyError: a path in the run is absolute, leads out of it, or is too long.
            RunEndedError: the run has ended.
        """
        folder = Path(local_dir)
        if not folder.is_dir():
            raise UnreadableFileError(str(folder), "there is no such folder")
        before = "" if artifact_path is None else f"{artifact_path}/"
        for path, place in _files_in(folder):
            self._log_file(path, before + place)

    def log_bytes(self, content: bytes, artifact_file: str) -> str:
        """Store bytes as a file of the run and return their digest; the same path again names the newer file.

        Raises:
            InvalidKeyError: the path is absolute, leads out of the run, or is too long.
            InvalidArtifactError: `content` is not bytes.
            FrozenArtifactError: the file is one of a model version, which is registered by now.
            RunEndedError: the run has ended.
        """
        if not isinstance(content, bytes | bytearray | memoryview):
            raise InvalidArtifactError(artifact_file, content)
        self._check_file(artifact_file)
        digest, size = self.destination.keep([bytes(content)])
        self.name_file(artifact_file, digest, size)
        return digest

    def log_text(self, text: str, artifact_file: str) -> None:
        """Store a text as a file of the run, in UTF-8."""
        self.log_bytes(text.encode("utf-8", "backslashreplace"), artifact_file)

    def log_dict(self, dictionary: Any, artifact_file: str) -> None:
        """Store what JSON has a form for as a file of the run; what else is in it as its text."""
        self.log_bytes(json.dumps(dictionary, indent=2, default=str).encode(), artifact_file)

    def log_table(self, data: Any, artifact_file: str) -> None:
        """Store a table as a file of the run.

        Args:
            data: a DataFrame, or a mapping of columns to their values.
            artifact_file: `.parquet`, `.csv` or `.json` (rows), by its ending.

        Raises:
            InvalidArtifactError: the ending is another one.
        """
        import pandas as pd  # noqa: PLC0415  (which a run needs for a table alone)

        frame = data if isinstance(data, pd.DataFrame) else pd.DataFrame(dict(data))
        match Path(artifact_file).suffix:
            case ".parquet":
                content = frame.to_parquet()
            case ".csv":
                content = frame.to_csv(index=False).encode()
            case ".json":
                content = frame.to_json(orient="records").encode()
            case _:
                raise InvalidArtifactError(
                    artifact_file, data, kinds="a table, which is kept as .parquet, .csv or .json"
                )
        self.log_bytes(content, artifact_file)

    def log_figure(self, figure: Any, artifact_file: str) -> None:
        """Store a drawing of Matplotlib in the format that the ending names, or one of Plotly as `.html`.

        Raises:
            InvalidArtifactError: `figure` is neither.
        """
        if hasattr(figure, "savefig"):
            buffer = io.BytesIO()
            figure.savefig(buffer, format=Path(artifact_file).suffix.lstrip(".") or "png", bbox_inches="tight")
            self.log_bytes(buffer.getvalue(), artifact_file)
        elif hasattr(figure, "to_html"):
            self.log_bytes(figure.to_html(include_plotlyjs=True).encode(), artifact_file)
        else:
            raise InvalidArtifactError(artifact_file, figure, kinds="a figure of Matplotlib or Plotly")

    def log_input(self, data: Any, *, name: str | None = None, role: str = "training") -> None:
        """Record which data this run used, by the digest of all of it, with its schema and statistics.

        Args:
            data: a DataFrame, or the path of a file.
            name: of the dataset; by default the file's, or `data`.
            role: what for: training, holdout, validation.

        Raises:
            UnreadableFileError: there is no such file.
            RunEndedError: the run has ended.
        """
        from driftline.tracking.inputs import described_input  # noqa: PLC0415  (pandas, for those who log data)

        self._check_going_on()
        self._recorder().event(Kind.INPUT, {"role": role, **described_input(data, name)})

    def log_dataset_version(self, dataset_version_id: int, *, role: str) -> None:
        """Record that this run used a dataset version that is stored, and what for.

        Raises:
            RunEndedError: the run has ended.
        """
        self._check_going_on()
        self._recorder().event(Kind.INPUT, {"role": role, "dataset_version_id": dataset_version_id})

    def _log_file(self, path: Path, place: str) -> None:
        self._check_file(place)
        try:
            before = path.stat()
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableFileError(str(path), "it is neither a file nor a folder")
            with path.open("rb") as file:
                digest, size = self.destination.keep(file)
                after = os.fstat(file.fileno())
        except FileNotFoundError:
            raise UnreadableFileError(str(path), "there is no such file") from None
        except OSError as error:
            raise UnreadableFileError(str(path), error.strerror or str(error)) from error
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
            _log.warning("The file %s changed while it was logged; what was read of it is kept.", path)
        self.name_file(place, digest, size)

    def name_file(self, place: str, digest: str, size: int) -> None:
        """Name a file of the run whose content is at the destination, or waits for it."""
        body: Mapping[str, Any] = {"path": place, "digest": digest, "size_bytes": size, "at_us": self._now_us()}
        self._recorder().event(Kind.ARTIFACT, body)

    def _check_file(self, place: str) -> None:
        self._check_going_on()
        if "\\" in place:
            raise InvalidKeyError(place)
        self._check_unfrozen(checked_key(place))

    @abstractmethod
    def _recorder(self) -> Recorder: ...

    @abstractmethod
    def _now_us(self) -> int: ...

    @abstractmethod
    def _check_going_on(self) -> None: ...

    @abstractmethod
    def _check_unfrozen(self, path: str) -> None: ...


def _files_in(folder: Path) -> Iterator[tuple[Path, str]]:
    """Give each file below a folder with its path from there; links are followed, but not in a circle."""

    def walk(place: Path, above: frozenset[tuple[int, int]]) -> Iterator[Path]:
        info = place.stat()
        if (info.st_dev, info.st_ino) in above:
            _log.warning("The folder %s leads back into itself and is left out there.", place)
            return
        for entry in sorted(place.iterdir()):
            if entry.is_dir():
                yield from walk(entry, above | {(info.st_dev, info.st_ino)})
            else:
                yield entry

    for path in walk(folder, frozenset()):
        yield path, path.relative_to(folder).as_posix()
