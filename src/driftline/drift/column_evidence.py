"""A test of a column that was made, with the effects that it stands for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from driftline.drift.verdict import FindingRule
from driftline.sentences import Value


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The size of a change, the size that counts, and what drift of this size is called."""

    name: str
    size: float
    smallest: float
    rule: FindingRule

    @property
    def is_large(self) -> bool:
        """Return whether it counts."""
        # A hair of rounding must not decide: 0.08 - 0.05 is meant to reach 0.03.
        return self.size >= self.smallest * (1.0 - 1e-9)


@dataclass(frozen=True, kw_only=True)
class ColumnTest:
    """A test that was made, before its p-value is adjusted for the others of the report.

    Attributes:
        name: the column.
        method: the test and what was tested.
        rows: of the reference and of the window.
        statistic: the test's.
        effect: the one that counts, or comes closest to it.
        p_value: not adjusted.
        values: what the sentence is made of.
    """

    name: str
    method: str
    rows: tuple[int, int]
    statistic: float
    effect: Effect
    p_value: float
    values: Mapping[str, Value]


def largest(effects: Sequence[Effect]) -> Effect:
    """Return the effect that is largest in relation to what counts."""
    return max(effects, key=lambda effect: effect.size / effect.smallest)
