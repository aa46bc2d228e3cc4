"""Models: how they are trained, what they read, how they score, and how they are stored."""

from driftline.models.fitted import fitted_booster, fitted_estimator, fitted_xgboost, own_importance
from driftline.models.lightgbm_text import LightGBM
from driftline.models.model import Flavor, Model
from driftline.models.sklearn_skops import Sklearn
from driftline.models.storage import digest_of_files, from_files, model_digest, to_files
from driftline.models.trainer import Trainer
from driftline.models.xgboost_json import XGBoost

__all__ = [
    "Flavor",
    "LightGBM",
    "Model",
    "Sklearn",
    "Trainer",
    "XGBoost",
    "digest_of_files",
    "fitted_booster",
    "fitted_estimator",
    "fitted_xgboost",
    "from_files",
    "model_digest",
    "own_importance",
    "to_files",
]
