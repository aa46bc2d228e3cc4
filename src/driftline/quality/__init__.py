"""What speaks against training on a table: driftline's own checks, and the rules that a pipeline declares."""

from driftline.quality.accepted_range import AcceptedRange
from driftline.quality.accepted_values import AcceptedValues
from driftline.quality.freshness import Freshness
from driftline.quality.missing_share import MissingShare
from driftline.quality.row_count import RowCount
from driftline.quality.rule import TABLE_CHECK, CheckedRows, QualityRule, RuleResult, broken_messages, check_rules
from driftline.quality.table import check_frame
from driftline.quality.unique import Unique

__all__ = [
    "TABLE_CHECK",
    "AcceptedRange",
    "AcceptedValues",
    "CheckedRows",
    "Freshness",
    "MissingShare",
    "QualityRule",
    "RowCount",
    "RuleResult",
    "Unique",
    "broken_messages",
    "check_frame",
    "check_rules",
]
