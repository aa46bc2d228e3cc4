"""How many rows a reading has."""

from dataclasses import dataclass
from typing import ClassVar

from driftline.quality.rule import CheckedRows, QualityRule, RuleResult


@dataclass(frozen=True, kw_only=True)
class RowCount(QualityRule):
    """The rows to learn from and to be scored on, together, are neither too few nor too many.

    Attributes:
        min_rows: the least number; None: any is enough.
        max_rows: the largest number; None: any is accepted.
    """

    min_rows: int | None = None
    max_rows: int | None = None

    kind: ClassVar[str] = "row_count"

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("min_rows", "max_rows"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
                raise self.invalid(name, value, "a whole number of 1 or more, or None")
        if self.min_rows is None and self.max_rows is None:
            raise self.invalid("min_rows", None, "a number of rows, or a max_rows, or both")
        if self.min_rows is not None and self.max_rows is not None and self.min_rows > self.max_rows:
            raise self.invalid("max_rows", self.max_rows, f"a number that is not below its min_rows {self.min_rows}")

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return no column: it looks at the table."""
        return ()

    @property
    def description(self) -> str:
        """Return what must hold, as a sentence."""
        return f"There are {self._range}."

    def check(self, rows: CheckedRows) -> RuleResult:
        """Return whether there are as many rows as declared."""
        count = len(rows.frame)
        is_kept = (self.min_rows or 0) <= count and (self.max_rows is None or count <= self.max_rows)
        message = (
            f"{count:,} rows were read that can be trained on, and there must be {self._range}. Look at the source."
        )
        return RuleResult(rule=self, message=None if is_kept else message, row_count=count)

    @property
    def _range(self) -> str:
        if self.min_rows is None:
            return f"at most {self.max_rows:,} rows"
        return f"at least {self.min_rows:,} rows" + ("" if self.max_rows is None else f" and at most {self.max_rows:,}")
