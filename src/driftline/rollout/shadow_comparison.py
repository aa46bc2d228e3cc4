"""The champion and its shadow on the same labelled rows: what each scores, and whether the difference is real."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from driftline.declaration import ModelPipeline
from driftline.evaluations import LabelledReader, LabelledRows
from driftline.metrics import Comparison, Task, compare
from driftline.registry import CHALLENGER, Tenure, known_model, load_timeline
from driftline.registry.errors import incomparable_classes
from driftline.rollout.errors import nobody_in_the_shadow
from driftline.rollout.shadow import shadows
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class ShadowComparison:
    """What is known of a shadow beside the champions of the time.

    Attributes:
        challenger: the version in the shadow, or the last that was.
        champions: the versions that served meanwhile, oldest first.
        since: when it entered the shadow.
        until: when it left it; None: it is in the shadow.
        partitions: that are compared, oldest first.
        left_out: why each other partition of this time is not compared yet.
        row_count: labelled rows that both scored.
        comparisons: one for each metric; empty where no row is labelled.
    """

    challenger: int
    champions: tuple[int, ...]
    since: datetime
    until: datetime | None
    partitions: tuple[str, ...]
    left_out: dict[str, str]
    row_count: int
    comparisons: tuple[Comparison, ...]


def compare_shadow(workspace: Workspace, pipeline: ModelPipeline) -> ShadowComparison:
    """Return how the newest shadow compares with the champion on the partitions that both scored and are labelled.

    Rows are paired by their key. Rows of all partitions count together and as independent.

    Raises:
        UnknownModelError: the pipeline has no model yet.
        UnknownAliasError: no version ever was in the shadow.
        IncomparableModelsError: the two tell different classes apart.
    """
    tenure = _newest_tenure(workspace, pipeline.name)
    challenger = tenure.version.version
    reader = LabelledReader(workspace, pipeline)
    over = pipeline.partitions.over_by(workspace.as_of(), since=tenure.start)
    keys = [key for key, version in shadows(workspace, pipeline, over, reader).items() if version.version == challenger]
    served, shadowed = reader.read(keys), reader.read(keys, version=challenger)
    left_out = {**served.failed, **shadowed.failed}
    pairs = {key: _pair(pipeline, served.done[key], shadowed.done[key]) for key in keys if key not in left_out}
    left_out |= {
        key: f"{pipeline.partitions.title(key)}: no prediction is labelled yet."
        for key, pair in pairs.items()
        if not len(pair.truth)
    }
    compared = {key: pair for key, pair in pairs.items() if len(pair.truth)}
    champions = sorted({served.done[key].version for key in compared})
    return ShadowComparison(
        challenger=challenger,
        champions=tuple(champions),
        since=tenure.start,
        until=tenure.end,
        partitions=tuple(compared),
        left_out=dict(sorted(left_out.items())),
        row_count=sum(len(pair.truth) for pair in compared.values()),
        comparisons=_comparisons(pipeline, list(compared.values())),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pair:
    """The same labelled rows as the champion and the challenger scored them."""

    task: Task
    truth: np.ndarray
    champion: np.ndarray
    challenger: np.ndarray


def _newest_tenure(workspace: Workspace, model: str) -> Tenure:
    with workspace.database.reading() as session:
        history = load_timeline(session, known_model(session, model).id, alias=CHALLENGER)
    begun = [tenure for tenure in history.tenures if tenure.start <= workspace.as_of()]
    if not begun:
        raise nobody_in_the_shadow(model)
    return begun[-1]


def _pair(pipeline: ModelPipeline, champion: LabelledRows, challenger: LabelledRows) -> _Pair:
    """Return the rows that both scored, in the champion's order."""
    if (champion.task, champion.classes) != (challenger.task, challenger.classes):
        raise incomparable_classes(pipeline.name, champion.classes, challenger.classes)
    mine, theirs = pd.MultiIndex.from_frame(champion.keys), pd.MultiIndex.from_frame(challenger.keys)
    places = theirs.get_indexer(mine)
    return _Pair(
        task=champion.task,
        truth=champion.truth[places >= 0],
        champion=champion.scores[places >= 0],
        challenger=challenger.scores[places[places >= 0]],
    )


def _comparisons(pipeline: ModelPipeline, pairs: Sequence[_Pair]) -> tuple[Comparison, ...]:
    if not pairs:
        return ()
    truth = np.concatenate([pair.truth for pair in pairs])
    champion = np.concatenate([pair.champion for pair in pairs])
    challenger = np.concatenate([pair.challenger for pair in pairs])
    return tuple(compare(name, pairs[0].task, truth, champion, challenger) for name in pipeline.metrics)
