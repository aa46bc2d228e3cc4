"""The errors of the room `pipelines`."""

from collections.abc import Iterable

from driftline.errors import DagsterError, InvalidInputError, StorageError


class RunFailedError(DagsterError):
    """A Dagster run that a command made failed."""

    code = "RUN_FAILED"

    def __init__(self, job: str, run_id: str, at: object, messages: Iterable[str]) -> None:
        when = f" as of {at}" if at else ""
        super().__init__(
            f"The run of {job}{when} failed: {' '.join(messages)} Look at run {run_id[:8]} in the Dagster UI "
            "(driftline dev); what it did before is stored, and the same command goes on from there."
        )


class WorkspaceFileError(InvalidInputError):
    """The file that tells Dagster which projects to load cannot be read."""

    def __init__(self, file: str, cause: object) -> None:
        super().__init__(
            f"Dagster cannot read {file}: {' '.join(str(cause).split())} Mend it as in the one of a new project, "
            "or delete it: runs of commands then stand on no page of a job."
        )


class ReadOnlyInstanceError(StorageError):
    """A Dagster instance lies where this process may not write."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"Dagster's history in {folder} can only be read, and Dagster writes there even to look. "
            "Let it be written to, or set DAGSTER_HOME to another folder."
        )
