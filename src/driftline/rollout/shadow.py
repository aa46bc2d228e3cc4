"""The shadow's part of monitoring: it predicts and is measured beside the champion, and its series are its own."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from driftline.declaration import ModelPipeline
from driftline.errors import DriftlineError
from driftline.evaluations import Evaluated, LabelledReader, evaluate
from driftline.predictions import Predicted, predict
from driftline.registry import ModelVersion
from driftline.rows import Outcome
from driftline.workspace import Workspace

Done = TypeVar("Done")


def shadows(
    workspace: Workspace, pipeline: ModelPipeline, keys: Sequence[str], reader: LabelledReader
) -> dict[str, ModelVersion]:
    """Return who was in the champion's shadow at the start of each partition; one without a shadow is left out."""
    as_of = workspace.as_of()
    starts = [pipeline.partitions.champion_time(key, as_of) for key in keys]
    champions = reader.partitions.champions.holders(starts)
    challengers = reader.partitions.challengers.holders(starts)
    return {
        key: challenger
        for key, champion, challenger in zip(keys, champions, challengers, strict=True)
        if challenger is not None and (champion is None or champion.id != challenger.id)
    }


def predict_shadow(
    workspace: Workspace,
    pipeline: ModelPipeline,
    keys: Sequence[str],
    *,
    reader: LabelledReader,
    dagster_run_id: str | None = None,
) -> Outcome[Predicted]:
    """Predict partitions with who was in the shadow at each one's start; nothing of it is served, but by a bandit.

    A partition without a shadow is left out. A shadow that cannot be loaded has failed and raises nothing.
    """
    return _each(
        shadows(workspace, pipeline, keys, reader),
        lambda version, partitions: predict(
            workspace, pipeline, partitions, version=version, dagster_run_id=dagster_run_id, reader=reader.partitions
        ),
    )


def evaluate_shadow(
    workspace: Workspace,
    pipeline: ModelPipeline,
    keys: Sequence[str],
    *,
    reader: LabelledReader,
    dagster_run_id: str | None = None,
) -> Outcome[Evaluated]:
    """Measure what was predicted in the shadow against the labels known by now, as `evaluate` does."""
    return _each(
        shadows(workspace, pipeline, keys, reader),
        lambda version, partitions: evaluate(
            workspace, pipeline, partitions, version=version, dagster_run_id=dagster_run_id, reader=reader
        ),
    )


def _each(serving: dict[str, ModelVersion], work: Callable[[int, list[str]], Outcome[Done]]) -> Outcome[Done]:
    """Return the outcomes of `work` for each version and its partitions together."""
    done: dict[str, Done] = {}
    waiting: dict[str, str] = {}
    failed: dict[str, str] = {}
    for version in sorted({holder.version for holder in serving.values()}):
        partitions = [key for key, holder in serving.items() if holder.version == version]
        try:
            outcome = work(version, partitions)
        except DriftlineError as error:
            outcome = Outcome(failed=dict.fromkeys(partitions, str(error)))
        done |= outcome.done
        waiting |= outcome.waiting
        failed |= outcome.failed
    return Outcome(done=done, waiting=waiting, failed=failed)
