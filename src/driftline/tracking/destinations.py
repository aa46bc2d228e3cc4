"""Where this process logs to: as a workspace or the settings say."""

import os
import threading
from functools import cached_property
from typing import TYPE_CHECKING

from driftline.ingest import RunDatabase
from driftline.tracking.sinks import DatabaseSink, Destination

if TYPE_CHECKING:
    from driftline.artifacts import ArtifactStore
    from driftline.settings import Settings
    from driftline.workspace import Workspace


def destination_of(workspace: "Workspace") -> Destination:
    """Return the database, the artifacts and the journals of a workspace as where to log to."""
    return Destination(
        sink=DatabaseSink(database=workspace.database.runs, artifacts=lambda: workspace.artifacts),
        journals=workspace.journals,
        clock=workspace.clock,
    )


_NAMES = tuple(
    f"DRIFTLINE_{name}"
    for name in (
        "HOME",
        "DATABASE_URL",
        "ARTIFACTS_URL",
        "SERVER_URL",
        "TOKEN",
        "EXPERIMENT",
        "RUN_ID",
        "PRICE_PER_HOUR",
    )
)
_configured: dict[tuple[str | None, ...], "Configured"] = {}
_guard = threading.Lock()


class Configured:
    """What the settings say to the runs of this process.

    Attributes:
        settings: as they were read.
    """

    def __init__(self) -> None:
        from driftline.settings import Settings  # noqa: PLC0415  (pydantic: a tenth of a second)

        self.settings: Settings = Settings()

    @cached_property
    def destination(self) -> Destination:
        """Return where they say that runs are logged to; the home is made where it is new.

        Raises:
            InvalidSettingError: the address of the server is none.
            FolderError: the home cannot be made.
        """
        return _from_settings(self.settings)


def configured() -> Configured:
    """Return the settings, read again only where one that runs need has changed.

    Raises:
        InvalidSettingError: a variable has a value that cannot be used.
    """
    environment = os.environ
    of = (os.getcwd(), *(environment.get(name) for name in _NAMES))  # noqa: PTH109  (each run asks)
    with _guard:
        if of not in _configured:
            _configured[of] = Configured()
        return _configured[of]


def configured_destination() -> Destination:
    """Return where the settings say that this process logs to.

    Raises:
        InvalidSettingError: a variable has a value that cannot be used.
        FolderError: the home cannot be made.
    """
    return configured().destination


def _from_settings(settings: "Settings") -> Destination:
    from driftline.settings import JOURNALS, make_folder  # noqa: PLC0415  (it is loaded by now)

    if settings.server_url is not None:
        from driftline.tracking.server_sink import ServerSink  # noqa: PLC0415

        token = None if settings.token is None else settings.token.get_secret_value()
        return Destination(
            sink=ServerSink(settings.server_url, token=token), journals=settings.root / JOURNALS, is_remote=True
        )
    if settings.database_url is None:
        make_folder(settings.root)

    def artifacts() -> "ArtifactStore":
        from driftline.artifacts import open_artifacts  # noqa: PLC0415  (fsspec, for those who log a file)

        return open_artifacts(settings.artifacts)

    def migrate() -> None:
        from driftline.store import open_database  # noqa: PLC0415  (SQLAlchemy, where a database is new)

        open_database(settings.database).close()

    return Destination(
        sink=DatabaseSink(database=RunDatabase(settings.database, migrate=migrate), artifacts=artifacts),
        journals=settings.root / JOURNALS,
    )
