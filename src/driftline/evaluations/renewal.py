"""Which evaluations ground truth has overtaken: labels have come, or were corrected, since they were made."""

from collections.abc import Sequence

from driftline.declaration import GroundTruth, ModelPipeline
from driftline.evaluations.evaluate import evidence_digest
from driftline.evaluations.labelled import read_labelled
from driftline.evaluations.labelled_rows import LabelledRows
from driftline.rows import serving_versions
from driftline.store import batch_rows, delivery_rows, evaluation_rows
from driftline.store.evaluation_rows import Evaluation
from driftline.workspace import Workspace


def outdated(workspace: Workspace, pipeline: ModelPipeline, keys: Sequence[str] | None = None) -> list[str]:
    """Return the partitions whose newest evaluation delivered labels have overtaken, oldest first.

    Looked at are predicted partitions for which labels were delivered since they were evaluated, or that were never
    evaluated; which of them are outdated says `is_outdated`.

    Args:
        workspace: where deliveries, predictions and evaluations are.
        pipeline: the declaration of a stream.
        keys: only these partitions; None: all.

    Raises:
        NotAStreamError: the pipeline has no partitions.
    """
    pipeline.partitions.stream(pipeline.name)  # a table is refused
    as_of = workspace.as_of()
    with workspace.database.reading() as session:
        arrivals = delivery_rows.arrivals(session, pipeline.name, keys, as_of)
        batches = batch_rows.predicted_partitions(session, pipeline.name, sorted({a.partition_key for a in arrivals}))
    serving = serving_versions(workspace, pipeline, sorted({batch.partition_key for batch, _ in batches})).done
    with workspace.database.reading() as session:
        ids = list({version.id for version in serving.values()})
        evaluations = evaluation_rows.newest_evaluations(session, ids, pipeline.name, list(serving))
    newest = {row.partition_key: row for row in evaluations if serving[row.partition_key].id == row.version_id}
    since = [a for a in arrivals if a.partition_key in serving and _is_later(a, newest.get(a.partition_key))]
    labelled = read_labelled(workspace, pipeline, sorted({a.partition_key for a in since})).done
    corrected = {a.partition_key for a in since if a.corrected_count}
    return [
        key for key, now in labelled.items() if _is_outdated(pipeline, now, newest.get(key), corrected=key in corrected)
    ]


def is_outdated(rule: GroundTruth, *, row_count: int, labelled_then: int, labelled_now: int, corrected: bool) -> bool:
    """Return whether an evaluation whose labels have changed since is outdated.

    It is where a label was corrected, where the last missing label has come, and where labels of at least the
    declared share of the predictions have come.
    """
    grown = labelled_now - labelled_then
    return corrected or grown <= 0 or labelled_now == row_count or grown >= rule.renew_at * row_count


def _is_later(arrival: delivery_rows.Arrival, evaluation: Evaluation | None) -> bool:
    return evaluation is None or arrival.arrived_at > (evaluation.as_of or evaluation.evaluated_at)


def _is_outdated(pipeline: ModelPipeline, now: LabelledRows, then: Evaluation | None, *, corrected: bool) -> bool:
    if then is None:
        return len(now.truth) > 0
    return then.digest != evidence_digest(pipeline, now) and is_outdated(
        pipeline.ground_truth,
        row_count=now.row_count - len(now.unknown),
        labelled_then=then.label_count,
        labelled_now=len(now.truth),
        corrected=corrected,
    )
