"""The champion and its shadow on the same labelled rows: what each scores, and whether the difference is real."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from driftline.declaration import ModelPipeline
from driftline.evaluations import LabelledReader, LabelledRows
from driftline.metrics import Comparison, Task, compare
from driftline.registry import CHALLENGER, known_model
from driftline.registry.errors import IncomparableModelsError, UnknownAliasError
from driftline.rollout.shadow import shadows
from driftline.store import alias_rows, model_rows
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
    stay = _newest_stay(workspace, pipeline.name)
    reader = LabelledReader(workspace, pipeline)
    over = pipeline.partitions.over_by(workspace.as_of(), since=stay.since)
    keys = [key for key, version in shadows(workspace, pipeline, over).items() if version.version == stay.challenger]
    served, shadowed = reader.read(keys), reader.read(keys, version=stay.challenger)
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
        challenger=stay.challenger,
        champions=tuple(champions),
        since=stay.since,
        until=stay.until,
        partitions=tuple(compared),
        left_out=dict(sorted(left_out.items())),
        row_count=sum(len(pair.truth) for pair in compared.values()),
        comparisons=_comparisons(pipeline, list(compared.values())),
    )


@dataclass(frozen=True, kw_only=True)
class _Stay:
    """The newest time that a version spent in the shadow."""

    challenger: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pair:
    """The same labelled rows as the champion and the challenger scored them."""

    task: Task
    truth: np.ndarray
    champion: np.ndarray
    challenger: np.ndarray


def _newest_stay(workspace: Workspace, model: str) -> _Stay:
    with workspace.database.reading() as session:
        line = known_model(session, model)
        events = [
            event
            for event in alias_rows.alias_events(session, line.id, CHALLENGER)
            if event.effective_at <= workspace.as_of()
        ]
        held = next((event for event in events if event.version_id is not None), None)
        version = model_rows.version(session, held.version_id) if held else None
    if held is None or version is None:
        raise UnknownAliasError(model, CHALLENGER)
    until = events[0].effective_at if events[0].version_id is None else None
    return _Stay(challenger=version.version, since=held.effective_at, until=until)


def _pair(pipeline: ModelPipeline, champion: LabelledRows, challenger: LabelledRows) -> _Pair:
    """Return the rows that both scored, in the champion's order."""
    if (champion.task, champion.classes) != (challenger.task, challenger.classes):
        raise IncomparableModelsError(pipeline.name, champion.classes, challenger.classes)
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
