"""What a retraining may choose from: how much of the past to learn from, and which earlier versions to try again."""

from dataclasses import dataclass
from typing import Literal

from driftline.declaration.errors import RuleValueError

Span = float | Literal["change"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a retraining of a stream may choose from beside its whole training window.

    Each candidate is scored on the holdout by a proper loss. The one with the longest span that is not worse than the
    best by more than a standard error meets the champion, at a confidence that counts how many were tried.

    Attributes:
        spans: how much of the training rows, back from the newest: a share of the time that they cover, or "change":
            what lies after the estimated change of the world, where one is known.
        versions: how many earlier champions are tried again, newest first; one that is best is promoted by its number.
        min_rows: rows that a span needs to be learnt from; a class needs a tenth of them.
    """

    spans: tuple[Span, ...] = ("change", 0.5, 0.25)
    versions: int = 8
    min_rows: int = 200

    def __post_init__(self) -> None:
        for span in self.spans:
            if span != "change" and not (isinstance(span, float) and 0.0 < span < 1.0):
                raise RuleValueError("Choice", "spans", span, "shares of the window between 0 and 1, or 'change'")
        if self.versions < 0:
            raise RuleValueError("Choice", "versions", self.versions, "0 or more")
        if self.min_rows < 1:
            raise RuleValueError("Choice", "min_rows", self.min_rows, "1 or more")
