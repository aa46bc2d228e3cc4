"""The errors of the room `tuning`."""

from collections.abc import Iterable

from driftline.errors import DriftlineError, InvalidInputError, listing, suggestion


class InvalidSearchError(InvalidInputError):
    """A search is declared in a way that cannot be followed."""

    code = "INVALID_TUNING"


class SearchFailedError(DriftlineError):
    """A search has found nothing that could be chosen."""

    code = "SEARCH_FAILED"


def invalid_distribution(shown: str, fault: str) -> InvalidSearchError:
    """Return the error where a distribution has no values to choose from."""
    return InvalidSearchError(f"{shown} {fault}. Write Between(low, high) with low below high, or OneOf(a, b, ...).")


def invalid_search(fault: str, remedy: str) -> InvalidSearchError:
    """Return the error where an argument of a search breaks a rule."""
    return InvalidSearchError(f"A search cannot be made: {fault}. {remedy}")


def unknown_param(name: str, known: Iterable[str]) -> InvalidSearchError:
    """Return the error where no trainer of a search has a param of its space."""
    return InvalidSearchError(
        f"No trainer of the search has the param {name!r} of its space. {suggestion(name, known)}"
    )


def no_default_space(trainer: str) -> InvalidSearchError:
    """Return the error where nothing says which params of a trainer to search."""
    return InvalidSearchError(
        f"Nothing says which params of {trainer} to search: it has no default space. "
        f'Name them as space={{"{trainer}.param": Between(low, high)}}, or leave the trainer out.'
    )


def truncated_grid(size: int, trials: int) -> InvalidSearchError:
    """Return the error where a grid has more combinations than there are trials."""
    return InvalidSearchError(
        f"The grid has {size:,} combinations and the search {trials:,} trials: some would never be tried. "
        "Give trials=None for all of them, fewer values, or method='random'."
    )


def unfit_validation(fault: str, remedy: str) -> InvalidSearchError:
    """Return the error where rows cannot be parted into those to learn from and those to choose by."""
    return InvalidSearchError(f"Trials cannot be validated: {fault}. {remedy}")


def nothing_chosen(trials: int, first_error: str) -> SearchFailedError:
    """Return the error where no trial of a search has a value."""
    return SearchFailedError(
        f"No trial of the search has succeeded, {trials} failed; the first one: {first_error}. "
        "Look at the rows, the trainers and the space; each trial that failed is a run with its traceback."
    )


def foreign_recipe(recipe: object, trainers: Iterable[str]) -> InvalidSearchError:
    """Return the error where what a search has chosen does not fit the trainers that it has now."""
    return InvalidSearchError(
        f"The recipe {str(recipe)[:200]} does not fit the trainers of the search ({listing(trainers)}). "
        "It was chosen under another declaration: train again."
    )
