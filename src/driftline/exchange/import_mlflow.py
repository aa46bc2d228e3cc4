"""A store of MLflow's, taken over into a workspace."""

from pathlib import Path

from driftline.exchange.errors import UnreadableStoreError
from driftline.exchange.import_models import import_models
from driftline.exchange.import_runs import Progress, import_experiments, import_runs
from driftline.exchange.mlflow_database import MlflowDatabase
from driftline.exchange.mlflow_folder import MlflowFolder
from driftline.exchange.report import ImportReport
from driftline.workspace import Workspace

_URLS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}


def import_mlflow(
    workspace: Workspace,
    source: str,
    *,
    artifacts: Path | None = None,
    progress: Progress = lambda _done, _total: None,
) -> ImportReport:
    """Store what an MLflow store holds; the same import again changes nothing, and one that was killed goes on.

    Args:
        workspace: where it is stored.
        source: a folder `mlruns`, a file `mlflow.db`, or the URL of a database.
        artifacts: a folder in which files lie that are not where the store says, as a copy of a server's.
        progress: called with the number of runs that are done, and of all.

    Raises:
        UnreadableStoreError: there is no store of MLflow's there.
    """
    report = ImportReport()
    path = Path(source.removeprefix("file://"))
    if "://" in source and not source.startswith("file://"):
        scheme, _, rest = source.partition("://")
        opened: MlflowDatabase | MlflowFolder = MlflowDatabase(f"{_URLS.get(scheme, scheme)}://{rest}", report)
    elif path.is_file():
        opened = MlflowDatabase(f"sqlite:///{path.absolute()}", report)
    elif path.is_dir():
        opened = MlflowFolder(path.absolute(), report)
    else:
        raise UnreadableStoreError(source, "there is no such file or folder")
    folders = [*([str(artifacts.absolute())] if artifacts else []), *opened.folders]
    try:
        experiments = import_experiments(workspace, opened, report)
        import_runs(workspace, opened, experiments, report, folders=folders, progress=progress)
        import_models(workspace, opened, report, folders)
    finally:
        opened.close()
    return report
