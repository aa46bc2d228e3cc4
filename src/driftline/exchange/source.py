"""What another tracking store holds, as plain values, whatever it is kept in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


class SourcePoint(NamedTuple):
    """One value of a metric; two that are equal in all of it are one."""

    key: str
    at_ms: int
    step: int
    value: float | None  # None: NaN, so that equal ones are equal


@dataclass(frozen=True, kw_only=True)
class SourceInput:
    """Data that a run used, with the digest that the other store knows it by."""

    dataset: str
    digest: str
    role: str
    columns: Sequence[Mapping[str, str]]
    row_count: int
    source: str | None


@dataclass(frozen=True, kw_only=True)
class SourceExperiment:
    """A named set of runs."""

    id: str
    name: str
    description: str
    created_ms: int | None
    is_deleted: bool


@dataclass(frozen=True, kw_only=True)
class SourceRun:
    """One run with all that was logged to it.

    Attributes:
        status: one of driftline's, or `running`.
        artifacts: where its files lie, as the other store says; None: it says nothing.
        files: other places of files that belong to it, by the folder that they get here.
        deleted_ms: when it was deleted there; None: it was not.
    """

    run_id: str
    experiment: str
    name: str | None
    status: str
    user: str | None
    started_ms: int | None
    ended_ms: int | None
    deleted_ms: int | None
    artifacts: str | None
    params: Mapping[str, str]
    tags: Mapping[str, str]
    points: Sequence[SourcePoint] = field(repr=False)
    inputs: Sequence[SourceInput] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SourceVersion:
    """A version of a registered model."""

    number: int
    run_id: str | None
    location: str | None
    stage: str
    description: str
    created_ms: int
    updated_ms: int
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class SourceModel:
    """A registered model; `aliases` names the number of the version that holds each."""

    name: str
    description: str
    created_ms: int
    updated_ms: int
    versions: Sequence[SourceVersion]
    aliases: Mapping[str, int]
    tags: Mapping[str, Any]


class Source(Protocol):
    """A store that runs are imported from; what it cannot read it names in the report that it was opened with."""

    @property
    def folders(self) -> Sequence[str]:
        """Return the folders in which files may lie that moved with the store."""
        ...

    def experiments(self) -> Sequence[SourceExperiment]:
        """Return all experiments, deleted ones, too."""
        ...

    def run_count(self) -> int:
        """Return about how many runs there are, for the progress."""
        ...

    def runs(self, experiment: SourceExperiment) -> Iterator[SourceRun]:
        """Return the runs of an experiment, in an order that stays."""
        ...

    def model_location(self, model_id: str) -> str | None:
        """Return where the files of a model lie that a run logged outside of its own files, or None."""
        ...

    def close(self) -> None:
        """Release what was opened."""
        ...

    def models(self) -> Iterator[SourceModel]:
        """Return the registered models."""
        ...
