"""The errors of the room `exchange`."""

from driftline.errors import InvalidInputError


class UnreadableStoreError(InvalidInputError):
    """There is no store to import where one was named, or it is of another kind."""

    def __init__(self, where: str, fault: str) -> None:
        super().__init__(
            f"{where} cannot be imported: {fault}. Name a folder mlruns, the file mlflow.db, or the URL of MLflow's "
            "database, such as postgresql://user@host/mlflow; of driftline's own, a folder of driftline export."
        )


class ExportFolderError(InvalidInputError):
    """A folder cannot take an export."""

    def __init__(self, folder: str, fault: str) -> None:
        super().__init__(f"The folder {folder} cannot take an export: {fault}. Name a folder that is new or empty.")
