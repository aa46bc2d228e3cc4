"""What was logged over steps is read again, whole or thinned with its extremes."""

import math

import pytest

from driftline.experiments import list_runs, metric_history
from driftline.experiments.errors import MetricNotLoggedError
from driftline.tracking import start_run
from driftline.tracking.errors import UnknownRunError


def test_points_come_back_by_step_and_time_with_what_is_no_number(workspace):
    with start_run("income", workspace=workspace) as run:
        for step, value in [(5, 0.7), (0, 0.9), (5, math.inf), (3, math.nan)]:
            run.log_metrics({"loss": value, "other": 1.0}, step=step)
        during = [point.step for point in metric_history(workspace, run.run_id[:8], "loss")]
    points = metric_history(workspace, run.run_id, "loss")
    assert during == [point.step for point in points] == [0, 3, 5, 5]
    assert [str(point.value) for point in points] == ["0.9", "nan", "0.7", "inf"]
    assert [point.at for point in points] != sorted(point.at for point in points)


def test_a_long_history_is_thinned_and_keeps_its_ends_and_extremes(workspace):
    values = [math.sin(step / 40) + (5 if step == 1234 else 0) - (5 if step == 777 else 0) for step in range(3000)]
    with start_run("income", workspace=workspace) as run:
        for step, value in enumerate(values):
            run.log_metrics({"loss": value}, step=step)
    thinned = metric_history(workspace, run.run_id, "loss", most=100)
    assert 50 < len(thinned) <= 100
    assert [point.step for point in thinned] == sorted(point.step for point in thinned)
    assert (thinned[0].step, thinned[-1].step) == (0, 2999)
    assert {777, 1234} <= {point.step for point in thinned}
    for most in (1, 2, 3, 7):
        few = metric_history(workspace, run.run_id, "loss", most=most)
        assert {0, 2999} <= {point.step for point in few}


def test_what_a_run_does_not_have_is_named(workspace):
    with start_run("income", workspace=workspace) as run:
        run.log_metrics({"loss": 1.0})
    with pytest.raises(MetricNotLoggedError, match=r"no metric 'los'\. Did you mean 'loss'\?"):
        metric_history(workspace, run.run_id, "los")
    with pytest.raises(UnknownRunError):
        metric_history(workspace, "f" * 32, "loss")


def test_a_process_reads_what_it_has_just_logged(workspace):
    with start_run("income", workspace=workspace) as run:
        for step in range(50):
            run.log_metrics({"loss": float(step)}, step=step)
            assert list_runs(workspace)[0]["metrics"] == {"loss": float(step)}
