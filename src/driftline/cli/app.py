"""`driftline` and its commands; what a command needs is imported when it runs, so that help comes at once."""

import sys

import typer

from driftline.cli.alerts import alerts
from driftline.cli.annotate import annotate
from driftline.cli.backfill import backfill
from driftline.cli.backtest import backtest
from driftline.cli.bandit import bandit
from driftline.cli.compare import compare
from driftline.cli.decisions import decisions
from driftline.cli.dev import dev
from driftline.cli.doctor import doctor
from driftline.cli.drift import drift
from driftline.cli.errors import InterruptedByUserError
from driftline.cli.evaluate import evaluate
from driftline.cli.gc import gc
from driftline.cli.imports import export, imports
from driftline.cli.init import init
from driftline.cli.leaderboard import leaderboard
from driftline.cli.level import level
from driftline.cli.models import models
from driftline.cli.output import printable
from driftline.cli.replay import demo, replay
from driftline.cli.retrain import retrain
from driftline.cli.runs import runs
from driftline.cli.serve import schema, serve
from driftline.cli.shadow import shadow
from driftline.cli.switch import promote, rollback
from driftline.cli.sync import sync
from driftline.cli.truth import truth
from driftline.errors import DriftlineError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Keeps models in production accurate over time: tracking, registry, drift, retraining, on Dagster.",
    epilog="Start with `driftline demo`. Everything is kept in DRIFTLINE_HOME, by default ./.driftline.",
)
LOOK = (runs, compare, leaderboard, models, decisions, drift, level, evaluate, backtest, alerts, doctor)
ACT = (retrain, replay, backfill, shadow, promote, rollback, annotate, sync, export, gc)
for command in (init, demo, dev, serve, *LOOK, *ACT):
    app.command()(command)
app.command(hidden=True)(schema)
app.add_typer(truth, name="truth")
app.add_typer(bandit, name="bandit")
app.add_typer(imports, name="import")


def main() -> None:
    """Run the command line; an error of driftline's own is one sentence or two, without a traceback."""
    try:
        app()
    except DriftlineError as error:
        sys.stderr.write(f"driftline: {printable(str(error))}\n")
        sys.exit(error.exit_code if isinstance(error, InterruptedByUserError) else 1)
