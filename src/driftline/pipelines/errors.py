"""The errors of the room `pipelines`."""

from collections.abc import Iterable

from driftline.errors import DagsterError


class RunFailedError(DagsterError):
    """A Dagster run that a command made failed."""

    code = "RUN_FAILED"

    def __init__(self, job: str, run_id: str, at: object, messages: Iterable[str]) -> None:
        when = f" as of {at}" if at else ""
        super().__init__(
            f"The run of {job}{when} failed: {' '.join(messages)} Look at run {run_id[:8]} in the Dagster UI "
            "(driftline dev); what it did before is stored, and the same command goes on from there."
        )
