"""A watched model whose series are written by hand, a clock that is set, and servers that take messages."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from driftline.models import model_digest
from driftline.registry import Timeline, move_alias, version_of_row
from driftline.store import batch_rows, drift_rows, evaluation_rows, model_rows
from driftline.workspace import Workspace
from tests.histories import decided
from tests.logged import a_run, ended
from tests.receivers import Hook, Mailbox, hook, mailbox

START = datetime(2025, 3, 20, 12, tzinfo=UTC)
SERVING = datetime(2025, 1, 1, tzinfo=UTC)
VERSION = {
    "run_id": "r",
    "digest": model_digest({}),  # it has no files
    "flavor": "f",
    "signature": [],
    "trained_through": START,
    "created_at": START,
}


@dataclass
class Watched:
    """A workspace in which version 1 of `fires` serves, at a time that a test sets."""

    workspace: Workspace
    model_id: int
    version_id: int
    now: datetime = START

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def report(self, day: str, verdict: str) -> int:
        with self.workspace.database.transaction() as session:
            return drift_rows.add_report(
                session,
                model_id=self.model_id,
                version_id=self.version_id,
                partition_key=day,
                reference="the holdout",
                verdict=verdict,
                summary=f"auroc on {day}: {verdict}.",
                digest=f"{day}{verdict}",
                created_at=self.now,
            )

    def decision(self, status: str, **changes: object) -> int:
        asked = {"reason": "Asked for: schedule.", "as_of": self.now, **changes}
        return decided(self.workspace, self.model_id, status, **asked).id

    def evaluation(self, day: str, **metrics: float | None) -> None:
        row = {
            "version_id": self.version_id,
            "dataset": "fires",
            "dataset_version_id": None,
            "partition_key": day,
            "row_count": 60,
            "label_count": 60,
            "evaluated_at": self.now,
            "digest": day,
            "dagster_run_id": None,
        }
        self.predicted(day)  # what is evaluated was predicted
        measured = [
            {"metric": name, "value": value, "ci_low": None, "ci_high": None, "standard_error": None, "note": None}
            for name, value in metrics.items()
        ]
        with self.workspace.database.transaction() as session:
            evaluation_rows.add_evaluations(session, [row], [measured])

    def register(self) -> None:
        with self.workspace.database.transaction() as session:
            model_rows.add_version(session, self.model_id, **VERSION)

    def predicted(self, day: str) -> None:
        start = datetime.fromisoformat(day).replace(tzinfo=UTC)
        row = {
            "version_id": self.version_id,
            "partition_key": day,
            "window_start": start,
            "window_end": start + timedelta(days=1),
            "row_count": 60,
            "digest": day,
            "created_at": self.now,
            "dagster_run_id": None,
        }
        with self.workspace.database.transaction() as session:
            batch_rows.append_batches(session, [row])


@pytest.fixture
def watched(workspace: Workspace) -> Watched:
    a_run(workspace.database, ended(), run_id="r", experiment="fires")
    with workspace.database.transaction() as session:
        line = model_rows.model_named(session, "fires", START)
        version = model_rows.add_version(session, line.id, **VERSION)
        moved = {"effective_at": SERVING, "recorded_at": START, "actor": "test", "reason": "The first."}
        move_alias(session, line.id, version_of_row(version), seen=Timeline(alias="champion"), as_of=SERVING, **moved)
    made = Watched(workspace, line.id, version.id)
    made.workspace = replace(workspace, clock=lambda: made.now)
    return made


@pytest.fixture
def webhook() -> Iterator[Hook]:
    with hook() as received:
        yield received


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mailbox() as received:
        yield received
