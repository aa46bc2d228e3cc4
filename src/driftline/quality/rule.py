"""The one shape of a quality rule: what a pipeline declares of the rows that it is trained on, and what was found."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal, get_args

import numpy as np
import pandas as pd

from driftline.errors import InvalidInputError
from driftline.quality.errors import InvalidQualityRuleError
from driftline.quality.examples import Example, rows_have, shown_rows

RuleSeverity = Literal["error", "warn"]
TABLE_CHECK = "quality"  # the name of the check of what driftline itself asks of each table

_CHECK_NAME = re.compile(r"[A-Za-z0-9_]+")  # what Dagster takes


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckedRows:
    """What rules look at.

    Attributes:
        frame: the rows that a training would learn from or be scored on, in plain storage.
        source: all rows that were read, also those whose label is not known yet, in plain storage.
        as_of: the time up to which was read.
        time_column: the event time of a stream; None for a table.
    """

    frame: pd.DataFrame
    source: pd.DataFrame
    as_of: datetime
    time_column: str | None = None


@dataclass(frozen=True, kw_only=True)
class QualityRule(ABC):
    """What must hold of the rows that are read for a training: a rule is a frozen dataclass in a file of its own.

    Attributes:
        severity: a broken rule is an `error`, and nothing is trained on the rows, or it `warn`s and stops nothing.
        name: of its check in Dagster: letters, digits and underscores; None: the kind of rule with its columns.

    Raises:
        InvalidQualityRuleError: a value breaks its rule.
    """

    severity: RuleSeverity = "error"
    name: str | None = None

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        if self.severity not in get_args(RuleSeverity):
            raise self.invalid("severity", self.severity, "'error' or 'warn'")
        if self.name is not None and not (isinstance(self.name, str) and _CHECK_NAME.fullmatch(self.name)):
            raise self.invalid("name", self.name, "letters, digits and underscores, or None")
        if self.name == TABLE_CHECK:
            raise self.invalid("name", self.name, "another one: this is the name of driftline's own check")

    @property
    @abstractmethod
    def column_names(self) -> tuple[str, ...]:
        """Return the columns that it names."""

    @property
    @abstractmethod
    def description(self) -> str:
        """Return what must hold, as a sentence."""

    @abstractmethod
    def check(self, rows: CheckedRows) -> "RuleResult":
        """Return what the rule finds.

        Raises:
            InvalidInputError: it cannot be asked of these rows.
        """

    @property
    def check_name(self) -> str:
        """Return the name of its check: as declared, or the kind and the columns, and `warn` where it only warns."""
        if self.name is not None:
            return self.name
        warns = ["warn"] if self.severity == "warn" else []
        return re.sub(r"[^A-Za-z0-9_]", "_", "_".join([self.kind, *self.column_names, *warns]))

    def invalid(self, name: str, value: object, allowed: str) -> InvalidQualityRuleError:
        """Return the error where the rule is declared with a value that it cannot have."""
        return InvalidQualityRuleError(type(self).__name__, name, value, allowed)

    def check_column(self, column: object) -> None:
        """Refuse what is not the name of a column."""
        if not isinstance(column, str) or not column:
            raise self.invalid("column", column, "the name of a column")


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """What a rule found in the rows of one reading.

    Attributes:
        rule: the rule.
        message: why it is broken, and what to do; None: it is kept.
        row_count: rows that it looked at.
        broken_count: rows that break it; 0 for a rule on the table as a whole.
        examples: the first of them.
        measured: what else was measured, by name, as text.
    """

    rule: QualityRule
    message: str | None
    row_count: int
    broken_count: int = 0
    examples: tuple[Example, ...] = ()
    measured: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Return whether the rule is kept."""
        return self.message is None

    @property
    def broken_share(self) -> float:
        """Return the share of the rows that break it; 0 without rows."""
        return self.broken_count / self.row_count if self.row_count else 0.0


def row_result(
    rule: QualityRule, broken: np.ndarray, examples: tuple[Example, ...], *, fault: str, remedy: str
) -> RuleResult:
    """Return what a rule on single rows finds; it is kept where none breaks it.

    Args:
        rule: the rule.
        broken: whether each row breaks it, shape (n_rows,).
        examples: the first of these rows.
        fault: what they have, as a part of a sentence.
        remedy: what to do, as a sentence.
    """
    message = f"{rows_have(broken)} {fault}: {shown_rows(examples)}. {remedy}" if examples else None
    count = int(broken.sum())
    return RuleResult(rule=rule, message=message, row_count=len(broken), broken_count=count, examples=examples)


def check_rules(rules: Sequence[QualityRule], rows: CheckedRows) -> tuple[RuleResult, ...]:
    """Return what each rule finds; one that cannot be asked of these rows is broken, and says why."""
    return tuple(_result(rule, rows) for rule in rules)


def broken_messages(results: Sequence[RuleResult], severity: RuleSeverity) -> tuple[str, ...]:
    """Return why rules of a severity are broken."""
    return tuple(result.message for result in results if result.message and result.rule.severity == severity)


def _result(rule: QualityRule, rows: CheckedRows) -> RuleResult:
    try:
        return rule.check(rows)
    except InvalidInputError as error:
        return RuleResult(rule=rule, message=str(error), row_count=len(rows.frame))
