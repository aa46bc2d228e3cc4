"""A search for hyperparameters: one run, and its best candidates as runs below it."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from driftline.autologging.parameters import plain_params
from driftline.autologging.runs import Run, Runs
from driftline.json_values import finite

MOST_CANDIDATES = 50  # as runs of their own; all of them are in `candidates.json`


def log_search(runs: Runs, run: Run, search: Any, *, prefix: str) -> None:
    """Log the best candidate, all of them in a file, and each of the best ones as a run below this one.

    What has tried no candidates, as `GridSearchCV` has, has none to log.
    """
    if "params" not in getattr(search, "cv_results_", {}):
        return
    results, count = search.cv_results_, len(search.cv_results_["params"])
    best = getattr(search, "best_params_", None)
    if best is not None:
        run.log_params({f"{prefix}best/{name}": value for name, value in plain_params(best).items()})
    run.log_params({f"{prefix}candidates": count})
    if hasattr(search, "best_score_"):
        run.log_metrics({f"{prefix}best_score": float(search.best_score_)})
    candidates = [_candidate(results, number) for number in range(count)]
    table = json.dumps(finite(candidates), ensure_ascii=False, allow_nan=False, default=str)
    run.log_bytes(table.encode(), f"{prefix}candidates.json")
    ranks = next((results[name] for name in results if name.startswith("rank_test_")), np.arange(count))
    for number in np.argsort(ranks, kind="stable")[:MOST_CANDIDATES]:
        with runs.start(name=f"candidate {number}", parent=run) as child:
            child.log_params(candidates[number]["params"])
            child.log_metrics(candidates[number]["metrics"])


def _candidate(results: Mapping[str, Any], number: int) -> dict[str, Any]:
    metrics = {
        name: float(values[number])
        for name, values in results.items()
        if not name.startswith("param") and np.issubdtype(np.asarray(values).dtype, np.number)
    }
    return {"params": plain_params(results["params"][number]), "metrics": metrics}
