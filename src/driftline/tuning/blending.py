"""Which trials a blend is made of, and the weight of each."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from driftline.metrics import Task, metric
from driftline.tuning.trial import Trial, mean_value

ROUNDS = 25  # each adds a member, or the weight of one that is there
POOL = 5  # times as many trials as members are looked at, the best ones


def blend_of(
    trials: Sequence[Trial], truth: Sequence[np.ndarray], *, name: str, task: Task, most: int
) -> list[tuple[Trial, float]]:
    """Return the members of the blend that is best on the validation rows, each with its weight; they add up to 1.

    It begins with the best trial, and takes in, again and again, the one with which the mean of the scores is best;
    of all these blends, the best is the answer. A blend may turn out to be one trial.

    Args:
        trials: complete ones.
        truth: the target of the validation rows, fold by fold.
        name: of the metric.
        task: what is predicted.
        most: different members, at most.

    Source: Caruana et al., Ensemble Selection from Libraries of Models (2004). Ours: the number of members is bounded.
    """
    greater = metric(name, task).greater_is_better
    pool = ranked(trials, greater_is_better=greater)[: most * POOL]
    counts, total = Counter({0: 1}), [scores.copy() for scores in pool[0].scores]
    best, best_value = counts.copy(), pool[0].value
    for size in range(2, ROUNDS + 1):
        open_to = range(len(pool)) if len(counts) < most else sorted(counts)
        values = {place: mean_value(name, task, truth, _means(total, pool[place], size, task)) for place in open_to}
        place = (max if greater else min)(values, key=lambda one: values[one])
        total = [have + scores for have, scores in zip(total, pool[place].scores, strict=True)]
        counts[place] += 1
        if best_value is None or (values[place] > best_value if greater else values[place] < best_value):
            best, best_value = counts.copy(), values[place]
    return [(pool[place], count / best.total()) for place, count in sorted(best.items())]


def ranked(trials: Sequence[Trial], *, greater_is_better: bool) -> list[Trial]:
    """Return the trials that have a value, best first; of equal ones the earlier."""
    complete = [trial for trial in trials if trial.value is not None]
    return sorted(complete, key=lambda one: (-one.value if greater_is_better else one.value, one.number))  # type: ignore[operator]


def _means(total: Sequence[np.ndarray], trial: Trial, size: int, task: Task) -> list[np.ndarray]:
    means = [(have + scores) / size for have, scores in zip(total, trial.scores, strict=True)]
    return means if task is Task.REGRESSION else [mean.clip(0.0, 1.0) for mean in means]  # rounding
