"""Models: how they are trained, what they read, how they score, and how they are stored."""

from driftline.models.any_fitted import Question, any_fitted, is_of, question_of
from driftline.models.blend import Blend
from driftline.models.fitted import fitted_booster, own_importance
from driftline.models.lightgbm_text import LightGBM
from driftline.models.model import Flavor, Model
from driftline.models.own_training import is_own_training
from driftline.models.sklearn_skops import Sklearn
from driftline.models.storage import digest_of_files, from_files, model_digest, to_files
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
    "Question",
    "Sklearn",
    "Trainer",
    "Watch",
    "XGBoost",
    "any_fitted",
    "check_training",
    "digest_of_files",
    "fitted_booster",
    "from_files",
    "is_of",
    "is_own_training",
    "model_digest",
    "own_importance",
    "question_of",
    "to_files",
    "watched_metric",
]
