"""What the assets need from outside; the `DRIFTLINE_*` settings say where it is."""

from resources.executor import executor
from resources.workspace import workspace

RESOURCES = {"workspace": workspace}

__all__ = ["RESOURCES", "executor"]
