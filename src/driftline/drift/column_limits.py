"""How sure a test of a column must be, and how large an effect, before it is drift."""

from dataclasses import dataclass, fields

from driftline.drift.rule import invalid_rule


@dataclass(frozen=True, kw_only=True)
class ColumnLimits:
    """How sure a test of a column must be, and how large an effect; see `DataDrift`, where each is explained."""

    alpha: float = 0.01
    min_rows: int = 30
    min_wasserstein: float = 0.10
    min_ks: float = 0.10
    min_tvd: float = 0.03
    min_unseen: float = 0.01
    min_missing: float = 0.03

    @classmethod
    def of(cls, rule: object) -> "ColumnLimits":
        """Return the limits that a rule declares; where it has none, the default.

        Raises:
            InvalidDriftRuleError: an alpha, a number of rows or a smallest effect makes no sense.
        """
        names = [own.name for own in fields(cls) if hasattr(rule, own.name)]
        limits = cls(**{name: getattr(rule, name) for name in names})
        if not 0.0 < limits.alpha < 1.0:
            raise invalid_rule(rule, f"alpha is {limits.alpha}", "Give a value between 0 and 1, like 0.01")
        if limits.min_rows < 1:
            raise invalid_rule(rule, f"min_rows is {limits.min_rows}", "Give 1 or more")
        for name in names[2:]:
            # At 0, any significant difference would count, however small, and no scale says how large a change is.
            if not getattr(limits, name) > 0.0:
                raise invalid_rule(rule, f"{name} is {getattr(limits, name)}", "Give more than 0.0")
        return limits
