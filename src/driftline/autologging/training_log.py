"""What a run is told of one training: what went in, what came of each iteration, and what came out."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from driftline.autologging.guard import safely
from driftline.autologging.quality import log_examples, log_metrics_of, log_plots, scored
from driftline.autologging.rows import Rows
from driftline.autologging.runs import Run
from driftline.metrics import ScoredRows
from driftline.models import Model, Question, to_files

_TRAININGS: dict[str, int] = {}  # that were logged to a run


@dataclass(frozen=True, kw_only=True)
class What:
    """What is logged beside params and metrics.

    Attributes:
        models: the model, with its signature.
        plots: those of evaluation sets.
        examples: rows with what is predicted for them.
    """

    models: bool = True
    plots: bool = True
    examples: bool = True


@dataclass(kw_only=True, eq=False)
class TrainingLog:
    """Logs one training to a run; a second training of the same run has `training_2/` before all that it logs.

    Attributes:
        run: where to.
        what: is logged.
        prefix: before each key.
    """

    run: Run
    what: What
    prefix: str = field(init=False)
    _began_s: float = field(init=False)

    def __post_init__(self) -> None:
        number = _TRAININGS[self.run.run_id] = _TRAININGS.get(self.run.run_id, 0) + 1
        self.prefix = "" if number == 1 else f"training_{number}/"
        self._began_s = time.monotonic()

    def params(self, params: Mapping[str, Any]) -> None:
        """Log what the training was given."""
        self.run.log_params({f"{self.prefix}{name}": value for name, value in params.items()})

    def metrics(self, metrics: Mapping[str, float]) -> None:
        """Log what came out."""
        self.run.log_metrics({f"{self.prefix}{name}": value for name, value in metrics.items()})

    def duration(self) -> None:
        """Log how long the training has taken until now."""
        self.metrics({"training_duration_s": time.monotonic() - self._began_s})

    def model(self, model: Model) -> None:
        """Store a model: its files, and its importance on its own."""
        if model.feature_importance:
            self.importance(model.feature_importance)
        if self.what.models:
            for path, content in to_files(model).items():
                self.run.log_bytes(content, f"{self.prefix}model/{path}")

    def importance(self, shares: Mapping[str, float]) -> None:
        """Store the share of each column in the importance."""
        self.run.log_bytes(json.dumps(dict(shares)).encode(), f"{self.prefix}feature_importance.json")

    def evaluation(self, name: str, fitted: Any, rows: Rows, question: Question, *, is_held_out: bool) -> None:
        """Log how good an estimator is on rows; plots and examples only of rows that it was not trained on."""
        scores = safely(f"the score on {name}", lambda: scored(fitted, rows, question))
        if scores is None:
            return
        safely(f"the metrics on {name}", lambda: log_metrics_of(self.run, scores, f"{self.prefix}final/{name}"))
        if is_held_out:
            self._seen(name, rows, scores, question)

    def _seen(self, name: str, rows: Rows, scores: ScoredRows, question: Question) -> None:
        if self.what.plots:
            path = f"{self.prefix}plots/{name}.json"
            safely(f"the plots of {name}", lambda: log_plots(self.run, scores, question, path))
        if self.what.examples:
            examples = f"{self.prefix}examples/{name}.json"
            safely(f"the examples of {name}", lambda: log_examples(self.run, rows, scores, question, examples))
