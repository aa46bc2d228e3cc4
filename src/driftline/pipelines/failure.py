"""A failure that people see: the engine's sentence on the step, without a retry that could not help."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dagster as dg

from driftline.declaration import Partitioning
from driftline.errors import DriftlineError


@contextmanager
def visible_failure() -> Iterator[None]:
    """Turn the engine's errors into the step's failure, with the sentence that says what to do."""
    try:
        yield
    except DriftlineError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error


def partitions_failure(partitions: Partitioning, failed: Mapping[str, str], total: int) -> dg.Failure:
    """Return the failure that names each partition that failed, and why."""
    reasons = [f"{partitions.title(key)}: {why}" for key, why in sorted(failed.items())]
    return dg.Failure(
        description=f"{len(failed)} of {total} partitions failed, the others are stored. " + " ".join(reasons[:5]),
        metadata={"failed": dg.MetadataValue.md("\n".join(f"- {reason}" for reason in reasons[:500]))},
        allow_retries=False,
    )
