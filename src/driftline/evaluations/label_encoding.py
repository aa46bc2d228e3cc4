"""Labels as a model encodes them, and those that it cannot be measured on: they cost their rows, not the partition."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from driftline.datasets import encode_known, value_text
from driftline.declaration import ModelPipeline
from driftline.evaluations.labelled_rows import LabelledRows
from driftline.ground_truth import KnownTruth
from driftline.models import Model

_MOST_NAMED = 5  # labels in a sentence


@dataclass(frozen=True, kw_only=True, eq=False)
class EncodedLabels:
    """The labels of some rows.

    Attributes:
        truth: as the model encodes them, NaN where there is none or one that it cannot be measured on, shape (n_rows,).
        unknown: the text of each label that it cannot be measured on, else "", shape (n_rows,); None: there is none.
    """

    truth: np.ndarray
    unknown: np.ndarray | None


def encode_labels(pipeline: ModelPipeline, model: Model, known: KnownTruth) -> EncodedLabels:
    """Return the labels that are known of some rows.

    Raises:
        InvalidTargetError: labels of a regression are not numbers.
    """
    column = pipeline.target.column
    truth = np.full(len(known.due), np.nan)
    truth[known.due] = encode_known(pipeline.target, known.labels.to_frame(column), classes=model.classes)
    has_label = np.zeros(len(truth), dtype=bool)
    has_label[known.due] = known.labels.notna()
    is_unknown = has_label & np.isnan(truth)
    if not is_unknown.any():
        return EncodedLabels(truth=truth, unknown=None)
    unknown = np.full(len(truth), "", dtype=object)
    labels = known.labels.array[is_unknown[known.due]]
    unknown[is_unknown] = [value_text(label) for label in labels]
    return EncodedLabels(truth=truth, unknown=unknown)


def left_out(pipeline: ModelPipeline, parts: Sequence[LabelledRows]) -> tuple[str, ...]:
    """Return a sentence on the rows of partitions whose labels cannot be measured; empty without any."""
    found = [part for part in parts if len(part.unknown)]
    if not found:
        return ()
    counts = Counter(text for part in found for text in part.unknown)
    named = ", ".join(f"{text} ({count})" for text, count in counts.most_common(_MOST_NAMED))
    rest = f" and {len(counts) - _MOST_NAMED} more" if len(counts) > _MOST_NAMED else ""
    count, total = counts.total(), sum(part.row_count for part in parts)
    first = found[0].whole.keys.iloc[found[0].place].iloc[found[0].unknown.index[0]]
    row = " ".join(f"{name}={value_text(value)}" for name, value in first.items())
    fault = "no class that the model knows" if found[0].classes else "not finite"
    remedy = "Correct the labels, or train with the new class." if found[0].classes else "Correct the labels."
    return (
        f"{count:,} of {total:,} rows {'is' if count == 1 else 'are'} left out: {named}{rest} in the target column "
        f"{pipeline.target.column!r} is {fault}, the first in the row {row}. {remedy}",
    )
