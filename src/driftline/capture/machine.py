"""Where a process runs: Python, the operating system, and what it may use of the machine."""

import os
import platform
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine, or the share of it that a container has.

    Attributes:
        host: its name.
        platform: the operating system and the processor's kind.
        python: the version.
        python_path: the interpreter.
        cpu_count: cores that this process may use, a limit of its container included; 0.5 is half of one.
        cpu_count_of_machine: cores that the machine has.
        memory_bytes: that this process may use, a limit of its container included.
    """

    host: str
    platform: str
    python: str
    python_path: str
    cpu_count: float
    cpu_count_of_machine: int
    memory_bytes: int


def machine(*, limits: Path = _CGROUP) -> Machine:
    """Return where this process runs.

    Args:
        limits: the folder in which Linux says what a container may use.
    """
    return Machine(
        host=socket.gethostname(),
        platform=f"{platform.system()}-{platform.release()}-{platform.machine()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        python_path=sys.executable or "",
        cpu_count=min(_usable_cores(), _core_limit(limits)),
        cpu_count_of_machine=os.cpu_count() or 1,
        memory_bytes=min(psutil.virtual_memory().total, _memory_limit(limits)),
    )


def _usable_cores() -> float:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _core_limit(limits: Path) -> float:
    quota, _, period = _text(limits / "cpu.max").partition(" ")
    return int(quota) / int(period) if quota.isdecimal() and period.isdecimal() and int(period) else float("inf")


def _memory_limit(limits: Path) -> int:
    limit = _text(limits / "memory.max")
    return int(limit) if limit.isdecimal() else sys.maxsize


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
