"""What a model predicts; it decides the shape and meaning of truth and scores."""

from enum import StrEnum


class Task(StrEnum):
    """The kind of prediction.

    binary: truth is 0 or 1, shape (n_rows,); scores are probabilities of 1, shape (n_rows,).
    multiclass: truth is a class index, shape (n_rows,); scores are probabilities, shape (n_rows, n_classes).
    regression: truth and scores are finite numbers, shape (n_rows,).
    """

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"
