"""Processes that are killed amid their work, and what they leave: `python benchmarks/kills.py [--kills 30]`.

Each kind of work is killed at random moments (`kill -9`) until it was killed so often. After each kill somebody looks,
as a list of runs, a tick of the sensor or the next command does, and what stands in the database then is checked.
"""

import argparse
import io
import json
import os
import random
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import dagster as dg
import numpy as np
from sqlalchemy import create_engine, text

from driftline import Window, add_ground_truth, start_run
from driftline.cli.app import app
from driftline.clock import parse_time
from driftline.datasets import simulate_fire_risk
from driftline.declaration import ModelPipeline
from driftline.experiments import list_runs
from driftline.pipelines import dagster_home, open_instance
from driftline.registry import promote, register, rollback, timeline
from driftline.registry.errors import InvalidSwitchError
from driftline.retraining import adjudicate, decide_reports, read_dataset, train
from driftline.store import decision_rows, lookup, metric_rows, run_rows
from driftline.store.decision_rows import DecisionStatus
from driftline.workspace import Workspace, open_workspace, unnamed_artifacts

ASSETS = """
from driftline import Daily, GroundTruth, LightGBM, ModelPipeline, Newest, PerformanceDrift, Promote, Retrain, Target
from driftline.datasets import simulate_fire_risk

fire_risk = ModelPipeline(
    name="fire_risk",
    dataset=lambda window: simulate_fire_risk(window, rows_per_day=60),
    target=Target("fire", positive_class="yes"),
    trainer=LightGBM(num_leaves=7, trees=15, min_leaf_rows=10),
    metrics=("auroc", "log_loss"),
    holdout=Newest(duration="7d"),
    partitions=Daily("2025-02-10", end="2025-03-24"),
    entity=("station",),
    training_window="28d",
    ground_truth=GroundTruth(delay="1d"),
    drift=(PerformanceDrift("auroc", window="7d", m_of_n=(1, 1)),),
    retrain=Retrain(trigger=None, choice=None),
    promote=Promote(confidence=None),
)
PIPELINES = (fire_risk,)
"""
DEFINITIONS = """
import dagster as dg
from assets import PIPELINES
from driftline.pipelines import WorkspaceResource, build, drift_sensor

defs = dg.Definitions.merge(
    *(build(pipeline) for pipeline in PIPELINES),
    dg.Definitions(
        resources={"workspace": WorkspaceResource()},
        sensors=[drift_sensor(PIPELINES)],
        executor=dg.in_process_executor,
    ),
)
"""
DAYS = "2025-02-10", "2025-03-20"
VERSIONS = 4
FOUND = Path("found.json")
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def prepare() -> None:
    """Fill the home of the project: four versions, of which the first serves, and what it said of 39 days."""
    workspace, pipeline = open_workspace(), declared()
    for step in (read_dataset, train, adjudicate):
        step(workspace, pipeline)
    for _ in range(VERSIONS - 1):
        register_again(workspace)
    backfilling()


def register_again(workspace: Workspace) -> None:
    """Register the champion's model as another version."""
    from driftline import load_model  # noqa: PLC0415  (a process that is forked imports nothing before)

    with start_run("fire_risk", workspace=workspace) as run:
        register(run, "fire_risk", load_model("fire_risk", workspace=workspace), trained_through=parse_time(DAYS[1]))


def declared() -> ModelPipeline:
    """Return the pipeline of the project in the working directory."""
    from assets import fire_risk  # noqa: PLC0415

    return fire_risk


def script() -> None:
    """Do what a training script does: a run with 40 points and a file."""
    workspace = open_workspace()
    with start_run("script", workspace=workspace) as run:
        run.log_params({"num_leaves": 31})
        for step in range(40):
            run.log_metrics({"loss": 1 / (step + 1)}, step=step)
        run.log_bytes(os.urandom(200_000), "model.txt")


def retraining() -> None:
    """Retrain in a Dagster run that no command of driftline's has begun."""
    from definitions import defs  # noqa: PLC0415

    with open_instance(dagster_home()) as instance:
        defs.resolve_job_def("fire_risk_retrain").execute_in_process(instance=instance, run_config=QUIET)


