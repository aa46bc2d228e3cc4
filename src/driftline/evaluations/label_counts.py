"""How many predictions of each partition are labelled, and where their labels come from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from driftline.declaration import ModelPipeline
from driftline.evaluations.labelled import LabelledReader
from driftline.rows import Outcome
from driftline.store import delivery_rows
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class LabelCount:
    """The labels of one partition's predictions.

    Attributes:
        version: whose predictions.
        row_count: predictions.
        label_count: those whose label is known.
        delivered_count: of the labels, those that were delivered; the others are the dataset's.
        corrected_count: how often a delivered label of the partition was corrected.
    """

    version: int
    row_count: int
    label_count: int
    delivered_count: int
    corrected_count: int


def count_labels(
    workspace: Workspace,
    pipeline: ModelPipeline,
    keys: Sequence[str],
    *,
    version: int | None = None,
    reader: LabelledReader | None = None,
) -> Outcome[LabelCount]:
    """Return how many predictions of each partition of a stream are labelled by now; one without any waits.

    Args:
        workspace: where predictions and delivered labels are.
        pipeline: the declaration.
        keys: partitions, in any order.
        version: of this version instead of the champion of the time.
        reader: what has been read already.
    """
    reader = reader or LabelledReader(workspace, pipeline)
    outcome = reader.read(keys, version=version)
    corrected: Counter[str] = Counter()
    with workspace.database.reading() as session:
        for arrival in delivery_rows.arrivals(session, pipeline.name, keys, reader.as_of):
            corrected[arrival.partition_key] += arrival.corrected_count
    counts = {
        key: LabelCount(
            version=labelled.version,
            row_count=labelled.row_count,
            label_count=labelled.label_count + len(labelled.unknown),
            delivered_count=labelled.delivered_count,
            corrected_count=corrected[key],
        )
        for key, labelled in outcome.done.items()
    }
    return Outcome(
        done={key: count for key, count in counts.items() if count.label_count},
        waiting={
            key: unlabelled(pipeline, key, count.row_count) for key, count in counts.items() if not count.label_count
        },
        failed=outcome.failed,
    )


def unlabelled(pipeline: ModelPipeline, key: str, row_count: int) -> str:
    """Return the sentence on a partition that waits for its labels."""
    return f"{pipeline.partitions.title(key)}: 0 of {row_count} predictions are labelled yet."
