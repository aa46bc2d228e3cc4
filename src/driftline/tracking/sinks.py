"""Where events of runs go: into the experiment database, or to a server that writes them there."""

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from driftline.clock import Clock, now
from driftline.errors import StorageError
from driftline.ingest import Batch, RunDatabase, apply
from driftline.journal import Event, Kind
from driftline.tracking.errors import EndingInterpreterError

if TYPE_CHECKING:
    from driftline.artifacts import ArtifactStore

CHUNK_BYTES = 1 << 20
MOST_AT_ONCE = 5_000  # events of one batch
FILES = "files"  # in the folder of journals


@dataclass(frozen=True, kw_only=True)
class StoredRun:
    """What a run that is to go on is known as.

    Attributes:
        experiment: that it belongs to.
        name: for people.
    """

    experiment: str
    name: str


class Sink(Protocol):
    """What takes the events and files of runs."""

    @property
    def url(self) -> str:
        """Return its address without secrets."""
        ...

    def send(self, batch: Batch) -> int:
        """Store a batch and return the sequence up to which its writer is stored; the same batch again changes nothing.

        Raises:
            StorageError: it does not serve; nothing was stored.
        """
        ...

    def find(self, run_id: str) -> StoredRun | None:
        """Return a run that is stored, or None.

        Raises:
            StorageError: it does not serve.
        """
        ...

    def put(self, content: BufferedReader) -> None:
        """Store the content of a file under its digest.

        Raises:
            StorageError: it does not serve.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class DatabaseSink:
    """The experiment database and the artifact store of this machine, or of the team."""

    database: RunDatabase
    artifacts: "Callable[[], ArtifactStore]"

    @property
    def url(self) -> str:
        """Return the database's address without secrets."""
        return self.database.url

    def send(self, batch: Batch) -> int:
        """Write a batch."""
        return apply(self.database, batch)

    def find(self, run_id: str) -> StoredRun | None:
        """Return a run that is stored, or None."""
        with self.database.transaction() as transaction:
            row = transaction.one(
                "SELECT experiment.name, run.name FROM run JOIN experiment ON experiment.id = run.experiment_id "
                "WHERE run.run_id = ?",
                (run_id,),
            )
        return None if row is None else StoredRun(experiment=row[0], name=row[1])

    def put(self, content: BufferedReader) -> None:
        """Store a file in the artifact store."""
        self.artifacts().put(content)


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where a process logs to.

    Attributes:
        sink: what takes its events.
        journals: the folder where they wait until the sink has them.
        clock: what is logged is dated by it.
        is_remote: whether files are sent later, by a thread, since the way is long.
    """

    sink: Sink
    journals: Path
    clock: Clock = now
    is_remote: bool = False

    @cached_property
    def name(self) -> str:
        """Return what journals say of where they go: a database beside them may move with them."""
        beside = f"sqlite:///{self.journals.parent}/"
        return self.sink.url.removeprefix(beside) if self.sink.url.startswith(beside) else self.sink.url

    def send(self, batch: Batch) -> int:
        """Send the files that a batch names and that wait here, and then the batch."""
        for event in batch.events:
            if isinstance(event, Event) and event.kind == Kind.ARTIFACT:
                self._send_file(self._file(str(event.body["digest"])))
        return self.sink.send(batch)

    def keep(self, chunks: Sequence[bytes] | BinaryIO) -> tuple[str, int]:
        """Keep the content of a file until its event is sent, or send it now; return its digest and its bytes.

        Raises:
            OSError: the content cannot be read, or there is no space left for it.
        """
        folder = self.journals / FILES
        folder.mkdir(parents=True, exist_ok=True)
        partial, sha256, size = folder / f"{uuid.uuid4().hex}.part", hashlib.sha256(), 0
        try:
            with partial.open("wb") as file:
                for chunk in chunks if isinstance(chunks, Sequence) else iter(lambda: chunks.read(CHUNK_BYTES), b""):
                    sha256.update(chunk)
                    size += file.write(chunk)
            digest = sha256.hexdigest()
            partial.replace(self._file(digest))
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        if not self.is_remote:
            with suppress(StorageError, OSError):  # it is sent with its event
                self._send_file(self._file(digest))
        return digest, size

    def _file(self, digest: str) -> Path:
        return self.journals / FILES / Path(digest).name

    def _send_file(self, path: Path) -> None:
        try:
            content = path.open("rb")
        except (FileNotFoundError, NotADirectoryError):  # it was sent when it was logged, or by somebody else
            return
        with content:
            try:
                self.sink.put(content)
            except RuntimeError as error:  # as the interpreter ends, no thread can be started
                raise EndingInterpreterError(path, error) from error
        path.unlink(missing_ok=True)


def of_another_writer(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a run by a writer beside the one that has resumed it."""
    return {name: value for name, value in about.items() if name not in {"resumes", "from_step"}}
