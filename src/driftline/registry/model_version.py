"""A version of a model, as everything above the store sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from driftline.datasets import Label
from driftline.metrics import Task
from driftline.store.model_rows import ModelVersionRow


@dataclass(frozen=True, kw_only=True)
class ModelVersion:
    """An immutable trained model.

    Attributes:
        id: of its row.
        model_id: of its model's row.
        version: its number, from 1.
        run_id: the run that trained it.
        digest: sha256 over the paths and digests of its files.
        flavor: the format of its files.
        signature: the columns that it reads.
        trained_through: nothing later than this was used.
        trained_from: no row before this was used; None: all rows of the training dataset.
        created_at: when it was registered.
        judged_version_id: of a refit, the version that was judged in its place.
        task: None for one that driftline 0.1 registered.
        classes: that it distinguishes, in their order; empty for numbers; None as `task`.
    """

    id: int
    model_id: int
    version: int
    run_id: str
    digest: str
    flavor: str
    signature: tuple[Mapping[str, Any], ...]
    trained_through: datetime
    created_at: datetime
    trained_from: datetime | None = None
    judged_version_id: int | None = None
    task: Task | None = None
    classes: tuple[Label, ...] | None = None

    @property
    def judged_id(self) -> int:
        """Return the id of the version that was judged on a holdout: of a refit, another one."""
        return self.judged_version_id or self.id


def version_of_row(row: ModelVersionRow) -> ModelVersion:
    """Return the version that a row stores."""
    values = {field.name: getattr(row, field.name) for field in fields(ModelVersion)}
    values["signature"] = tuple(row.signature)
    values["task"] = None if row.task is None else Task(row.task)
    values["classes"] = None if row.classes is None else tuple(row.classes)
    return ModelVersion(**values)
