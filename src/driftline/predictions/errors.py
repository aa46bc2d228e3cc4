"""The errors of the room `predictions`."""

from driftline.errors import InvalidInputError


class BanditRuleError(InvalidInputError):
    """A value of a bandit between two versions cannot be used."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"A bandit has {name}={value!r}. Give it {allowed}.")


class UnusableScoreError(InvalidInputError):
    """A model said something that is no finite number."""

    def __init__(self, count: int, total: int) -> None:
        super().__init__(
            f"The model gave NaN or infinite scores for {count} of {total} values. Look at the input rows, "
            "or roll back to a version that scores them."
        )