def backfilling() -> None:
    """Predict and evaluate 39 days again, by the command."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        app(["backfill", "fire_risk", "--from", DAYS[0], "--to", DAYS[1]], standalone_mode=False)


def delivery() -> None:
    """Deliver 2,280 labels, half of which correct what was known."""
    window = Window(parse_time(DAYS[0]), parse_time(DAYS[1]))
    labels = simulate_fire_risk(window, rows_per_day=60)[["time", "station", "fire"]]
    chance = np.random.default_rng(int.from_bytes(os.urandom(8)))
    labels["fire"] = np.where(chance.random(len(labels)) < 0.5, "yes", "no")
    add_ground_truth(open_workspace(), declared(), labels, actor="benchmark")


def switching() -> None:
    """Promote and roll back, again and again."""
    workspace, why = open_workspace(), {"actor": "benchmark", "reason": "to be killed"}
    for turn in range(20):
        with suppress(InvalidSwitchError):  # it is champion already
            promote(workspace, "fire_risk", 1 + turn % VERSIONS, **why)
            rollback(workspace, "fire_risk", **why)


WORK = {
    "a tracked script": script,
    "a retraining job": retraining,
    "driftline backfill, 39 days": backfilling,
    "a delivery of 2,280 labels": delivery,
    "promotions and rollbacks": switching,
}


@dataclass(kw_only=True)
class Left:
    """What was found after kills, each a count that should be 0, but `orphans`, which nothing names.

    Attributes:
        false_states: runs that stand as running and retrainings as training, although nobody works.
        blocking: Dagster's runs that stand as started: two of them hold up all that waits in its queue.
        broken: faults of the database, and files that it names and that are not there.
        gaps: revisions of the champion's history that are missing or double.
        orphans: files that `driftline gc` would remove.
    """

    false_states: int = 0
    blocking: int = 0
    broken: int = 0
    gaps: int = 0
    orphans: int = 0


def look() -> None:
    """Look as the next command or tick does, count what is wrong, and add it to what was found before."""
    workspace, left = open_workspace(), found()
    decide_reports(workspace, {"fire_risk": declared()})
    with open_instance(dagster_home()) as instance:
        left.blocking += instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    runs = list_runs(workspace, first=500)
    with workspace.database.reading() as session:
        left.false_states += len(decision_rows.decisions(session, None, status=DecisionStatus.TRAINING))
        named = lookup.named_digests(session)
    left.false_states += sum(run["status"] == "running" or run["ended_at"] < run["started_at"] for run in runs)
    orphans = unnamed_artifacts(workspace, age=timedelta(0))
    workspace.artifacts.remove(orphans)
    left.orphans += len(orphans)
    left.broken += sum(not workspace.artifacts.has(digest) for digest in named) + _faults(workspace)
    revisions = [event.revision for event in timeline(workspace, "fire_risk").events]
    left.gaps += revisions != list(range(1, len(revisions) + 1))
    FOUND.write_text(json.dumps(asdict(left)))


def found() -> Left:
    """Return what was found so far, and is kept in the working directory."""
    return Left(**json.loads(FOUND.read_text())) if FOUND.exists() else Left()


def _faults(workspace: Workspace) -> int:
    """Return how many rows the database itself finds wrong, and runs whose points and summaries differ."""
    with workspace.database.reading() as session:
        runs = [run.run_id for run in run_rows.newest_runs(session, experiment="script", first=5)]
        summaries = metric_rows.metrics_of(session, runs)
        differ = sum(
            one.count != len(metric_rows.history(session, run, one.key).steps) for run in runs for one in summaries[run]
        )
    if workspace.database.dialect != "sqlite":
        return differ
    engine = create_engine(workspace.database.url)
    with engine.connect() as connection:
        found = (
            connection.execute(text("PRAGMA integrity_check")).all()
            + connection.execute(text("PRAGMA foreign_key_check")).all()
        )
    engine.dispose()
    return differ + len(found) - 1  # one row says "ok"


def forked(work: Callable[[], None], kill_after_s: float | None = None) -> tuple[float, bool]:
    """Do some work in a process of its own; return for how many seconds it ran, and whether it was killed by then."""
    began = time.monotonic()
    process = os.fork()
    if process == 0:
        code = 1
        with warnings.catch_warnings(action="ignore"):
            try:
                sys.path.insert(0, str(Path.cwd()))
                for name in ("assets", "definitions"):  # of another project
                    sys.modules.pop(name, None)
                work()
                code = 0
            except BaseException as error:  # noqa: BLE001  (the edge of a process)
                print(repr(error), file=sys.stderr)
            finally:
                os._exit(code)
    ended = 0
    while not ended and (kill_after_s is None or time.monotonic() < began + kill_after_s):
        ended, status = os.waitpid(process, os.WNOHANG)
        time.sleep(0.001)
    if not ended:
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in {0, -signal.SIGKILL}:
        raise RuntimeError(f"{work.__name__} ended with {code}.")
    return time.monotonic() - began, code == -signal.SIGKILL


def kill(work: Callable[[], None], *, kills: int, within_s: float) -> Left:
    """Kill some work so often at random moments of these seconds, look after each, and return what was found."""
    chance = random.Random(7)  # noqa: S311  (of when to kill)
    FOUND.unlink(missing_ok=True)
    killed = 0
    while killed < kills:
        _, was_killed = forked(work, kill_after_s=chance.uniform(0, within_s))
        killed += was_killed
        forked(look)
    forked(work)  # nothing is held up
    forked(look)
    return found()


def make_project(folder: Path) -> None:
    """Make a project in a folder, which becomes the working directory and the home of all settings."""
    for name, content in (("assets.py", ASSETS), ("definitions.py", DEFINITIONS)):
        (folder / name).write_text(content)
    os.chdir(folder)
    os.environ |= {"DRIFTLINE_HOME": str(folder / "home"), "DAGSTER_HOME": str(folder / "home" / "dagster")}


def main() -> None:
    """Print a row for each kind of work."""
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=30)
    options.add_argument("--database", help="an empty database; SQLite by default")
    chosen = options.parse_args()
    if chosen.database:
        os.environ["DRIFTLINE_DATABASE_URL"] = chosen.database
    with tempfile.TemporaryDirectory() as folder:
        make_project(Path(folder))
        forked(prepare)
        print(
            "| work | s | kills | false states | blocking | broken | gaps | orphan files |\n"
            "|---|---|---|---|---|---|---|---|"
        )
        for name, work in WORK.items():
            needed_s, _ = forked(work)
            left = kill(work, kills=chosen.kills, within_s=1.3 * needed_s)
            counts = f"{left.false_states} | {left.blocking} | {left.broken} | {left.gaps} | {left.orphans}"
            print(f"| {name} | {needed_s:.1f} | {chosen.kills} | {counts} |", flush=True)


if __name__ == "__main__":
    main()
