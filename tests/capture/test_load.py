"""The load of a process and of all that it has started; what it costs, and when that is enough."""

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.capture.budget import Budget, exhausted, usage
from driftline.capture.load import LoadSampler

BURN = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass\n"
NUMBERS = st.floats(0, 1e9)


def burn(seconds):
    exec(BURN.format(seconds))  # noqa: S102


def test_a_sample_has_every_metric_of_the_process_and_the_machine():
    sampler = LoadSampler()
    burn(0.2)
    load = sampler.sample()
    assert load["system/cpu_percent"] > 10
    assert load["system/cpu_s"] >= 0.15
    assert load["system/memory_bytes"] > 10 * 2**20
    assert load["system/processes"] >= 1
    assert load["system/threads"] >= 1
    assert 0 <= load["system/machine_cpu_percent"] <= 100
    assert 0 < load["system/machine_memory_percent"] < 100
    assert {name for name in load if name.endswith("_per_s")} == {
        "system/disk_read_bytes_per_s",
        "system/disk_written_bytes_per_s",
        "system/network_received_bytes_per_s",
        "system/network_sent_bytes_per_s",
    }


def test_children_and_their_children_count_while_they_live_and_after():
    sampler = LoadSampler()
    alone = sampler.sample()["system/processes"]
    nested = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN.format(0.3)!r} + 'input()'])"
    child = subprocess.Popen([sys.executable, "-c", nested], stdin=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while sampler.cpu_s() < 0.3 and time.monotonic() < deadline:
        time.sleep(0.01)
    load = sampler.sample()
    assert load["system/processes"] == alone + 2
    assert load["system/cpu_s"] >= 0.3
    child.communicate("\n", timeout=60)
    assert sampler.sample()["system/processes"] == alone
    assert sampler.cpu_s() >= load["system/cpu_s"]


def test_cpu_time_from_before_the_sampler_is_not_its_own():
    burn(0.2)
    assert LoadSampler().cpu_s() < 0.15


def test_two_samples_at_once_have_no_rates():
    sampler = LoadSampler()
    time.sleep(0.06)
    first, second = sampler.sample(), sampler.sample()
    assert "system/cpu_percent" in first
    assert "system/cpu_percent" not in second
    assert second["system/memory_bytes"] > 0


def test_a_run_costs_its_hours_at_the_price_and_nothing_is_known_without_one():
    assert usage(duration_s=1800, cpu_s=1, price_per_hour=3.0).cost == 1.5
    assert usage(duration_s=1800, cpu_s=1, price_per_hour=0.0).cost == 0.0
    assert usage(duration_s=1800, cpu_s=1, price_per_hour=None).cost is None


@pytest.mark.parametrize(
    ("budget", "limit"),
    [
        (Budget(duration_s=10), "duration_s"),
        (Budget(cpu_s=40), "cpu_s"),
        (Budget(cost=0.01), "cost"),
        (Budget(duration_s=11, cpu_s=41, cost=0.02), None),
        (Budget(duration_s=11, cpu_s=40, cost=0.01), "cpu_s"),
        (Budget(), None),
        (Budget(cost=0.0), "cost"),
    ],
)
def test_the_first_limit_that_is_reached_ends_a_budget(budget, limit):
    reached = exhausted(budget, usage(duration_s=10, cpu_s=40, price_per_hour=3.6))
    assert (reached.limit if reached else None) == limit


def test_a_limit_of_cost_is_never_reached_without_a_price():
    assert exhausted(Budget(cost=0.0), usage(duration_s=1e9, cpu_s=0, price_per_hour=None)) is None


@given(allowed=NUMBERS, used=NUMBERS)
def test_a_budget_is_used_up_from_its_limit_on(allowed, used):
    reached = exhausted(Budget(duration_s=allowed), usage(duration_s=used, cpu_s=0, price_per_hour=None))
    assert (reached is not None) == (used >= allowed)
    if reached:
        assert (reached.allowed, reached.used) == (allowed, used)
