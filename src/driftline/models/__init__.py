"""Models: how they are trained, what they read, how they score, and how they are stored."""

from driftline.models.blend import Blend
from driftline.models.fitted import fitted_booster, fitted_estimator, fitted_xgboost, own_importance
from driftline.models.lightgbm_text import LightGBM
from driftline.models.model import Flavor, Model
from driftline.models.own_training import is_own_training
from driftline.models.sklearn_skops import Sklearn
from driftline.models.storage import from_files, model_digest, to_files
from driftline.models.trainer import Param, Trainer, check_training
from driftline.models.watch import BoostingTrainer, Watch, watched_metric
from driftline.models.xgboost_json import XGBoost

__all__ = [
    "Blend",
    "BoostingTrainer",
    "Flavor",
    "LightGBM",
    "Model",
    "Param",
    "Sklearn",
    "Trainer",
    "Watch",
    "XGBoost",
    "check_training",
    "fitted_booster",
    "fitted_estimator",
    "fitted_xgboost",
    "from_files",
    "is_own_training",
    "model_digest",
    "own_importance",
    "to_files",
    "watched_metric",
]
