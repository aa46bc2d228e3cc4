"""The errors of the room `api`."""

from driftline.errors import ConflictError, DagsterError, InvalidInputError, NotFoundError


class DagsterUnavailableError(DagsterError):
    """Dagster's web server does not answer."""

    def __init__(self, url: str, fault: str) -> None:
        super().__init__(
            f"Dagster does not answer at {url} ({fault}). Start it with `driftline dev`, or set DRIFTLINE_DAGSTER_URL."
        )


class DagsterRefusedError(DagsterError):
    """Dagster does not do what it was asked for."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Dagster refused: {why.rstrip('.')}. Look at its code locations, then ask again.")


class PortInUseError(ConflictError):
    """Another process listens on a port."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is in use by another process. End that one, or choose another port.")


class PageSizeError(InvalidInputError):
    """A page of a list is asked for with too few or too many rows."""

    def __init__(self, first: int, most: int) -> None:
        super().__init__(
            f"first is {first}, a page has 1 to {most} rows. Ask for the next page with after: pageInfo.endCursor."
        )


class InvalidCursorError(InvalidInputError):
    """A cursor is not one that this list gave."""

    def __init__(self, cursor: str) -> None:
        super().__init__(
            f"{cursor[:80]!r} is no cursor of this list. Pass pageInfo.endCursor of its last page, or none to begin."
        )


class NotLoopbackError(InvalidInputError):
    """The API is asked to listen where other machines reach it."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The API listens on 127.0.0.1, ::1 or localhost only, not on {host!r}: tokens do not exist yet, so "
            "whoever reaches it reads all. Use 127.0.0.1, and a tunnel from elsewhere: ssh -L 4000:127.0.0.1:4000."
        )


class PortRefusedError(InvalidInputError):
    """The system refuses a port, other than for its being in use."""

    def __init__(self, port: int, cause: object) -> None:
        super().__init__(f"The system gives no port {port}: {cause}. Choose one from 1024 to 65535.")


class UnknownRunError(NotFoundError):
    """No run has an id."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There is no run {run_id!r}. Ask for the list of runs and copy its whole runId.")


class LabelValueError(InvalidInputError):
    """A value of a label's key, or the label, is a list or an object."""

    def __init__(self, column: str, value: object) -> None:
        super().__init__(f"The column {column!r} has the value {value!r}. Give a text, a number, true or false.")


class TooManyLabelsError(InvalidInputError):
    """One call brings more labels than are taken."""

    def __init__(self, count: int, most: int) -> None:
        super().__init__(
            f"{count:,} labels came in one call, at most {most:,} are taken. Send them in several calls, "
            "or a file with driftline truth add."
        )
