"""The declaration of a pipeline with its code: what a user writes."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from driftline.datasets import Window
from driftline.declaration.declaration import Declaration
from driftline.declaration.errors import DeclarationError
from driftline.declaration.soundness import faults
from driftline.models import Trainer


@dataclass(frozen=True, kw_only=True)
class ModelPipeline(Declaration):
    """One model and how it is kept accurate; Dagster's assets, a notebook and a backtest are made from it.

    Attributes:
        dataset: gives the rows with their target: of a window for a stream, all rows (window None) for a table.
        trainer: the recipe.
    """

    dataset: Callable[[Window | None], pd.DataFrame]
    trainer: Trainer

    def __post_init__(self) -> None:
        super().__post_init__()
        for fault in faults(self, dataset=self.dataset, trainer=self.trainer):
            raise DeclarationError(self.name, fault)

    @property
    def trusted(self) -> tuple[str, ...]:
        """Return the types that the user trusts beside those that skops trusts, by the trainer's declaration."""
        return tuple(getattr(self.trainer, "trusted", ()))
