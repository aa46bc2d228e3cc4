"""Files of labels: Parquet, which knows its types, and CSV, which is text."""

import io
from pathlib import Path

import pandas as pd

from driftline.datasets import from_parquet
from driftline.datasets.errors import ParquetError
from driftline.declaration import LabelContract
from driftline.ground_truth.deliveries import expected_labels
from driftline.ground_truth.errors import unusable_label_file
from driftline.ground_truth.validation import from_texts
from driftline.workspace import Workspace


def read_label_file(workspace: Workspace, contract: LabelContract, path: Path) -> pd.DataFrame:
    """Return the rows of a Parquet or CSV file, by its suffix; what CSV writes as text gets the type it stands for.

    Raises:
        InvalidLabelsError: the file cannot be read, or has another suffix.
        InvalidTimeError: a time in a CSV file has no zone.
    """
    suffix = path.suffix.lower()
    if suffix not in {".parquet", ".csv"}:
        raise unusable_label_file(path, f"ends in {suffix or 'no suffix'!r}")
    try:
        content = path.read_bytes()
        if suffix == ".parquet":
            return from_parquet(content)
        texts = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    except OSError as error:
        raise unusable_label_file(path, f"cannot be read: {error.strerror}") from error
    except (ParquetError, ValueError) as error:  # pandas' errors of a CSV file are ValueErrors
        raise unusable_label_file(path, f"is not a {suffix[1:]} file: {error}".rstrip(".")) from error
    return from_texts(contract, expected_labels(workspace, contract), texts)
