"""What is logged and where to, for this process."""

from dataclasses import dataclass

from driftline.autologging.runs import Runs
from driftline.autologging.training_log import What


@dataclass(frozen=True, kw_only=True, eq=False)
class Options:
    """What `autolog` was asked for.

    Attributes:
        runs: where to.
        what: is logged beside params and metrics.
    """

    runs: Runs
    what: What


_current: Options | None = None


def current() -> Options | None:
    """Return what is asked for; None where autologging is off."""
    return _current


def set_options(options: Options | None) -> None:
    """Log by these options from now on; by None not at all."""
    global _current  # noqa: PLW0603 - one for the process
    _current = options
