"""What a process can say of itself: its code, its machine, its output and its load."""

from driftline.capture.budget import Budget, Usage, exhausted, usage
from driftline.capture.code_state import code_state
from driftline.capture.entry_point import entry_point
from driftline.capture.gpus import GpuMonitor, gpus
from driftline.capture.load import LoadSampler
from driftline.capture.machine import machine
from driftline.capture.output import OutputCapture, read_output
from driftline.capture.packages import installed_packages
from driftline.capture.uncommitted import uncommitted_changes

__all__ = [
    "Budget",
    "GpuMonitor",
    "LoadSampler",
    "OutputCapture",
    "Usage",
    "code_state",
    "entry_point",
    "exhausted",
    "gpus",
    "installed_packages",
    "machine",
    "read_output",
    "uncommitted_changes",
    "usage",
]
