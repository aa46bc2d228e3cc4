"""Which process does something, written so that any other process can tell whether it still lives."""

import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

TOLERANCE_S = 1.0  # of start times, which systems round; a number is not given away again within it

_NAMESPACE = Path("/proc/self/ns/pid")


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process of some machine.

    Attributes:
        host: the name of the machine, or of the container.
        pid: its number, which is given away again after its end.
        namespace: within which the number counts: containers may share the name of their machine, not its numbers.
            Empty where the system has none.
        started_s: when it began, in seconds after the machine started, which no change of the clock moves.
    """

    host: str
    pid: int
    namespace: str
    started_s: float

    def __str__(self) -> str:
        """Return it as text, which `is_alive` reads."""
        return f"{self.host}:{self.pid}:{self.namespace}:{self.started_s:.2f}"


def this_process() -> Process:
    """Return the process that asks; another one after a fork."""
    return _own(os.getpid())


@cache
def _own(pid: int) -> Process:
    process = process_here(pid)
    if process is None:
        raise RuntimeError(f"Process {pid} is not among those of its own machine.")
    return process


def process_here(pid: int) -> Process | None:
    """Return the living process with a number on this machine, or None."""
    with suppress(psutil.NoSuchProcess):
        found = psutil.Process(pid)
        if found.status() != psutil.STATUS_ZOMBIE:  # killed, and not yet asked about by its parent
            started_s = found.create_time() - psutil.boot_time()
            return Process(host=socket.gethostname(), pid=pid, namespace=_namespace(), started_s=started_s)
    return None


def is_alive(text: str) -> bool | None:
    """Return whether a process lives; None where only its own machine could say, or the text is of no process."""
    host, _, rest = text.partition(":")
    pid, namespace, started_s = (*rest.split(":"), "", "", "")[:3]
    if (host, namespace) != (socket.gethostname(), _namespace()) or not started_s:
        return None
    process = process_here(int(pid))
    return process is not None and abs(process.started_s - float(started_s)) <= TOLERANCE_S


def described(text: str) -> str:
    """Return a process in words: "process 4711 on vm"."""
    host, _, rest = text.partition(":")
    return f"process {rest.partition(':')[0]} on {host}"


def _namespace() -> str:
    return _NAMESPACE.readlink().name.strip("pid:[]") if _NAMESPACE.exists() else ""
