"""Whether a text is a whole model of LightGBM, whose own reader ends the process on many that are not."""

import re
from collections.abc import Mapping

import numpy as np

from driftline.models.errors import ModelFilesError

_OF_NODES = ("split_feature", "threshold", "decision_type", "left_child", "right_child")
_OF_NODES_IF_GIVEN = ("split_gain", "internal_value", "internal_weight", "internal_count")
_OF_LEAVES_IF_GIVEN = ("leaf_weight", "leaf_count")
_PARAMETER = re.compile(r"\[[^:\[\]]+: .*\]")
_CATEGORICAL = 1  # the bit of a decision type


def check_text(content: bytes, columns: int) -> None:
    """Refuse a text whose arrays have other lengths than its trees, or lead out of them.

    Args:
        content: the text.
        columns: how many the model reads.

    Raises:
        ModelFilesError: it is not a whole model.
    """
    head, _, body = content.decode(errors="surrogateescape").partition("\n\n")
    header = _pairs(head)
    classes, per_iteration = _number(header, "num_class"), _number(header, "num_tree_per_iteration")
    sizes = _integers(header, "tree_sizes")
    _hold(classes == per_iteration and classes >= 1, "num_class is not num_tree_per_iteration")
    _hold(len(sizes) % classes == 0 and classes <= max(len(sizes), 1), "its trees are not so many for each class")
    objective = header.get("objective", "").split(" ")
    _hold(
        all(part == f"num_class:{classes}" for part in objective if part.startswith("num_class:")), "its classes differ"
    )
    _hold(_number(header, "max_feature_idx") + 1 == columns, "it reads other columns than its signature")
    for name in ("feature_names", "feature_infos"):
        _hold(len(_texts(header, name)) == columns, f"{name} does not name each column")
    encoded, place = body.encode(errors="surrogateescape"), 0
    for number, size in enumerate(sizes):
        tree = encoded[place : place + size].decode(errors="surrogateescape")
        _hold(size > 0 and tree.startswith(f"Tree={number}\n"), f"tree {number} does not begin where it should")
        _check_tree(_pairs(tree), columns)
        place += size
    rest = encoded[place:].decode(errors="surrogateescape")
    _hold(rest.startswith("end of trees\n"), "its trees do not end where they should")
    parameters, end, _ = rest.partition("\nparameters:\n")[2].partition("\nend of parameters\n")
    _hold(bool(end), "its parameters do not end")
    _hold(all(_PARAMETER.fullmatch(line) for line in parameters.split("\n") if line), "its parameters are broken")


def _check_tree(tree: Mapping[str, str], columns: int) -> None:
    leaves, categories = _number(tree, "num_leaves"), _number(tree, "num_cat")
    _hold(leaves >= 1 and categories >= 0, "it has no leaves")
    _hold(len(_texts(tree, "leaf_value")) == leaves, "leaf_value has another length")
    _check_linear(tree, leaves, columns)
    if leaves == 1:
        return
    for names, count in ((_OF_NODES_IF_GIVEN, leaves - 1), (_OF_LEAVES_IF_GIVEN, leaves)):
        for name in set(names) & set(tree):
            _hold(len(_texts(tree, name)) == count, f"{name} has another length")
    for name in _OF_NODES:
        _hold(len(_texts(tree, name)) == leaves - 1, f"{name} has another length")
    features, kinds = _integers(tree, "split_feature"), _integers(tree, "decision_type")
    _hold(bool(((features >= 0) & (features < columns)).all()), "a split is on no column")
    nodes = np.arange(leaves - 1)
    for name in ("left_child", "right_child"):
        child = _integers(tree, name)
        inner = (child > nodes) & (child < leaves - 1)  # a node is numbered after the one that leads to it
        _hold(bool((inner | ((child < 0) & (~child < leaves))).all()), f"{name} leads out of the tree")
    _check_categories(tree, categories, kinds & _CATEGORICAL == 1)


def _check_categories(tree: Mapping[str, str], categories: int, is_categorical: np.ndarray) -> None:
    thresholds = np.array(_texts(tree, "threshold"), dtype=np.float64)[is_categorical]
    _hold(bool(((thresholds >= 0) & (thresholds < categories)).all()), "a split is on no set of categories")
    if categories:
        borders = _integers(tree, "cat_boundaries")
        _hold(len(borders) == categories + 1 and borders[0] == 0, "cat_boundaries has another length")
        _hold(bool((np.diff(borders) >= 0).all()), "cat_boundaries does not rise")
        _hold(borders[-1] == len(_texts(tree, "cat_threshold")), "cat_threshold has another length")


def _check_linear(tree: Mapping[str, str], leaves: int, columns: int) -> None:
    if tree.get("is_linear", "0") == "0":
        return
    counts, features = _integers(tree, "num_features"), _integers(tree, "leaf_features")
    _hold(len(counts) == len(_texts(tree, "leaf_const")) == leaves and bool((counts >= 0).all()), "its leaves differ")
    _hold(int(counts.sum()) == len(features) == len(_texts(tree, "leaf_coeff")), "its coefficients differ")
    _hold(bool(((features >= 0) & (features < columns)).all()), "a coefficient is of no column")


def _pairs(text: str) -> dict[str, str]:
    """Return the lines `name=value`; of a name that is there twice it is not known which one counts."""
    lines = [line.partition("=") for line in text.split("\n") if line]
    pairs = {name: value for name, _, value in lines}
    _hold(len(pairs) == len(lines), "it says something twice")
    return pairs


def _texts(pairs: Mapping[str, str], name: str) -> list[str]:
    _hold(name in pairs, f"{name} is missing")
    return pairs[name].split()


def _integers(pairs: Mapping[str, str], name: str) -> np.ndarray:
    return np.array(_texts(pairs, name), dtype=np.int64)


def _number(pairs: Mapping[str, str], name: str) -> int:
    _hold(name in pairs, f"{name} is missing")
    return int(pairs[name])


def _hold(holds: bool, fault: str) -> None:  # noqa: FBT001  (what holds)
    if not holds:
        raise ModelFilesError(f"the model text of LightGBM is broken: {fault}")
