"""Coming and going: the runs and models of another store are imported, and those of this one exported."""

from driftline.exchange.export import export
from driftline.exchange.import_driftline import import_driftline
from driftline.exchange.import_mlflow import import_mlflow
from driftline.exchange.report import ImportReport

__all__ = ["ImportReport", "export", "import_driftline", "import_mlflow"]
