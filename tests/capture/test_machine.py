"""What the machine is: its packages, its limits and its GPUs."""

import os
import time
from importlib import metadata

import pytest

from driftline.capture.gpus import GpuMonitor, gpus
from driftline.capture.machine import machine
from driftline.capture.packages import installed_packages

NVIDIA_SMI = """#!/bin/sh
case "$1" in
  *driver_version*) echo "NVIDIA A100-SXM4-40GB, 40960, 535.104.05"; echo "NVIDIA T4, [N/A], 535.104.05" ;;
  *) while true; do echo "0, 87, 20480, 40960, 251.3, 64"; echo "1, [N/A], 100, 15360, [N/A], 30"; sleep 0.05; done ;;
esac
"""


@pytest.fixture
def nvidia(tmp_path, monkeypatch):
    """A machine whose `nvidia-smi` tells of two GPUs."""
    program = tmp_path / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(NVIDIA_SMI)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


def test_packages_are_those_that_can_be_imported_with_their_versions():
    found = installed_packages()
    for name in ("numpy", "scikit-learn", "pytest", "psutil"):
        assert found[name] == metadata.version(name)


def test_the_first_of_two_versions_counts_and_other_files_do_not(tmp_path):
    for folder in ("one/A.b_c-1.0.dist-info", "one/other", "two/a_b_c-2.0.dist-info", "two/old-3.1-py3.11.egg-info"):
        (tmp_path / folder).mkdir(parents=True)
    path = [str(tmp_path / "zip.zip"), str(tmp_path / "one"), str(tmp_path / "two")]
    assert installed_packages(path) == {"a-b-c": "1.0", "old": "3.1"}


def test_a_machine_has_cores_and_memory():
    here = machine()
    assert 0 < here.cpu_count <= here.cpu_count_of_machine
    assert here.memory_bytes > 100 * 2**20
    assert here.python.startswith("CPython 3.")


def test_the_limits_of_a_container_count(tmp_path):
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    (tmp_path / "memory.max").write_text("536870912\n")
    limited = machine(limits=tmp_path)
    assert (limited.cpu_count, limited.memory_bytes) == (0.5, 536870912)
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert machine(limits=tmp_path) == machine()


def test_a_machine_without_gpus_has_none_to_tell_of(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monitor = GpuMonitor()
    monitor.close()
    assert (gpus(), monitor.newest()) == ((), {})


def test_gpus_are_told_with_their_memory(nvidia):
    first, second = gpus()
    assert (first.name, first.memory_bytes, first.driver) == ("NVIDIA A100-SXM4-40GB", 40960 * 2**20, "535.104.05")
    assert second.memory_bytes == 0


def test_a_driver_that_does_not_answer_has_no_gpus(nvidia):
    nvidia.write_text("#!/bin/sh\necho broken\nexit 9\n")
    assert gpus() == ()


def test_the_load_of_gpus_is_followed_and_what_is_not_known_is_left_out(nvidia):
    monitor = GpuMonitor()
    deadline = time.monotonic() + 30
    while len(monitor.newest()) < 8 and time.monotonic() < deadline:
        time.sleep(0.01)
    load = monitor.newest()
    monitor.close()
    assert {name: value for name, value in load.items() if "gpu_0" in name} == {
        "system/gpu_0_percent": 87,
        "system/gpu_0_memory_bytes": 20480 * 2**20,
        "system/gpu_0_memory_percent": 50,
        "system/gpu_0_power_w": 251.3,
        "system/gpu_0_temperature_c": 64,
    }
    assert sorted(name for name in load if "gpu_1" in name) == [
        "system/gpu_1_memory_bytes",
        "system/gpu_1_memory_percent",
        "system/gpu_1_temperature_c",
    ]
