"""The errors of the room `registry`."""

from collections.abc import Iterable

from driftline.artifacts.errors import ArtifactAlteredError
from driftline.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    listing,
    suggestion,
)


class InvalidModelReferenceError(InvalidInputError):
    """A text names no model version."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} does not name a model version. Write income@champion for an alias, income/3 for a version, "
            "or income for its champion."
        )


class UnknownModelError(NotFoundError):
    """No registered model has a name."""

    code = "UNKNOWN_MODEL"

    def __init__(self, name: str, names: Iterable[str]) -> None:
        super().__init__(f"There is no model {name!r}. {suggestion(name, names)}")


class UnknownAliasError(NotFoundError):
    """No version of a model holds an alias, or there is no such alias."""

    code = "UNKNOWN_ALIAS"


class ForeignModelError(InvalidInputError):
    """A version came from another registry, in a format that is not driftline's own."""

    def __init__(self, version: int, run_id: str, flavor: str) -> None:
        super().__init__(
            f"Version {version}, of run {run_id[:8]}, was imported in the format {flavor!r}, which may run any code "
            "when it is loaded: driftline does not load it. Train the model again here, or load its files, which are "
            "artifacts of that run, by the library that wrote them."
        )


class AliasMovedError(ConflictError):
    """An alias was moved since it was read."""

    code = "ALIAS_MOVED"

    def __init__(self, alias: str, reason: str) -> None:
        super().__init__(f"The alias {alias!r} was moved in between: {reason}. Read it again, then decide again.")


class DecisionOrderError(ConflictError):
    """Something cannot happen to a decision any more."""

    def __init__(self, decision_id: int, status: str, event: str) -> None:
        super().__init__(
            f"Decision {decision_id} is {status}, and {event} cannot follow that. Read it again: somebody else went on "
            "with it."
        )


class UnknownVersionError(NotFoundError):
    """A model has no such version."""

    code = "UNKNOWN_VERSION"


class InvalidSwitchError(InvalidInputError):
    """The champion cannot be switched so."""


class IncomparableModelsError(InvalidInputError):
    """Two versions predict different classes, so the same rows cannot score both."""


class HistoryRewriteError(ConflictError):
    """A change would take effect at a time that has been answered for."""

    code = "HISTORY_REWRITE"


class MissingReasonError(InvalidInputError):
    """Somebody acts and does not say why."""

    def __init__(self) -> None:
        super().__init__("The reason is empty. Say in words why you do this: it is kept with the decision.")


class UnknownDecisionError(NotFoundError):
    """No decision has a number."""

    code = "UNKNOWN_DECISION"


class UnknownDecisionStatusError(InvalidInputError):
    """There is no such status of a decision."""

    def __init__(self, status: str, names: Iterable[str]) -> None:
        super().__init__(f"There is no status {status!r} of a decision. {suggestion(status, names)}")


def nobody_is(model: str, alias: str, remedy: str | None = None) -> UnknownAliasError:
    """Return the error where no version of a model holds an alias."""
    usual = f"Materialize {model}/model and {model}/champion, or name a version: driftline models {model}."
    return UnknownAliasError(f"No version of {model!r} is {alias!r} yet. {remedy or usual}")


def unknown_alias(alias: str, names: Iterable[str]) -> UnknownAliasError:
    """Return the error where there is no such alias, whatever the model."""
    return UnknownAliasError(f"There is no alias {alias!r}. {suggestion(alias, names)}")


def unknown_decision(number: int) -> UnknownDecisionError:
    """Return the error where no decision has a number."""
    return UnknownDecisionError(f"There is no decision {number}. List them: driftline decisions.")


def unknown_version(model: str, version: int) -> UnknownVersionError:
    """Return the error where a model has no version of a number."""
    return UnknownVersionError(f"The model {model!r} has no version {version}. List them: driftline models {model}.")


def no_previous_version(model: str, alias: str) -> UnknownVersionError:
    """Return the error where nobody held an alias before."""
    return UnknownVersionError(f"No version of {model!r} was {alias!r} before. Name the version to roll back to.")


def past_switch(at: object, now: object) -> InvalidSwitchError:
    """Return the error where a switch of the champion is asked for with effect from a time that has passed."""
    return InvalidSwitchError(
        f"A switch with effect from {at} would change who served until now ({now}). Name a time to come, or none."
    )


def already_champion(model: str, version: int) -> InvalidSwitchError:
    """Return the error where a version is to become what it is already."""
    return InvalidSwitchError(
        f"Version {version} of {model!r} is champion already, or will be by a planned switch. "
        f"See who serves when: driftline models {model}."
    )


def incomparable_classes(
    pipeline: str, champion: Iterable[object], challenger: Iterable[object]
) -> IncomparableModelsError:
    """Return the error where champion and challenger say different things, so no holdout can score both."""
    return IncomparableModelsError(
        f"The champion of {pipeline!r} predicts {listing(map(str, champion))}, the challenger "
        f"{listing(map(str, challenger))}: their classes are not the same, so one holdout cannot score both. "
        "Restore the classes at the source, or declare the new target as a pipeline of another name."
    )


def alias_move_in_the_past(alias: str, last: object, effective_at: object) -> HistoryRewriteError:
    """Return the error where an alias event would change what held at a time that has been answered for."""
    return HistoryRewriteError(
        f"The alias {alias!r} was moved with effect from {last}; a move with effect from {effective_at} "
        "would rewrite that history. Decide as of a later time."
    )


def altered_version(version: int, run_id: str, registered: str, actual: str) -> ArtifactAlteredError:
    """Return the error where the files of a version's run are not those that were registered."""
    return ArtifactAlteredError(
        f"The files of version {version} (run {run_id}) were altered: together they have the digest {actual}, the "
        f"version was registered with {registered}. Restore the database from a backup, or train the model again; it "
        "is not loaded."
    )


class UnregistrableModelError(InvalidInputError):
    """What was fitted is no model that can be kept."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"A {kind} predicts neither numbers nor probabilities of classes, so it is not kept as a model. Log a "
            "fitted classifier with predict_proba or a regressor, or keep what it is as a file: log_artifact(path)."
        )


class NoModelLoggedError(NotFoundError):
    """A run has no model."""

    code = "NO_MODEL_LOGGED"


def no_model_logged(run_id: str) -> NoModelLoggedError:
    """Return the error where a run that is to be registered has no model."""
    return NoModelLoggedError(f"The run {run_id} has no model. Log one while it goes on: log_model(fitted, features).")
