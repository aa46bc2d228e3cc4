"""A watched model whose series are written by hand, a clock that is set, and servers that take messages."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from driftline.registry import move_alias
from driftline.store import Session, batch_rows, drift_rows, evaluation_rows, model_rows, run_rows
from driftline.store.decision_rows import Decision
from driftline.store.model_rows import ModelVersion
from driftline.workspace import Workspace
from tests.receivers import Hook, Mailbox, hook, mailbox

START = datetime(2025, 3, 20, 12, tzinfo=UTC)
SERVING = datetime(2025, 1, 1, tzinfo=UTC)


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
        values = {"trigger": "schedule", "reason": "Asked for: schedule.", "actor": "test", **changes}
        values.setdefault("started_at", self.now)
        row = Decision(model_id=self.model_id, status=status, as_of=self.now, recorded_at=self.now, **values)
        with self.workspace.database.transaction() as session:
            session.add(row)
            session.flush()
            return row.id

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

    def register(self, number: int) -> None:
        with self.workspace.database.transaction() as session:
            add_version(session, self.model_id, number)

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
            batch_rows.put_batches(session, [row])


def add_version(session: Session, model_id: int, number: int) -> ModelVersion:
    version = ModelVersion(
        model_id=model_id,
        version=number,
        run_id="r",
        digest="d",
        flavor="f",
        signature=[],
        trained_through=START,
        created_at=START,
    )
    session.add(version)
    session.flush()
    return version


@pytest.fixture
def watched(workspace: Workspace) -> Watched:
    with workspace.database.transaction() as session:
        line = model_rows.model_named(session, "fires", START)
        experiment = run_rows.experiment_named(session, "fires", START)
        run = run_rows.Run(
            run_id="r", experiment_id=experiment.id, name="r", status="finished", user_name="u", started_at=START
        )
        session.add(run)
        session.flush()
        version = add_version(session, line.id, 1)
        told = {"effective_at": SERVING, "recorded_at": START, "actor": "test", "reason": "The first."}
        move_alias(session, version, expected=None, **told)
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
