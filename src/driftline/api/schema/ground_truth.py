"""Ground truth: the deliveries of labels, and adding one."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import pandas as pd
import strawberry

from driftline import errors, ground_truth
from driftline.api.context import Info, from_row
from driftline.api.schema.fields import JSON, BigInt
from driftline.api.schema.user_errors import ConflictError, InvalidInputError, NotFoundError, invalid_or_missing
from driftline.ground_truth import MODEL_VERSION, AddedGroundTruth, expected_labels, from_texts
from driftline.ground_truth.errors import too_many_labels, unusable_label_value
from driftline.registry import find_declaration
from driftline.store import Session, delivery_rows
from driftline.store.lookup import by_key
from driftline.workspace import Workspace

MOST_LABELS = 10_000  # of one call
ACTOR = "api"
_HALF = re.compile("[\ud800-\udfff]")  # of a character: JSON can write it, and no file holds it


@strawberry.type(description="A delivery of labels; each labelled row is counted once.")
class GroundTruthDelivery:
    """A delivery of labels."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    digest: str = strawberry.field(description="sha256 of its keys and labels.")
    arrived_at: datetime = strawberry.field(description="From when on its labels count.")
    recorded_at: datetime = strawberry.field(description="When it was stored; later than that in a replay.")
    actor: str = strawberry.field(description="The person or program that delivered.")
    source: str | None = strawberry.field(description="Where the labels come from, in words.")
    row_count: BigInt = strawberry.field(description="Labelled rows.")
    new_count: BigInt = strawberry.field(description="Rows without a label before.")
    same_count: BigInt = strawberry.field(description="Rows that had the same label before.")
    corrected_count: BigInt = strawberry.field(description="Rows that had another label before, which is kept.")
    waiting_count: BigInt = strawberry.field(description="Rows without a prediction when it arrived, within the delay.")
    orphan_count: BigInt = strawberry.field(description="Rows without a prediction when it arrived, after the delay.")
    history_count: BigInt = strawberry.field(description="Rows from before the first partition, for training.")


@strawberry.input(description="One column of a row's key.")
class KeyColumn:
    """One column of a row's key."""

    column: str = strawberry.field(description="Its name: the time column, or a column of the entity.")
    value: JSON = strawberry.field(description="A text or a number; a time as 2026-05-03T07:00:00Z.")


@strawberry.input(description="The label of one row.")
class LabelInput:
    """The label of one row."""

    key: list[KeyColumn] = strawberry.field(description="All columns of the row's key.")
    label: JSON = strawberry.field(description="The value of the target column.")
    model_version: int | None = strawberry.field(
        default=None, description="The version that predicted the row; a label that names another one is refused."
    )


@strawberry.input(description="Labels of one pipeline.")
class AddGroundTruthInput:
    """Labels of one pipeline."""

    pipeline: str = strawberry.field(description="Its name.")
    labels: list[LabelInput] = strawberry.field(description="At most 10,000.")
    source: str | None = strawberry.field(default=None, description="Where they come from, in words.")


@strawberry.type(description="The outcome of a delivery.")
class AddGroundTruthPayload:
    """The outcome of a delivery."""

    delivery: GroundTruthDelivery = strawberry.field(description="The delivery.")
    already: bool = strawberry.field(description="Whether it was stored before; then nothing has changed.")
    partitions: list[str] = strawberry.field(description="The partitions in which a label is new or corrected.")


AddGroundTruthResult = Annotated[
    AddGroundTruthPayload | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("AddGroundTruthResult", description="The outcome of a delivery, or why there is none."),
]


async def add_ground_truth(info: Info, delivery: AddGroundTruthInput) -> AddGroundTruthResult:
    """Deliver labels, or say why not."""
    context = info.context
    try:
        return await invalid_or_missing(lambda: context.reader.on_thread(lambda: _deliver(context.workspace, delivery)))
    except errors.ConflictError as error:
        return ConflictError(code=error.code, message=str(error))


def newest_deliveries(
    session: Session, pipeline: str, *, first: int, before: int | None
) -> Sequence[delivery_rows.GroundTruthDelivery]:
    """Return the deliveries for a known pipeline, newest first."""
    return delivery_rows.deliveries(session, find_declaration(session, pipeline).name, first=first, before=before)


def _deliver(workspace: Workspace, delivery: AddGroundTruthInput) -> AddGroundTruthPayload:
    if len(delivery.labels) > MOST_LABELS:
        raise too_many_labels(len(delivery.labels), MOST_LABELS)
    with workspace.database.reading() as session:
        pipeline = find_declaration(session, delivery.pipeline)
    rows = [_row(label, pipeline.target.column) for label in delivery.labels]
    frame = from_texts(pipeline, expected_labels(workspace, pipeline), pd.DataFrame.from_records(rows))
    added = ground_truth.add_ground_truth(workspace, pipeline, frame, actor=ACTOR, source=delivery.source)
    return _payload(workspace, added)


def _row(label: LabelInput, target: str) -> dict[str, object]:
    """Return one label as a row of a table."""
    row: dict[str, Any] = {part.column: part.value for part in label.key}
    row[target] = label.label
    for column, value in row.items():
        if not isinstance(value, str | int | float | bool | None) or _HALF.search(f"{column}{value}"):
            raise unusable_label_value(column, value)
    return row if label.model_version is None else {**row, MODEL_VERSION: label.model_version}


def _payload(workspace: Workspace, added: AddedGroundTruth) -> AddGroundTruthPayload:
    with workspace.database.reading() as session:
        row = by_key(session, delivery_rows.GroundTruthDelivery, [added.delivery_id])[added.delivery_id]
    delivery = from_row(GroundTruthDelivery, row)
    return AddGroundTruthPayload(delivery=delivery, already=added.already, partitions=list(added.partitions))
