"""The errors of the room `rollout`."""

from driftline.errors import ConflictError, InvalidInputError, NotFoundError
from driftline.registry import CHALLENGER
from driftline.registry.errors import UnknownAliasError, nobody_is


class BanditRunsError(ConflictError):
    """A second bandit is to be started between versions of one model."""

    def __init__(self, model: str, champion: int, challenger: int) -> None:
        super().__init__(
            f"A bandit between versions {champion} and {challenger} of {model!r} runs already, and a model has one "
            f"at a time. Wait for its end, or end it: driftline bandit stop {model}."
        )


class NoBanditError(NotFoundError):
    """A model has no bandit, or none that runs."""

    def __init__(self, model: str) -> None:
        super().__init__(f"There is no such bandit of {model!r}. Start one: driftline bandit start {model} VERSION.")


class PropensityError(InvalidInputError):
    """Logged rows do not tell what a version would earn on all keys."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The value of a version cannot be estimated: {problem}. Log the propensity of each answer, and wait for "
            "more rows; nothing was estimated."
        )


class InvalidRolloutError(InvalidInputError):
    """A version cannot be rolled out in this way."""


def nobody_in_the_shadow(model: str) -> UnknownAliasError:
    """Return the error where a shadow is to be compared or ended, and there is none."""
    return nobody_is(model, CHALLENGER, f"Start one: driftline shadow {model} VERSION.")


def shadow_is_champion(model: str, version: int) -> InvalidRolloutError:
    """Return the error where the champion is to be its own shadow."""
    return InvalidRolloutError(
        f"Version {version} of {model!r} is champion, so it cannot be in its own shadow. "
        f"Name another one: driftline models {model}."
    )


def not_for_bandits(model: str) -> InvalidRolloutError:
    """Return the error where a bandit is to choose between versions whose rewards are not 0 or 1."""
    return InvalidRolloutError(
        f"The versions of {model!r} predict numbers, and a bandit counts which classes were right. "
        f"Compare them in the shadow: driftline shadow {model}."
    )
