"""Alerts as they are declared: what makes sense, and what is refused in words."""

import pytest

from driftline import Alert
from driftline.clock import InvalidTimeError
from driftline.declaration import describe
from driftline.declaration.errors import DeclarationError, RuleValueError
from driftline.metrics.errors import UnknownMetricError
from driftline.settings import Settings
from tests.streams import fires, persons


def test_without_a_word_drift_and_failed_retrainings_warn_and_decisions_are_told():
    assert [(rule.on, rule.severity) for rule in fires().alerts] == [
        ("drift", "warning"),
        ("failure", "warning"),
        ("decision", "info"),
    ]


@pytest.mark.parametrize(
    ("rule", "error", "said"),
    [
        ({"on": "rain"}, RuleValueError, "on='rain'. Give it one of drift, evaluation"),
        ({"on": "drift", "severity": "loud"}, RuleValueError, "one of info, warning, critical"),
        ({"on": "drift", "cooldown": "soon"}, InvalidTimeError, "soon"),
        ({"on": "label_lateness", "grace": "0d"}, InvalidTimeError, "0d"),
        ({"on": "drift", "metric": "auroc"}, RuleValueError, "'evaluation' where a metric"),
        ({"on": "evaluation", "worse_than": float("nan")}, RuleValueError, "a finite number"),
        ({"on": "evaluation", "metric": "acurracy"}, UnknownMetricError, "acurracy"),
    ],
)
def test_an_alert_that_cannot_be_is_refused(rule, error, said):
    with pytest.raises(error, match=said):
        Alert(**rule)


@pytest.mark.parametrize(
    ("alerts", "said"),
    [
        (Alert(on="drift"), "write a tuple"),
        ((Alert(on="drift"), Alert(on="drift", severity="critical")), "two of its alerts watch the same"),
        ((Alert(on="evaluation"),), "without worse_than or a floor"),
        ((Alert(on="evaluation", metric="rmse", worse_than=1.0),), "'rmse', which is not among its metrics"),
    ],
)
def test_alerts_that_do_not_fit_the_pipeline_are_refused(alerts, said):
    with pytest.raises(DeclarationError, match=said):
        fires(alerts=alerts)


def test_the_floor_is_the_limit_of_the_first_metric_only():
    assert fires(floor=0.7, alerts=(Alert(on="evaluation"),)).floor == 0.7
    with pytest.raises(DeclarationError, match="the floor is for 'auroc'"):
        fires(floor=0.7, alerts=(Alert(on="evaluation", metric="log_loss"),))


def test_a_table_has_no_late_labels():
    with pytest.raises(DeclarationError, match="only a stream"):
        persons(alerts=(Alert(on="label_lateness"),))


def test_alerts_are_part_of_what_a_pipeline_says_about_itself():
    [told] = describe(fires(alerts=(Alert(on="drift", severity="critical"),)))["alerts"]
    assert (told["type"], told["on"], told["severity"]) == ("Alert", "drift", "critical")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("json://a/x mailto://b?to=c@d.e,f@g.h", 2),
        ("json://a/x,mailto://b?to=c@d.e,f@g.h", 2),
        ("json://a/x,\n json://b,", 2),
        ("  ", 0),
    ],
)
def test_addresses_stand_between_spaces_or_commas_and_are_never_shown(text, count):
    settings = Settings(alert_urls=text)
    assert len(settings.alert_channels) == count
    assert "json" not in repr(settings) + repr(settings.alert_channels)
