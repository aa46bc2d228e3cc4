"""driftline keeps models in production accurate over time.

What a project declares and what a script asks for stands here; everything is imported when it is first used,
so that `import driftline` and the command line start at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from driftline.autologging import MetricsCallback, autolog
    from driftline.capture import Budget
    from driftline.datasets import Newest, RandomShare, SplitColumn, Target, Window
    from driftline.declaration import (
        Alert,
        Choice,
        Daily,
        GroundTruth,
        Hourly,
        ModelPipeline,
        Monthly,
        Promote,
        Retrain,
        Weekly,
    )
    from driftline.drift import DataDrift, MultivariateDrift, PerformanceDrift, PredictionDrift, RetrainTrigger
    from driftline.evaluations import measure_window
    from driftline.experiments import compare_runs, get_run, leaderboard, metric_histories, search_runs
    from driftline.ground_truth import add_ground_truth
    from driftline.health import Recovery
    from driftline.models import Blend, LightGBM, Sklearn, XGBoost
    from driftline.quality import AcceptedRange, AcceptedValues, Freshness, MissingShare, RowCount, Unique
    from driftline.registry import load_model, log_model, register_model
    from driftline.tracking import (
        active_run,
        change_run,
        current_run,
        end_run,
        log_artifact,
        log_artifacts,
        log_dict,
        log_figure,
        log_input,
        log_metric,
        log_metrics,
        log_param,
        log_params,
        log_table,
        log_text,
        set_experiment,
        set_tag,
        set_tags,
        start_run,
    )
    from driftline.tuning import Between, OneOf, Search, SearchResult
    from driftline.workspace import Workspace, open_workspace

_ROOMS = {
    "capture": ("Budget",),
    "autologging": ("MetricsCallback", "autolog"),
    "datasets": ("Newest", "RandomShare", "SplitColumn", "Target", "Window"),
    "declaration": (
        "Alert",
        "Choice",
        "Daily",
        "GroundTruth",
        "Hourly",
        "ModelPipeline",
        "Monthly",
        "Promote",
        "Retrain",
        "Weekly",
    ),
    "drift": ("DataDrift", "MultivariateDrift", "PerformanceDrift", "PredictionDrift", "RetrainTrigger"),
    "health": ("Recovery",),
    "models": ("Blend", "LightGBM", "Sklearn", "XGBoost"),
    "quality": ("AcceptedRange", "AcceptedValues", "Freshness", "MissingShare", "RowCount", "Unique"),
    "evaluations": ("measure_window",),
    "experiments": ("compare_runs", "get_run", "leaderboard", "metric_histories", "search_runs"),
    "ground_truth": ("add_ground_truth",),
    "registry": ("load_model", "log_model", "register_model"),
    "tracking": (
        "active_run",
        "change_run",
        "current_run",
        "end_run",
        "log_artifact",
        "log_artifacts",
        "log_dict",
        "log_figure",
        "log_input",
        "log_metric",
        "log_metrics",
        "log_param",
        "log_params",
        "log_table",
        "log_text",
        "set_experiment",
        "set_tag",
        "set_tags",
        "start_run",
    ),
    "tuning": ("Between", "OneOf", "Search", "SearchResult"),
    "workspace": ("Workspace", "open_workspace"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__version__ = "0.2.0"
__all__ = [  # noqa: RUF022  (by room, as above)
    "MetricsCallback", "autolog",
    "Newest", "RandomShare", "SplitColumn", "Target", "Window",
    "Alert", "Choice", "Daily", "GroundTruth", "Hourly", "ModelPipeline", "Monthly", "Promote", "Retrain", "Weekly",
    "DataDrift", "MultivariateDrift", "PerformanceDrift", "PredictionDrift", "RetrainTrigger",
    "Recovery",
    "Blend", "LightGBM", "Sklearn", "XGBoost",
    "AcceptedRange", "AcceptedValues", "Freshness", "MissingShare", "RowCount", "Unique",
    "measure_window",
    "compare_runs", "get_run", "leaderboard", "metric_histories", "search_runs",
    "add_ground_truth",
    "load_model", "log_model", "register_model",
    "Budget", "active_run", "change_run", "current_run", "end_run",
    "log_artifact", "log_artifacts", "log_dict", "log_figure",
    "log_input", "log_metric", "log_metrics", "log_param", "log_params", "log_table", "log_text",
    "set_experiment", "set_tag", "set_tags", "start_run",
    "Between", "OneOf", "Search", "SearchResult",
    "Workspace", "open_workspace",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'driftline' has no attribute {name!r}")
    return getattr(import_module(f"driftline.{_ROOM_OF[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
