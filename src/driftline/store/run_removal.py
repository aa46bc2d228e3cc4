"""Removing runs for good: what keeps one, what its removal frees, and the one verb that deletes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import Session, col, or_, select

from driftline.store.alias_rows import AliasEventRow
from driftline.store.batch_rows import PredictionBatch
from driftline.store.dataset_rows import DatasetVersion
from driftline.store.decision_rows import DecisionEventRow
from driftline.store.delivery_rows import GroundTruthPart
from driftline.store.metric_rows import MetricBlock, MetricPoint, MetricSummary, SupersededPoint
from driftline.store.model_rows import ModelVersionRow, RegisteredModel
from driftline.store.param_rows import Param, ParamChange, Tag
from driftline.store.run_rows import Artifact, Run, RunInput, RunStatus, RunWriter

_AT_ONCE = 500  # ids in one statement
_OF_RUN = (Param, ParamChange, Tag, MetricPoint, SupersededPoint, MetricBlock, MetricSummary, RunWriter)
_OF_RUN_ID = (RunInput, Artifact)


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a model that keeps its run.

    Attributes:
        model: its name.
        version: its number.
        aliases: those that it holds, held, or is to hold.
        decisions: the numbers of those that speak of it.
    """

    model: str
    version: int
    aliases: tuple[str, ...]
    decisions: tuple[int, ...]


def versions_of(session: Session, run_ids: Sequence[str]) -> dict[str, list[Version]]:
    """Return the versions whose files are those of each run; a run without any is left out."""
    found: dict[str, list[Version]] = {}
    for chunk in _chunks(run_ids):
        statement = (
            select(ModelVersionRow, RegisteredModel.name)
            .join(RegisteredModel, col(RegisteredModel.id) == ModelVersionRow.model_id)
            .where(col(ModelVersionRow.run_id).in_(chunk))
            .order_by(RegisteredModel.name, col(ModelVersionRow.version))
        )
        for row, name in session.exec(statement).all():
            aliases = select(AliasEventRow.alias).where(AliasEventRow.version_id == row.id).distinct()
            speaks = or_(
                col(DecisionEventRow.challenger_version_id) == row.id,
                col(DecisionEventRow.serving_version_id) == row.id,
            )
            decisions = select(DecisionEventRow.decision_id).where(speaks).distinct()
            version = Version(
                model=name,
                version=row.version,
                aliases=tuple(sorted(session.exec(aliases))),
                decisions=tuple(sorted(session.exec(decisions))),
            )
            found.setdefault(row.run_id, []).append(version)
    return found


def running(session: Session) -> Sequence[Run]:
    """Return the runs that have not ended."""
    return session.exec(select(Run).where(Run.status == RunStatus.RUNNING)).all()


def children_of(session: Session, run_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the runs directly below each run; a run without any is left out."""
    found: dict[str, list[str]] = {}
    for chunk in _chunks(run_ids):
        statement = select(Run.parent_run_id, Run.run_id).where(col(Run.parent_run_id).in_(chunk))
        for parent, run_id in session.exec(statement.order_by(Run.run_id)):
            found.setdefault(str(parent), []).append(run_id)
    return found


def file_sizes(session: Session, run_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return the bytes of each file of each run, by digest."""
    found: dict[str, dict[str, int]] = {run_id: {} for run_id in run_ids}
    for chunk in _chunks(run_ids):
        statement = select(Artifact.run_id, Artifact.digest, Artifact.size_bytes)
        for run_id, digest, size in session.exec(statement.where(col(Artifact.run_id).in_(chunk))):
            found[run_id][digest] = size
    return found


def named_elsewhere(session: Session, digests: Collection[str], run_ids: Collection[str]) -> set[str]:
    """Return those of some files that other runs than these name, or anything else."""
    others = set(run_ids)
    found: set[str] = set()
    for chunk in _chunks(sorted(digests)):
        of_runs = select(Artifact.digest, Artifact.run_id).where(col(Artifact.digest).in_(chunk))
        found |= {digest for digest, run_id in session.exec(of_runs) if run_id not in others}
        for column in (DatasetVersion.artifact_digest, PredictionBatch.digest, GroundTruthPart.digest):
            found |= {str(digest) for digest in session.exec(select(column).where(col(column).in_(chunk)).distinct())}
    return found


def point_counts(session: Session, run_ids: Sequence[str]) -> Mapping[str, int]:
    """Return how many points each run logged; a run without any is left out."""
    found: dict[str, int] = {}
    for chunk in _chunks(run_ids):
        statement = select(Run.run_id, func.sum(MetricSummary.count)).join(
            MetricSummary, col(MetricSummary.run) == Run.id
        )
        found |= dict(session.exec(statement.where(col(Run.run_id).in_(chunk)).group_by(Run.run_id)).all())
    return found


def remove(session: Session, run_ids: Sequence[str]) -> int:
    """Delete runs with all that was logged to them, and return how many there were.

    One that was resumed meanwhile, or of which a version was registered, stays.
    """
    removed = 0
    for chunk in _chunks(run_ids):
        ended = select(Run).where(col(Run.run_id).in_(chunk), Run.status != RunStatus.RUNNING).with_for_update()
        rows = session.exec(ended.order_by(col(Run.id))).all()  # which nobody can register a version of from now on
        registered = set(session.exec(select(ModelVersionRow.run_id).where(col(ModelVersionRow.run_id).in_(chunk))))
        rows = [row for row in rows if row.run_id not in registered]
        numbers, ids = [row.id for row in rows], [row.run_id for row in rows]
        for table in _OF_RUN:
            _delete(session, table, col(table.run), numbers)
        for table_of_id in _OF_RUN_ID:
            _delete(session, table_of_id, col(table_of_id.run_id), ids)
        _delete(session, Run, col(Run.id), numbers)
        removed += len(rows)
    return removed


def _delete(session: Session, table: type[Any], column: Any, values: Sequence[Any]) -> None:
    session.connection().execute(delete(table).where(column.in_(values)))


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
