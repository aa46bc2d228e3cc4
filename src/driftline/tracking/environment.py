"""Who runs which code: read once for each run."""

from pathlib import Path

from driftline.capture import CodeState, code_state


def environment(folder: Path) -> CodeState:
    """Return who runs and which commit `folder` is at; uncommitted changes make it dirty."""
    return code_state(folder)
