"""What a search reaches on the Adult census beside the params picked by hand: the table of docs/search_trainer.md.

Everything is chosen by cross-validation within the training part; each row of the table is one look at the original
test split. Seeded. Run from the root, on the data of `DRIFTLINE_DATA_DIR` or of OpenML, ten minutes of one core:
python benchmarks/income_search.py [--trials 80]
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

sys.path.insert(0, str(Path(__file__).parents[1]))

from assets.income import income, read_income
from driftline import LightGBM, Search, XGBoost
from driftline.datasets import classes_of, encode
from driftline.metrics import Measurement, Task, measure
from driftline.models import Model, Trainer
from driftline.tuning import SearchProgress, SearchResult, search_progress
from driftline.tuning.trial import mean_value
from driftline.tuning.validation import random_folds

SEED, FOLDS, MEMBERS = 0, 5, 10
SPLIT = income.holdout.split(read_income(None))
CLASSES = classes_of(income.target, SPLIT.train)


def fitted(trainer: Trainer, rows: pd.DataFrame = SPLIT.train) -> Model:
    """Return the model of a trainer on rows of the training part."""
    features = rows.drop(columns=income.target.column)
    return trainer.fit(features, encode(income.target, rows, classes=CLASSES), task=Task.BINARY, classes=CLASSES)


def by_folds(trainer: Trainer) -> float:
    """Return the mean AUROC of a trainer over the folds that the search has, too."""
    truth = encode(income.target, SPLIT.train, classes=CLASSES)
    folds = random_folds(truth, task=Task.BINARY, share=0.2, count=FOLDS, seed=SEED)
    models = [fitted(trainer, SPLIT.train.iloc[fold.training]) for fold in folds]
    scores = [model.score(SPLIT.train.iloc[fold.validation]) for model, fold in zip(models, folds, strict=True)]
    return mean_value("auroc", Task.BINARY, [truth[fold.validation] for fold in folds], scores)


def on_test(model: Model) -> Measurement:
    """Return the AUROC of a model on the original test split: a look at it."""
    truth = encode(income.target, SPLIT.holdout, classes=CLASSES)
    return measure("auroc", Task.BINARY, truth, model.score(SPLIT.holdout))


def searched(trials: int) -> tuple[SearchResult, float]:
    """Return what a search finds within the training part, and how many seconds it takes."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    search = Search(LightGBM(), XGBoost(), trials=trials, folds=FOLDS, blend=MEMBERS, seed=SEED)
    began = time.perf_counter()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("trials", total=trials)

        def show(progress: SearchProgress) -> None:
            bar.update(task, completed=progress.done)

        with search_progress(show):
            result = search.run(SPLIT.train.reset_index(drop=True), target=income.target, experiment="income")
    return result, time.perf_counter() - began


def table(trials: int) -> Iterator[tuple[str, str, str, str]]:
    """Give the rows: what, by cross-validation, on the test split, and seconds."""
    began = time.perf_counter()
    by_hand = fitted(income.trainer)
    seconds = time.perf_counter() - began
    yield (
        "by hand, as in `assets/income.py`",
        f"{by_folds(income.trainer):.4f}",
        shown(on_test(by_hand)),
        f"{seconds:.0f}",
    )
    result, seconds = searched(trials)
    best = result.leaderboard.iloc[0]
    yield f"the best trial, {best['trainer']}", f"{best['auroc']:.4f}", shown(on_test(fitted(result.best_trial))), ""
    members = pd.Series([one.name for one in getattr(result.trainer, "trainers", (result.trainer,))]).value_counts()
    name = ", ".join(f"{count} {kind}" for kind, count in members.items())
    yield f"the blend ({name})", f"{result.value:.4f}", shown(on_test(result.model)), f"{seconds:.0f}"


def shown(measured: Measurement) -> str:
    """Return a value with its interval of 95 %."""
    return f"{measured.value:.4f} [{measured.ci_low:.4f}, {measured.ci_high:.4f}]"


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--trials", type=int, default=80)
    with tempfile.TemporaryDirectory() as home:
        os.environ["DRIFTLINE_HOME"] = home
        print(f"| seed {SEED} | AUROC by {FOLDS} folds of the training part | on the test split | seconds |")
        print("|---|---|---|---|")
        for row in table(arguments.parse_args().trials):
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
