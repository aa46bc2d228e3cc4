"""Stores of MLflow's, each made once and only read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.databases import new_database
from tests.mlflow_stores import write_store


@dataclass(frozen=True, kw_only=True)
class Store:
    """A store of MLflow's, and what MLflow says of its runs."""

    source: str
    runs: list[dict[str, Any]]


@pytest.fixture(scope="session", params=["file", "folder", pytest.param("server", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The same runs in a file `mlflow.db`, in a folder `mlruns` and on a server."""
    folder: Path = tmp_path_factory.mktemp("mlflow")
    match request.param:
        case "file":
            yield Store(source=str(folder / "mlflow.db"), runs=write_store(f"sqlite:///{folder}/mlflow.db", folder))
        case "folder":
            yield Store(source=str(folder / "mlruns"), runs=write_store((folder / "mlruns").as_uri(), folder))
        case _:
            with new_database("postgresql", folder) as url:
                yield Store(source=url, runs=write_store(url, folder))
