"""NVIDIA's GPUs, as `nvidia-smi` tells of them; a machine without it has none to tell of."""

import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass

_PATIENCE_S = 5.0  # a driver that hangs is not waited for
_MIB = 1024 * 1024
_LOAD = ("index", "utilization.gpu", "memory.used", "memory.total", "power.draw", "temperature.gpu")
_METRICS = ("percent", "memory_bytes", "memory_percent", "power_w", "temperature_c")


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """A GPU of a machine.

    Attributes:
        name: of its model.
        memory_bytes: that it has.
        driver: the version of NVIDIA's driver.
    """

    name: str
    memory_bytes: int
    driver: str


def gpus() -> tuple[Gpu, ...]:
    """Return the GPUs of this machine in their order; none where `nvidia-smi` is absent or does not answer in 5 s."""
    try:
        done = subprocess.run(  # noqa: S603
            _question(("name", "memory.total", "driver_version")),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    rows = (_cells(line) for line in done.stdout.splitlines()) if done.returncode == 0 else ()
    return tuple(
        Gpu(name=name, memory_bytes=int(_number(memory) or 0) * _MIB, driver=driver)
        for name, memory, driver in (row for row in rows if len(row) == 3)
    )


class GpuMonitor:
    """Follows the load of all GPUs: one `nvidia-smi` reports every few seconds, and the newest report is kept.

    Args:
        period_s: between two reports.
    """

    def __init__(self, *, period_s: float = 5.0) -> None:
        self._newest: dict[str, float] = {}
        self._process: subprocess.Popen[str] | None = None
        try:
            self._process = subprocess.Popen(  # noqa: S603
                [*_question(_LOAD), f"--loop-ms={int(period_s * 1000)}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,  # Ctrl-C is for the training
            )
        except OSError:
            return
        self._thread = threading.Thread(target=self._follow, name="driftline-gpus", daemon=True)
        self._thread.start()

    def newest(self) -> dict[str, float]:
        """Return the newest report as metrics, such as `system/gpu_0_percent`; empty before the first."""
        return dict(self._newest)

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._thread.join()
            self._process = None

    def _follow(self) -> None:
        assert self._process is not None and self._process.stdout is not None  # noqa: S101, PT018  (started above)
        with self._process.stdout as lines:
            for line in lines:
                self._newest.update(_load(_cells(line)))


def _load(cells: Sequence[str]) -> dict[str, float]:
    if len(cells) != len(_LOAD):
        return {}
    index, *texts = cells
    percent, used, total, power, temperature = (_number(text) for text in texts)
    share = 100 * used / total if used is not None and total else None
    values = (percent, None if used is None else used * _MIB, share, power, temperature)
    return {
        f"system/gpu_{index}_{name}": value for name, value in zip(_METRICS, values, strict=True) if value is not None
    }


def _question(fields: Sequence[str]) -> list[str]:
    return ["nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(",")]


def _number(text: str) -> float | None:
    """Return a number; None for "[N/A]" and the like."""
    try:
        return float(text)
    except ValueError:
        return None
