"""The errors of the room `cli`."""

import signal

from driftline.errors import ConflictError, DriftlineError, InvalidInputError, NotFoundError


class NoProjectError(NotFoundError):
    """A command needs a project and was run outside of one."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"No definitions.py in {folder} or above. Run this in the folder of a driftline project, "
            "such as a clone of the repository."
        )


class ProjectError(InvalidInputError):
    """A file of a project cannot be imported."""

    def __init__(self, place: str, fault: str) -> None:
        super().__init__(f"The project cannot be loaded: {place}: {fault}")


class InterruptedByUserError(DriftlineError):
    """A command was ended by a signal, as of Ctrl-C.

    Attributes:
        exit_code: what a shell reports for the signal.
    """

    code = "INTERRUPTED"

    def __init__(self, what: str, interrupt: KeyboardInterrupt) -> None:
        number = getattr(interrupt, "signal", signal.SIGINT)
        self.exit_code = 128 + number
        happened = "was interrupted" if number == signal.SIGINT else f"was ended by {signal.Signals(number).name}"
        super().__init__(f"{what} {happened}. What was done before is stored, and the same command goes on from there.")


class AlreadyRunningError(ConflictError):
    """A second daemon was started on one Dagster instance."""

    def __init__(self, home: str) -> None:
        super().__init__(f"driftline dev runs already on {home}. End that one first, or set another DRIFTLINE_HOME.")


def same_port(port: int) -> InvalidInputError:
    """Return the error where two servers are given one port."""
    return InvalidInputError(f"Both servers are given port {port}. Choose another one for --port or for --api-port.")
