"""A small history of production to ask about, and ways to ask."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from starlette.applications import Starlette

from driftline import Daily
from driftline.api.http.application import create_app
from driftline.dossier import store_plots
from driftline.metrics import Task, scored_rows
from driftline.models import LightGBM
from driftline.registry import Adjudication, Decision, ModelVersion, load_timeline, move_alias, register
from driftline.registry.declarations import record_declaration
from driftline.settings import Settings
from driftline.store import drift_rows, evaluation_rows, model_rows
from driftline.store.dataset_rows import DatasetVersion
from driftline.store.decision_rows import DecisionStatus
from driftline.tracking import start_run
from driftline.workspace import Workspace
from tests.databases import KINDS
from tests.histories import decided
from tests.streams import fires
from tests.workspaces import Template, copied, leave_empty

FEATURES = pd.DataFrame({"heat": np.arange(40.0), "wind": np.arange(40.0) % 7})
MODEL = LightGBM(trees=2, num_leaves=3).fit(
    FEATURES, (FEATURES["heat"] > 20).to_numpy().astype(int), task=Task.BINARY, classes=("no", "yes")
)
FINDING = {
    "kind": "performance",
    "name": "auroc",
    "method": "DeLong",
    "statistic": -4.1,
    "effect_name": "fall of auroc",
    "effect": 0.08,
    "threshold": 0.93,
    "p_value": 0.0001,
    "reference_rows": 4000,
    "analysis_rows": 1200,
    "verdict": "drift",
    "rule": "performance_fell",
    "details": {"metric": "auroc", "value": 0.87, "reference_value": 0.95},
    "note": "auroc fell from 0.95 to 0.87.",
}


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def train(workspace: Workspace, *, through: datetime, inputs: dict[str, int]) -> ModelVersion:
    with start_run(
        "fires",
        workspace=workspace,
        run_name=f"through {through:%Y-%m-%d}",
        tags={"team": "risk"},
        dagster_run_id="d-7",
    ) as run:
        run.log_params({"num_leaves": 3})
        run.log_metrics({"auroc": 0.94})
        for role, dataset_version_id in inputs.items():
            run.log_dataset_version(dataset_version_id, role=role)
        store_plots(run, scored_rows(Task.BINARY, FEATURES["heat"] > 20, MODEL.score(FEATURES)), MODEL.classes)
        return register(run, "fires", MODEL, trained_through=through)


def decide(
    workspace: Workspace,
    status: DecisionStatus,
    challenger: ModelVersion,
    champion: ModelVersion | None,
    *,
    trigger: str,
    reason: str,
    outcome: str,
    holdout_version_id: int | None = None,
    drift_report_id: int | None = None,
    dagster_run_id: str | None = None,
    **scores: Any,
) -> Decision:
    promoted = status is DecisionStatus.PROMOTED
    holder = challenger if promoted else champion
    judged = Adjudication(
        challenger_version_id=challenger.id,
        champion_version_id=champion.id if champion else None,
        holdout_version_id=holdout_version_id,
        metric="auroc",
        promote=promoted,
        rule="recorded",
        details={"text": outcome},
        **scores,
    )
    decision = decided(
        workspace,
        challenger.model_id,
        status,
        trigger=trigger,
        reason=reason,
        outcome=outcome,
        actor="policy",
        as_of=challenger.trained_through,
        drift_report_id=drift_report_id,
        dagster_run_id=dagster_run_id,
        challenger_version_id=challenger.id,
        serving_version_id=holder.id if holder else None,
        holdout_version_id=holdout_version_id,
        adjudication=judged,
    )
    if promoted:
        with workspace.database.transaction() as session:
            move_alias(
                session,
                challenger.model_id,
                challenger,
                seen=load_timeline(session, challenger.model_id),
                effective_at=challenger.trained_through,
                as_of=challenger.trained_through,
                recorded_at=workspace.clock(),
                actor="policy",
                reason=outcome,
                decision_id=decision.id,
            )
    return decision


def dataset_version(workspace: Workspace, part: str, rows: int) -> DatasetVersion:
    with workspace.database.transaction() as session:
        version = DatasetVersion(
            dataset=f"fires/{part}",
            digest=f"{part}-digest",
            columns=[{"name": "heat", "dtype": "float"}],
            statistics=[{"name": "heat", "mean": 19.5}],
            row_count=rows,
            artifact_digest="0" * 64,
            created_at=workspace.clock(),
        )
        session.add(version)
    return version


def metric(name: str, value: float | None, note: str | None = None) -> dict[str, Any]:
    ends = {"ci_low": value and value - 0.01, "ci_high": value and value + 0.01, "standard_error": None}
    return {"metric": name, "value": value, **ends, "note": note}


def evaluate(workspace: Workspace, version: ModelVersion, partitions: list[str]) -> None:
    rows = [
        {
            "version_id": version.id,
            "dataset": "fires",
            "partition_key": partition,
            "row_count": 60,
            "label_count": 59,
            "evaluated_at": workspace.clock(),
            "digest": f"{version.version}-{partition}",
        }
        for partition in partitions
    ]
    measured = [metric("auroc", 0.9), metric("log_loss", float("inf")), metric("recall", None, "no positive label")]
    with workspace.database.transaction() as session:
        evaluation_rows.add_evaluations(session, rows, [measured for _ in rows])


def report_drift(workspace: Workspace, version: ModelVersion, partition: str) -> int:
    with workspace.database.transaction() as session:
        return drift_rows.add_report(
            session,
            model_id=version.model_id,
            version_id=version.id,
            partition_key=partition,
            reference="the holdout",
            window_start=day("2025-04-10"),
            window_end=day("2025-05-10"),
            verdict="drift",
            summary="auroc fell from 0.95 to 0.87.",
            digest=f"findings of {partition}",
            created_at=workspace.clock(),
            findings=[FINDING],
        )


def live_through_a_promotion(workspace: Workspace) -> None:
    """Fill a workspace: the first version served from 1 March, and the second from 12 May 2025, because of drift."""
    training, holdout = (
        dataset_version(workspace, part, rows) for part, rows in (("training", 4000), ("holdout", 900))
    )
    inputs = {"training": training.id, "holdout": holdout.id}
    first = train(workspace, through=day("2025-03-01"), inputs=inputs)
    decide(
        workspace,
        DecisionStatus.PROMOTED,
        first,
        None,
        trigger="manual",
        reason="The first model.",
        outcome="Promoted: the first valid version.",
        challenger_score=0.94,
        holdout_version_id=holdout.id,
    )
    evaluate(workspace, first, [f"2025-05-0{n}" for n in range(1, 8)])
    report_id = report_drift(workspace, first, "2025-05-09")
    second = train(workspace, through=day("2025-05-12"), inputs=inputs)
    decide(
        workspace,
        DecisionStatus.PROMOTED,
        second,
        first,
        trigger="drift",
        reason="Retrain: auroc fell from 0.95 to 0.87.",
        outcome="Promoted: a gain of 0.05.",
        drift_report_id=report_id,
        champion_score=0.87,
        challenger_score=0.92,
        gain=0.05,
        gain_low=0.03,
        gain_high=0.07,
        p_value=0.0002,
        holdout_version_id=holdout.id,
        dagster_run_id="d-8",
    )
    third = train(workspace, through=day("2025-06-12"), inputs=inputs)
    decide(
        workspace,
        DecisionStatus.KEPT,
        third,
        second,
        trigger="schedule",
        reason="Asked for: schedule.",
        outcome="Kept: a tie keeps the champion.",
        gain=float("nan"),
        holdout_version_id=holdout.id,
    )
    evaluate(workspace, second, ["2025-05-12", "2025-05-13"])
    with workspace.database.transaction() as session:
        record_declaration(session, fires(partitions=Daily("2025-02-10")), workspace.clock())
        model_rows.model_named(session, "untrained", workspace.clock())


@pytest.fixture(params=KINDS)
def workspace(request: pytest.FixtureRequest, tmp_path: Path, template: Template) -> Iterator[Workspace]:
    """A workspace on each kind of database, empty where a test does not ask for `production`."""
    fill = live_through_a_promotion if "production" in request.fixturenames else leave_empty
    with copied(template(request.param, fill), tmp_path) as copy:
        yield copy


@pytest.fixture
def production(workspace: Workspace) -> Workspace:
    """A model that lives through a promotion because of drift, and a challenger that is not promoted."""
    return workspace


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path, dagster_url="http://dagster.test:3000/")


class Client:
    """Sends requests to the application as a server would, without one."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4000") as client:
                return await client.request(method, path, **request)

        return asyncio.run(send())


@pytest.fixture
def client(workspace: Workspace, settings: Settings) -> Client:
    return Client(create_app(workspace, settings))


Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(client: Client) -> Ask:
    """Send a query with its variables and return the whole response."""

    def send(query: str, **variables: Any) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables})
        answer = client("POST", "/graphql", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return send
