"""Runs that are removed for good, by age or by a filter; what production stands on is never among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from driftline.clock import now
from driftline.errors import listing
from driftline.experiments.search import all_runs
from driftline.store import Session, run_removal
from driftline.store.found_runs import FoundRun
from driftline.store.run_removal import Version
from driftline.workspace import Workspace

_AT_ONCE = 100  # runs of one transaction


@dataclass(frozen=True, kw_only=True)
class RemovableRun:
    """A run that nothing needs.

    Attributes:
        run_id: of the run.
        experiment: that it belongs to.
        name: for people.
        ended_at: when it ended, or began where it did not say.
        is_archived: whether it is hidden from lists.
        points: that it logged.
        size_bytes: of the files that nothing else names; of two runs that share one, it counts with the first.
    """

    run_id: str
    experiment: str
    name: str
    ended_at: datetime
    is_archived: bool
    points: int
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class KeptRun:
    """A run that was asked for and stays, with the reason."""

    run_id: str
    experiment: str
    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Retention:
    """What a rule of retention comes to: `removable` runs go, `kept` ones stay."""

    removable: tuple[RemovableRun, ...]
    kept: tuple[KeptRun, ...]


def plan_retention(workspace: Workspace, *, older_than: timedelta | None = None, filter_string: str = "") -> Retention:
    """Return the runs that a rule removes, and those that it would but for what needs them; nothing is changed.

    What processes have logged and nobody has stored yet is stored first.

    Args:
        workspace: where they are stored.
        older_than: since when they have ended at least; None: any.
        filter_string: which runs, in the language of searches; archived ones only where it names `archived`. Empty:
            all runs, archived ones, too.

    Raises:
        InvalidFilterError: the filter cannot be read.
    """
    runs = [run for run in all_runs(workspace, filter_string) if older_than is None or _ended(run) < now() - older_than]
    with workspace.database.reading() as session:
        reasons = _reasons(session, runs)
        gone = [run for run in runs if run.run_id not in reasons]
        ids = [run.run_id for run in gone]
        files, points = run_removal.file_sizes(session, ids), run_removal.point_counts(session, ids)
        counted = run_removal.named_elsewhere(session, {digest for own in files.values() for digest in own}, ids)
    removable = []
    for run in gone:
        own = {digest: size for digest, size in files[run.run_id].items() if digest not in counted}
        counted |= own.keys()
        removable.append(
            RemovableRun(
                run_id=run.run_id,
                experiment=run.experiment,
                name=run.name,
                ended_at=_ended(run),
                is_archived=run.is_archived,
                points=int(points.get(run.run_id, 0)),
                size_bytes=sum(own.values()),
            )
        )
    kept = [
        KeptRun(run_id=run.run_id, experiment=run.experiment, name=run.name, reason=reasons[run.run_id])
        for run in runs
        if run.run_id in reasons
    ]
    return Retention(removable=tuple(removable), kept=tuple(kept))


def remove_runs(workspace: Workspace, runs: Sequence[RemovableRun]) -> int:
    """Remove runs for good and return how many there were; their files have no name then unless others share them."""
    removed = 0
    for start in range(0, len(runs), _AT_ONCE):
        with workspace.database.transaction() as session:
            removed += run_removal.remove(session, [run.run_id for run in runs[start : start + _AT_ONCE]])
    return removed


def _ended(run: FoundRun) -> datetime:
    return run.ended_at or run.started_at


def _reasons(session: Session, runs: Sequence[FoundRun]) -> dict[str, str]:
    """Return why runs stay: what production stands on, what still runs, and what has such a run below it."""
    ids = [run.run_id for run in runs]
    going_on = run_removal.running(session)
    alive = {run.run_id for run in going_on}
    jobs = {run.dagster_run_id for run in going_on if run.dagster_run_id}
    reasons = {run_id: _of_versions(versions) for run_id, versions in run_removal.versions_of(session, ids).items()}
    for run in runs:
        if run.run_id in alive:
            reasons.setdefault(run.run_id, "it is running")
        elif run.dagster_run_id in jobs:
            reasons.setdefault(run.run_id, f"its job {run.dagster_run_id} is running")
    below = run_removal.children_of(session, ids)
    asked = set(ids)
    waiting = [run_id for run_id in ids if run_id not in reasons]
    while True:  # once more for each level of nesting
        found = {
            run_id: f"the run {child[:8]} below it stays"
            for run_id in waiting
            for child in below.get(run_id, ())
            if child in reasons or child not in asked
        }
        if not found:
            return reasons
        reasons |= found
        waiting = [run_id for run_id in waiting if run_id not in reasons]


def _of_versions(versions: Sequence[Version]) -> str:
    parts = []
    for version in versions:
        uses = [f"@{alias}, now, once or planned" for alias in version.aliases]
        if version.decisions:
            numbers = listing(map(str, version.decisions), most=3)
            uses.append(f"named by decision {numbers}")
        parts.append(f"version {version.version} of {version.model}" + (f" ({'; '.join(uses)})" if uses else ""))
    return f"it is {listing(parts, most=3)}"
