"""What a process can say of itself: its code, its machine, its output and its load."""

from driftline.capture.budget import Budget, Usage, exhausted, usage
from driftline.capture.code_state import code_state
from driftline.capture.entry_point import entry_point
from driftline.capture.load import LoadSampler

__all__ = ["Budget", "LoadSampler", "Usage", "code_state", "entry_point", "exhausted", "usage"]
