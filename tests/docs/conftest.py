"""The command line, for guides that are run."""

from tests.cli.conftest import driftline, free_port, preloaded

__all__ = ["driftline", "free_port", "preloaded"]
