"""The command line: parse, call one function, print."""

from driftline.cli.app import main

__all__ = ["main"]
