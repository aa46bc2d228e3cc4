"""The errors of the room `api`."""

from collections.abc import Iterable

from driftline.errors import DagsterError, InvalidInputError, NotFoundError, suggestion


class DagsterUnavailableError(DagsterError):
    """Dagster's web server does not answer."""

    code = "DAGSTER_UNAVAILABLE"

    def __init__(self, url: str, fault: str) -> None:
        super().__init__(
            f"Dagster does not answer at {url} ({fault}). Start it with `driftline dev`, or set DRIFTLINE_DAGSTER_URL."
        )


class DagsterRefusedError(DagsterError):
    """Dagster does not do what it was asked for."""

    code = "DAGSTER_REFUSED"

    def __init__(self, why: str) -> None:
        super().__init__(f"Dagster refused: {why.rstrip('.')}. Look at its code locations, then ask again.")


class InvalidPageError(InvalidInputError):
    """A page of a list cannot be asked for in this way."""

    code = "INVALID_PAGE"


class UnknownDatasetError(NotFoundError):
    """A model is not evaluated on a dataset of this name."""

    code = "UNKNOWN_DATASET"

    def __init__(self, name: str, names: Iterable[str]) -> None:
        super().__init__(f"There are no evaluations on a dataset {name!r}. {suggestion(name, names)}")


class InvalidAddressError(InvalidInputError):
    """The server cannot listen on an address."""


def page_size(first: int, most: int) -> InvalidPageError:
    """Return the error where a page of a list is asked for with too few or too many rows."""
    return InvalidPageError(
        f"first is {first}, a page has 1 to {most} rows. Ask for the next page with after: pageInfo.endCursor."
    )


def invalid_cursor(cursor: str) -> InvalidPageError:
    """Return the error where a cursor is not one that this list gave."""
    return InvalidPageError(
        f"{cursor[:80]!r} is not a cursor of this list. Pass pageInfo.endCursor of its last page, or none to begin."
    )


def port_in_use(port: int) -> InvalidAddressError:
    """Return the error where another process listens on a port."""
    return InvalidAddressError(f"Port {port} is in use by another process. End that one, or choose another port.")


def not_loopback(host: str) -> InvalidAddressError:
    """Return the error where the API is asked to listen where other machines reach it."""
    return InvalidAddressError(
        f"The API listens on 127.0.0.1, ::1 or localhost only, not on {host!r}: tokens do not exist yet, so "
        "whoever reaches it reads all. Use 127.0.0.1, and a tunnel from elsewhere: ssh -L 4000:127.0.0.1:4000."
    )


def port_refused(port: int, cause: object) -> InvalidAddressError:
    """Return the error where the system refuses a port, other than for its being in use."""
    return InvalidAddressError(f"The system gives no port {port}: {cause}. Choose one from 1024 to 65535.")
