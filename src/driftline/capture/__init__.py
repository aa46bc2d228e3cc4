"""What a process can say of itself: its code, its machine, its output and its load."""

from driftline.capture.code_state import code_state
from driftline.capture.entry_point import entry_point

__all__ = ["code_state", "entry_point"]
