"""Who writes a run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Writer:
    """A process that writes a run.

    Attributes:
        run: the integer id of the run.
        run_id: its public id.
        number: the writer's, among those of the run.
        watermark: the sequence of its newest event that is stored; -1 before the first.
        attempt: of the run, when the writer began.
        is_new: whether nothing of it is stored yet.
        is_first: whether the run was made just now.
    """

    run: int
    run_id: str
    number: int
    watermark: int
    attempt: int
    is_new: bool
    is_first: bool
