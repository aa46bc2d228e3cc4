"""How much of a column may be missing."""

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from driftline.quality.examples import column_of, first_examples, rows_have
from driftline.quality.rule import CheckedRows, QualityRule, RuleResult


@dataclass(frozen=True)
class MissingShare(QualityRule):
    """At most a share of the rows lacks the value of a column.

    Missing is what pandas takes for missing: None, NaN, NA and NaT. An infinity and an empty text are values. Of a
    table without rows nothing is missing.

    Attributes:
        column: its name.
        max_share: the largest share, from 0, where each row must have a value, up to but without 1.
    """

    column: str
    _: KW_ONLY
    max_share: float

    kind: ClassVar[str] = "missing_share"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_column(self.column)
        if isinstance(self.max_share, bool) or not isinstance(self.max_share, int | float):
            raise self.invalid("max_share", self.max_share, "a share from 0 to 1, as 0.05")
        if not 0.0 <= self.max_share < 1.0:
            raise self.invalid(
                "max_share", self.max_share, "a share from 0 up to but without 1, since 1 is always kept"
            )

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the column."""
        return (self.column,)

    @property
    def description(self) -> str:
        """Return what must hold, as a sentence."""
        return f"At most {_percent(self.max_share)} of the rows lack a value of {self.column!r}."

    def check(self, rows: CheckedRows) -> RuleResult:
        """Return which rows lack a value.

        Raises:
            MissingColumnError: the table lacks the column.
        """
        values = column_of(rows.frame, self.column)
        missing = values.isna().to_numpy()
        share = missing.mean() if len(missing) else 0.0
        examples = first_examples(values[missing])
        first = ", ".join(example.row for example in examples)
        message = (
            f"{rows_have(missing)} no value of {self.column!r}, which is {_percent(share)}, and at most "
            f"{_percent(self.max_share)} are accepted, the first in row {first}. "
            "Correct the source, or declare another share."
        )
        return RuleResult(
            rule=self,
            message=message if share > self.max_share else None,
            row_count=len(values),
            broken_count=int(missing.sum()),
            examples=examples,
        )


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
