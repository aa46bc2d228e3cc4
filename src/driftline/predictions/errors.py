"""The errors of the room `predictions`."""

from driftline.models.errors import ScoringError


def unusable_scores(count: int, total: int) -> ScoringError:
    """Return the error where a model predicted a value that is not a finite number."""
    return ScoringError(
        f"The model gave NaN or infinite scores for {count} of {total} values. Look at the input rows, "
        "or roll back to a version that scores them."
    )
