"""Models: how they are trained, what they read, how they score, and how they are stored."""

from driftline.models.lightgbm_text import LightGBM
from driftline.models.model import Flavor, Label, Model
from driftline.models.signature import InputColumn, Signature, enforce, signature_of
from driftline.models.sklearn_skops import Sklearn
from driftline.models.storage import from_files, model_digest, to_files
from driftline.models.trainer import Param, Trainer

__all__ = [
    "Flavor",
    "InputColumn",
    "Label",
    "LightGBM",
    "Model",
    "Param",
    "Signature",
    "Sklearn",
    "Trainer",
    "enforce",
    "from_files",
    "model_digest",
    "signature_of",
    "to_files",
]
