"""Dagster runs of commands: none fails without a reason, and no signal is lost in one."""

import signal

import dagster as dg
import pytest
from dagster._utils.interrupts import capture_interrupts

from driftline.pipelines.errors import RunFailedError
from driftline.pipelines.in_process import Jobs
from driftline.pipelines.signals import SignalInterrupt, signals_interrupt


@pytest.fixture
def handlers():
    """What signals do is as before, afterwards."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])  # the latter behind a shell's &
def test_a_signal_that_dagster_forgets_is_raised_by_its_name(number, handler):
    signal.signal(signal.SIGINT, handler)
    with pytest.raises(SignalInterrupt) as raised, signals_interrupt(), capture_interrupts():
        signal.raise_signal(number)
    assert raised.value.signal == number


@pytest.mark.usefixtures("handlers")
def test_without_a_signal_nothing_is_raised():
    with signals_interrupt():
        signal.raise_signal(signal.SIGWINCH)


def test_a_run_that_fails_before_its_first_step_says_why(dagster):
    @dg.resource
    def shut():
        raise OSError("the door is shut")

    @dg.op(required_resource_keys={"shut"})
    def step():
        raise NotImplementedError

    @dg.job(resource_defs={"shut": shut})
    def job():
        step()

    with pytest.raises(RunFailedError, match=r"The run of job failed: .*the door is shut"):
        Jobs(definitions=dg.Definitions(jobs=[job]), instance=dagster.instance).run("job")
