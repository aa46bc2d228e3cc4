"""Where driftline keeps things, read from the environment when asked for, never at import."""

import os
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from driftline.errors import InvalidInputError, StorageError

JOURNALS = "journals"  # in the home: the folder where events of runs wait until they are stored


class FolderError(StorageError):
    """A folder cannot be made."""

    def __init__(self, folder: str, cause: object) -> None:
        super().__init__(
            f"The folder {folder} cannot be made: {cause}. Set DRIFTLINE_HOME to a folder that you may write to."
        )


class InvalidSettingError(InvalidInputError):
    """A setting has a value that cannot be used."""


def invalid_setting(field: str, value: object, fault: str) -> InvalidSettingError:
    """Return the error where an environment variable has a value that cannot be used."""
    return InvalidSettingError(
        f"DRIFTLINE_{field.upper()} is {value!r}: {fault[:1].lower()}{fault[1:]}. Set another value, or none "
        "for the default."
    )


class Settings(BaseSettings):
    """The settings of one deployment; every field is the variable `DRIFTLINE_<FIELD>`.

    Attributes:
        home: the folder of everything that no other setting places.
        database_url: the experiment database; `home`/driftline.db by default. Secret, since it may hold a password.
        artifacts_url: a folder or any fsspec URL; `home`/artifacts by default.
        data_dir: local copies of public data sets, read instead of downloads.
        executor: where Dagster's steps run.
        dagster_url: Dagster's web server, for links and launches.
        server_url: the driftline server that runs are logged to, instead of the database: `http://host:4000`.
        token: what that server is asked with. Secret.
        experiment: the experiment of runs that name none.
        run_id: the run that this process joins, as a rank of a distributed training: 32 hexadecimal digits.
        alert_urls: where alerts are sent: apprise URLs, between spaces or commas. Secret, since they hold passwords.
        price_per_hour: what an hour of this machine costs, in any one currency; without it no cost is known.

    A variable that is set to nothing counts as not set.

    Raises:
        InvalidSettingError: a variable has a value that cannot be used.
    """

    model_config = SettingsConfigDict(env_prefix="DRIFTLINE_", frozen=True, extra="ignore", env_ignore_empty=True)

    home: Path = Path(".driftline")
    database_url: SecretStr | None = None
    artifacts_url: str | None = Field(default=None, repr=False)
    data_dir: Path | None = None
    executor: Literal["in_process", "multiprocess"] = "in_process"
    dagster_url: str = Field(default="http://127.0.0.1:3000", repr=False)
    server_url: str | None = Field(default=None, repr=False)
    token: SecretStr | None = None
    experiment: str = "default"
    run_id: str | None = None
    alert_urls: SecretStr | None = None
    price_per_hour: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            fault = error.errors()[0]
            raise invalid_setting(str(fault["loc"][0]), fault["input"], fault["msg"]) from None

    @property
    def root(self) -> Path:
        """Return `home` as an absolute path.

        Raises:
            InvalidSettingError: it begins with the home of a user who does not exist, or its links lead in a circle.
        """
        try:
            return self.home.expanduser().resolve()
        except (RuntimeError, OSError) as error:
            raise invalid_setting("home", str(self.home), str(error).rstrip(".")) from None

    @property
    def database(self) -> str:
        """Return the URL of the experiment database, password included: never log it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.root / 'driftline.db'}"

    @property
    def artifacts(self) -> str:
        """Return the folder or fsspec URL of the artifact store."""
        return self.artifacts_url or str(self.root / "artifacts")

    @property
    def cache(self) -> Path:
        """Return the folder of downloads that can be made again."""
        return self.root / "cache"

    @property
    def alert_channels(self) -> tuple[SecretStr, ...]:
        """Return the addresses of `alert_urls`, one by one; a comma inside of an address stays there."""
        if self.alert_urls is None:
            return ()
        parts = re.split(r"\s+|,(?=\s|$|[A-Za-z][A-Za-z0-9+.-]*://)", self.alert_urls.get_secret_value())
        return tuple(SecretStr(part) for part in parts if part)

    @property
    def dagster_home(self) -> Path:
        """Return the folder of the Dagster instance: `DAGSTER_HOME` where that is set, else `dagster` in the home."""
        named = os.environ.get("DAGSTER_HOME")
        return Path(named).expanduser().resolve() if named else self.root / "dagster"


def make_folder(folder: Path) -> Path:
    """Return `folder`, made where it is new.

    Raises:
        FolderError: the system does not let it be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderError(str(folder), error.strerror or error) from None
    return folder
