"""Whether a JSON is a whole model of XGBoost, whose own reader follows numbers that lead out of a tree."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from driftline.models.errors import LONGEST_FAULT, ModelFilesError
from driftline.models.number_matrix import column_names
from driftline.models.signature import Signature

_OF_NODES = ("left_children", "right_children", "split_indices", "split_type", "default_left", "parents")
_NUMBERS_OF_NODES = ("split_conditions", "base_weights", "loss_changes", "sum_hessian")
_CATEGORICAL = 1  # of a split
_ROOT = 2**31 - 1  # the parent of a root


def check_json(content: bytes, signature: Signature, *, class_count: int) -> None:
    """Refuse a model whose arrays have other lengths than its trees, or lead out of them.

    Args:
        content: the JSON.
        signature: the columns that the model reads.
        class_count: how many classes it gives a score each; 0 where it gives one score.

    Raises:
        ModelFilesError: it is not a whole model of trees.
    """
    try:
        _check(json.loads(content), signature, class_count)
    except ModelFilesError:
        raise
    except Exception as error:  # a broken file may have any content
        raise _broken(f"{type(error).__name__}: {error}"[:LONGEST_FAULT]) from error


def _check(stored: Mapping[str, Any], signature: Signature, class_count: int) -> None:
    learner = stored["learner"]
    columns, classes = _sizes(learner["learner_model_param"])
    _hold(columns == len(signature.columns), "it reads other columns than its signature")
    types = ["c" if column.type == "string" else "q" for column in signature.columns]
    _hold(classes == class_count, "it has other classes")
    _hold(learner["feature_names"] == column_names(signature), "feature_names does not name each column")
    _hold(learner["feature_types"] == types, "its columns have other types than its signature")
    booster = learner["gradient_booster"]
    _hold(booster["name"] in {"gbtree", "dart"}, "it is not of trees")
    model = booster["gbtree"]["model"] if booster["name"] == "dart" else booster["model"]
    trees = model["trees"]
    if booster["name"] == "dart":
        _hold(_floats(booster["weight_drop"]).shape == (len(trees),), "weight_drop has another length")
    _check_order(model, len(trees), max(classes, 1))
    categories = np.array([len(column.categories or ()) for column in signature.columns])
    for number, tree in enumerate(trees):
        _hold(tree["id"] == number, f"tree {number} has another number")
        _check_tree(tree, categories)


def _sizes(params: Mapping[str, str]) -> tuple[int, int]:
    _hold(int(params.get("num_target", "1")) == 1, "it has several targets")
    return int(params["num_feature"]), int(params["num_class"])


def _check_order(model: Mapping[str, Any], trees: int, classes: int) -> None:
    params = model["gbtree_model_param"]
    _hold(int(params["num_trees"]) == trees, "num_trees is not how many trees there are")
    groups, borders = _integers(model["tree_info"]), _integers(model["iteration_indptr"])
    _hold(groups.shape == (trees,) and _within(groups, 0, classes), "tree_info leads out of the classes")
    _hold(len(borders) >= 1 and borders[0] == 0 and borders[-1] == trees, "iteration_indptr has other ends")
    at_once = int(params["num_parallel_tree"]) * classes
    _hold(bool((np.diff(borders) == at_once).all()), "an iteration has other trees than one for each class")
    _hold(not any(model.get("cats", {}).values()), "it has categories of its own")


def _check_tree(tree: Mapping[str, Any], categories: np.ndarray) -> None:
    params = tree["tree_param"]
    nodes = int(params["num_nodes"])
    _hold(nodes >= 1 and int(params["num_feature"]) == len(categories), "a tree reads other columns")
    _hold(int(params["size_leaf_vector"]) <= 1 and int(params["num_deleted"]) >= 0, "a leaf has several values")
    whole = {name: _integers(tree[name]) for name in _OF_NODES}
    for name in _OF_NODES:
        _hold(whole[name].shape == (nodes,), f"{name} has another length")
    for name in _NUMBERS_OF_NODES:
        _hold(_floats(tree[name]).shape == (nodes,), f"{name} has another length")
    left, right = whole["left_children"], whole["right_children"]
    is_leaf = left == -1
    _hold(bool((is_leaf == (right == -1)).all()), "a node has one child")
    places = np.arange(nodes)
    for child in (left[~is_leaf], right[~is_leaf]):  # a node is numbered after the one that leads to it
        _hold(bool((child > places[~is_leaf]).all()) and _within(child, 0, nodes), "a child leads out of the tree")
    parents = np.full(nodes, _ROOT)
    parents[left[~is_leaf]] = parents[right[~is_leaf]] = places[~is_leaf]
    _hold(bool((whole["parents"] == parents).all()), "a parent is not that of its children")
    _hold(_within(whole["split_indices"], 0, len(categories)), "a split is on no column")
    _hold(_within(whole["split_type"], 0, 2) and _within(whole["default_left"], 0, 2), "a split is of no kind")
    is_set = (whole["split_type"] == _CATEGORICAL) & ~is_leaf
    _check_sets(tree, np.flatnonzero(is_set), categories[whole["split_indices"]])


def _check_sets(tree: Mapping[str, Any], expected: np.ndarray, categories: np.ndarray) -> None:
    """Refuse sets of categories that are not those of the nodes that split on one, or hold others than the column."""
    at, starts = _integers(tree["categories_nodes"]), _integers(tree["categories_segments"])
    sizes, values = _integers(tree["categories_sizes"]), _integers(tree["categories"])
    _hold(len(at) == len(starts) == len(sizes), "its sets of categories have several lengths")
    _hold(set(expected) <= set(at.tolist()) and len(set(at.tolist())) == len(at), "a split has no set of categories")
    _hold(_within(at, 0, len(categories)) and bool((np.diff(at) > 0).all()), "a set of categories is of no node")
    for node, start, size in zip(at, starts, sizes, strict=True):
        _hold(start >= 0 and size > 0 and start + size <= len(values), "a set of categories leads out of all")
        _hold(
            _within(values[start : start + size], 0, max(int(categories[node]), 1)), "a category is none of its column"
        )


def _integers(values: Any) -> np.ndarray:
    """Return whole numbers; refuse others, also those that only look like them."""
    _hold(isinstance(values, list) and all(type(value) is int for value in values), "a whole number is none")
    return np.array(values, dtype=np.int64)


def _floats(values: Any) -> np.ndarray:
    _hold(isinstance(values, list) and all(type(value) in {int, float} for value in values), "a number is none")
    return np.array(values, dtype=np.float64)


def _within(values: np.ndarray, low: int, high: int) -> bool:
    return bool(((values >= low) & (values < high)).all())


def _broken(fault: str) -> ModelFilesError:
    return ModelFilesError(f"the model of XGBoost is broken: {fault}")


def _hold(holds: bool, fault: str) -> None:  # noqa: FBT001  (what holds)
    if not holds:
        raise _broken(fault)
