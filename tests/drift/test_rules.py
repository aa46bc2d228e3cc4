import pytest

from driftline.clock import InvalidTimeError
from driftline.drift import DataDrift, PerformanceDrift
from driftline.drift.errors import InvalidDriftRuleError
from driftline.metrics.errors import UnknownMetricError


def test_a_rule_is_declared_by_its_metric_and_level():
    rule = PerformanceDrift("auroc", below=0.93, window="30d")
    assert (rule.metric, rule.level, rule.length.days) == ("auroc", 0.93, 30)


@pytest.mark.parametrize(
    ("metric", "values", "said"),
    [
        ("log_loss", {"below": 0.3}, "Give above="),
        ("auroc", {"above": 0.9}, "Give below="),
        ("auroc", {"below": 93.0}, "between 0 and 1"),
        ("auroc", {"confidence": 0.01}, "one-sided"),
        ("auroc", {"min_drop": -0.1}, "min_drop is -0.1"),
        ("auroc", {"min_relative_drop": float("nan")}, "min_relative_drop is nan"),
        ("auroc", {"m_of_n": (3, 2)}, "1 <= m <= n"),
        ("auroc", {"min_labels": 0}, "min_labels is 0"),
    ],
)
def test_a_performance_rule_that_cannot_be_applied_says_why(metric, values, said):
    with pytest.raises(InvalidDriftRuleError, match=said):
        PerformanceDrift(metric, **values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"columns": "age"}, "tuple of names"),
        ({"columns": ()}, "tuple of names"),
        ({"alpha": 0.0}, "alpha"),
        ({"min_rows": 0}, "min_rows"),
        ({"min_tvd": 0.0}, "min_tvd"),
    ],
)
def test_a_data_rule_that_cannot_be_applied_says_why(values, said):
    with pytest.raises(InvalidDriftRuleError, match=said):
        DataDrift(**values)


def test_a_rule_refuses_an_unknown_window_and_metric():
    with pytest.raises(InvalidTimeError):
        DataDrift(window="a week")
    with pytest.raises(UnknownMetricError, match="'auroc'"):
        PerformanceDrift("auc_roc")
