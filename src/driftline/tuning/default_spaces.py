"""The params that are worth a search where nobody says which."""

from collections.abc import Mapping

from driftline.models import LightGBM, Sklearn, Trainer, XGBoost
from driftline.tuning.distributions import Between, Distribution, OneOf

# Ours: an order of magnitude or two around the libraries' defaults, for tables of 1,000 to 1,000,000 rows.
_LIGHTGBM: dict[str, Distribution] = {
    "learning_rate": Between(0.01, 0.2, log=True),
    "num_leaves": Between(8, 128, log=True),
    "min_leaf_rows": Between(5, 200, log=True),
    "column_share": Between(0.3, 1.0),
    "l2": Between(1e-3, 30.0, log=True),
    "lambda_l1": Between(1e-3, 10.0, log=True),
    "bagging_fraction": Between(0.5, 1.0),
    "bagging_freq": OneOf(1),
}
_LIGHTGBM_TEXTS: dict[str, Distribution] = {
    "cat_smooth": Between(1.0, 100.0, log=True),
    "cat_l2": Between(1.0, 100.0, log=True),
}
_XGBOOST: dict[str, Distribution] = {
    "learning_rate": Between(0.01, 0.2, log=True),
    "max_depth": Between(3, 10),
    "min_child_weight": Between(0.5, 50.0, log=True),
    "column_share": Between(0.3, 1.0),
    "l2": Between(1e-3, 30.0, log=True),
    "reg_alpha": Between(1e-3, 10.0, log=True),
    "gamma": Between(1e-3, 5.0, log=True),
    "subsample": Between(0.5, 1.0),
}
_XGBOOST_TEXTS: dict[str, Distribution] = {"max_cat_to_onehot": Between(1, 16)}
_FOREST: dict[str, Distribution] = {"max_features": Between(0.2, 1.0), "min_samples_leaf": Between(1, 50, log=True)}
_BOOSTED: dict[str, Distribution] = {
    "learning_rate": Between(0.01, 0.3, log=True),
    "max_leaf_nodes": Between(8, 128, log=True),
    "min_samples_leaf": Between(5, 200, log=True),
    "l2_regularization": Between(1e-3, 30.0, log=True),
}
_SKLEARN: dict[str, dict[str, Distribution]] = {
    "LogisticRegression": {"C": Between(1e-3, 100.0, log=True)},
    "Ridge": {"alpha": Between(1e-3, 100.0, log=True)},
    "ElasticNet": {"alpha": Between(1e-4, 10.0, log=True), "l1_ratio": Between(0.0, 1.0)},
    "KNeighborsClassifier": {"n_neighbors": Between(1, 100, log=True)},
    "KNeighborsRegressor": {"n_neighbors": Between(1, 100, log=True)},
    "HistGradientBoostingClassifier": _BOOSTED,
    "HistGradientBoostingRegressor": _BOOSTED,
    **{f"{kind}{task}": _FOREST for kind in ("RandomForest", "ExtraTrees") for task in ("Classifier", "Regressor")},
}
# More params of the libraries that may stand in a space: a name that is in no list is most likely misspelt.
LIGHTGBM_EXTRA = frozenset(
    {"max_depth", "min_sum_hessian_in_leaf", "feature_fraction_bynode", "min_gain_to_split", "path_smooth", "max_bin"}
    | {"extra_trees", "boosting", "drop_rate", "skip_drop", "data_sample_strategy", "top_rate", "other_rate"}
    | {"linear_tree", "linear_lambda", "max_cat_threshold", "max_cat_to_onehot", "min_data_per_group", "max_delta_step"}
    | {"scale_pos_weight", "min_data_in_bin"}
    | (_LIGHTGBM.keys() | _LIGHTGBM_TEXTS.keys())
)
XGBOOST_EXTRA = frozenset(
    {"max_leaves", "grow_policy", "tree_method", "max_bin", "colsample_bylevel", "colsample_bynode", "max_delta_step"}
    | {"num_parallel_tree", "max_cat_threshold", "scale_pos_weight", "sampling_method", "base_score"}
    | (_XGBOOST.keys() | _XGBOOST_TEXTS.keys())
)


def default_space(trainer: Trainer, *, has_texts: bool) -> Mapping[str, Distribution]:
    """Return the params of a trainer that are searched where a search does not name any of them; none is known: empty.

    Args:
        trainer: whose.
        has_texts: whether a column holds categories.
    """
    if isinstance(trainer, LightGBM):
        return _LIGHTGBM | (_LIGHTGBM_TEXTS if has_texts else {})
    if isinstance(trainer, XGBoost):
        return _XGBOOST | (_XGBOOST_TEXTS if has_texts else {})
    if not isinstance(trainer, Sklearn):
        return {}
    steps = getattr(trainer.estimator, "steps", None)
    before = f"{steps[-1][0]}__" if steps else ""
    return {f"{before}{name}": values for name, values in _SKLEARN.get(trainer.name, {}).items()}
