"""How much a process and all that it has started use of the machine, as metrics of a run."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from driftline.capture.gpus import GpuMonitor

_PROC = Path("/proc")
_LEAST_S = 0.05  # between two samples, for rates: CPU time is counted in hundredths


@dataclass(frozen=True, kw_only=True)
class _Counters:
    """What only ever grows."""

    at_s: float
    cpu_s: float
    read_bytes: float
    written_bytes: float
    received_bytes: float
    sent_bytes: float


class LoadSampler:
    """Measures the load of this process and its descendants since the sample before.

    A sample takes less than a millisecond: on Linux descendants are found without a look at every process of the
    machine, and GPUs are followed by a process of their own.

    Args:
        gpus: what follows the GPUs; None: they are left out.
    """

    def __init__(self, *, gpus: GpuMonitor | None = None) -> None:
        self._gpus = gpus
        self._guard = threading.Lock()
        self._known: dict[int, psutil.Process] = {}
        self._counters, _ = self._measure()
        self._start = self._counters.cpu_s
        self._cpu_s = 0.0
        psutil.cpu_percent()  # the machine's, since the call before

    def sample(self) -> dict[str, float]:
        """Return the metrics by name.

        Of this process and its descendants: `system/cpu_percent` (100 is one core), `system/cpu_s` since the sampler
        was made, `system/memory_bytes` (resident), `system/processes`, `system/threads`, and the rates
        `system/disk_read_bytes_per_s` and `system/disk_written_bytes_per_s`, where the system tells. Of the machine:
        `system/machine_cpu_percent`, `system/machine_memory_percent`, `system/network_received_bytes_per_s`,
        `system/network_sent_bytes_per_s`, and `system/gpu_0_percent` and more for each GPU. Rates are left out of a
        sample that follows another within 50 ms.
        """
        with self._guard:
            before = self._counters
            counters, metrics = self._measure()
            self._cpu_s = max(self._cpu_s, counters.cpu_s - self._start)  # a child that nobody waits for takes its own
            metrics["system/cpu_s"] = self._cpu_s
            elapsed_s = counters.at_s - before.at_s
            if elapsed_s >= _LEAST_S:
                self._counters = counters
                metrics |= _rates(before, counters, elapsed_s)
                metrics["system/machine_cpu_percent"] = psutil.cpu_percent()
        metrics["system/machine_memory_percent"] = psutil.virtual_memory().percent
        return metrics | (self._gpus.newest() if self._gpus else {})

    def cpu_s(self) -> float:
        """Return the CPU time of this process and its descendants since the sampler was made."""
        with self._guard:
            counters, _ = self._measure()
            self._cpu_s = max(self._cpu_s, counters.cpu_s - self._start)
            return self._cpu_s

    def _measure(self) -> tuple[_Counters, dict[str, float]]:
        cpu_s = read = written = 0.0
        memory = processes = threads = 0
        for process in self._family():
            with suppress(psutil.Error), process.oneshot():  # it may end at any moment
                times, disk = process.cpu_times(), _disk(process)
                memory, threads = memory + process.memory_info().rss, threads + process.num_threads()
                cpu_s += times.user + times.system + times.children_user + times.children_system
                read, written, processes = read + disk[0], written + disk[1], processes + 1
        network = psutil.net_io_counters()
        counters = _Counters(
            at_s=time.monotonic(),
            cpu_s=cpu_s,
            read_bytes=read,
            written_bytes=written,
            received_bytes=network.bytes_recv if network else 0.0,
            sent_bytes=network.bytes_sent if network else 0.0,
        )
        metrics = {"memory_bytes": memory, "processes": processes, "threads": threads}
        return counters, {f"system/{name}": float(value) for name, value in metrics.items()}

    def _family(self) -> list[psutil.Process]:
        known: dict[int, psutil.Process] = {}
        for pid in _descendants(os.getpid()):
            with suppress(psutil.Error):
                known[pid] = self._known.get(pid) or psutil.Process(pid)
        self._known = known
        return list(known.values())


def _rates(before: _Counters, after: _Counters, elapsed_s: float) -> dict[str, float]:
    return {
        "system/cpu_percent": 100 * _growth(before.cpu_s, after.cpu_s) / elapsed_s,
        "system/disk_read_bytes_per_s": _growth(before.read_bytes, after.read_bytes) / elapsed_s,
        "system/disk_written_bytes_per_s": _growth(before.written_bytes, after.written_bytes) / elapsed_s,
        "system/network_received_bytes_per_s": _growth(before.received_bytes, after.received_bytes) / elapsed_s,
        "system/network_sent_bytes_per_s": _growth(before.sent_bytes, after.sent_bytes) / elapsed_s,
    }


def _growth(before: float, after: float) -> float:
    return max(after - before, 0.0)  # a process that has ended takes its bytes with it


def _disk(process: psutil.Process) -> tuple[int, int]:
    try:
        counters = process.io_counters()
    except (AttributeError, NotImplementedError, psutil.AccessDenied):  # macOS, some containers, another user's
        return 0, 0
    return counters.read_bytes, counters.write_bytes


def _descendants(pid: int) -> Iterator[int]:
    """Give a process and all that descend from it."""
    yield pid
    tasks = _PROC / str(pid) / "task"
    try:
        threads = list(tasks.iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:  # another system, or it has ended
        with suppress(psutil.Error):
            yield from (one.pid for one in psutil.Process(pid).children(recursive=True))
        return
    for child in children:
        yield from _descendants(child)
