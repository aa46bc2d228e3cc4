"""What a process can say of itself: its code, its machine, its output and its load."""

from driftline.capture.code_state import CodeState, code_state

__all__ = ["CodeState", "code_state"]
