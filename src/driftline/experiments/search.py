"""Searches for runs, in the language of filters: a page as plain values, or a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, overload

from driftline.experiments.aliases import alias_holders
from driftline.experiments.errors import (
    NotAFilterError,
    TooManyResultsError,
    UnknownExperimentError,
    UnknownOutputFormatError,
)
from driftline.experiments.lost import end_lost_runs
from driftline.experiments.page_token import place_of, token_of
from driftline.experiments.tables import long_table, wide_table
from driftline.filters import (
    And,
    Attribute,
    Condition,
    Membership,
    Order,
    fields_of,
    parse_filter,
    parse_order,
    terms_of,
)
from driftline.store import Session, found_runs, run_rows
from driftline.store.found_runs import FoundRun
from driftline.store.run_search import Search, search
from driftline.workspace import Workspace, read_workspace

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_RESULTS = 50_000  # of one search, as of MLflow's
_ANY = "archived = true OR archived = false"
OUTPUT_FORMATS = ("pandas", "long", "list")


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """A page of a search.

    Attributes:
        runs: in the order of the search.
        next_page_token: of the page after it; None where there is none.
    """

    runs: tuple[FoundRun, ...]
    next_page_token: str | None


def run_page(
    workspace: Workspace,
    *,
    filter_string: str = "",
    order_by: str | Sequence[str] = (),
    max_results: int = 50,
    experiment_names: Sequence[str] | None = None,
    page_token: str | None = None,
) -> RunPage:
    """Return a page of the runs that meet a filter, newest first where no order is given.

    The next page begins after the last run of this one, whatever was logged in between.

    Args:
        workspace: where they are stored.
        filter_string: as `metrics.auc > 0.9 and params.lr < 0.1`; archived runs are found where it names `archived`.
        order_by: as `metrics.loss ASC`; runs that lack the field come last, and of equal runs the newest first.
        max_results: how many at most, 1 to 50,000.
        experiment_names: only runs of these; None: of all.
        page_token: `next_page_token` of the page before.

    Raises:
        InvalidFilterError: the filter cannot be read.
        InvalidOrderError: the order cannot be read.
        UnknownExperimentError: no run was ever logged under one of the names.
        TooManyResultsError: `max_results` is not between 1 and 50,000.
        InvalidPageTokenError: the token is of another search, or is none.
    """
    if not isinstance(filter_string, str):
        raise NotAFilterError(filter_string)
    condition, order = parse_filter(filter_string), parse_order(order_by)
    if experiment_names is not None:
        with workspace.database.reading() as session:
            _check_experiments(session, experiment_names)
        of = Membership(field=Attribute.EXPERIMENT, values=tuple(experiment_names))
        condition = And(terms=(of, *terms_of(condition)))
    return page_of(workspace, condition, order, max_results=max_results, page_token=page_token)


def page_of(
    workspace: Workspace, condition: Condition, order: Order, *, max_results: int, page_token: str | None = None
) -> RunPage:
    """Return a page of the runs that meet a condition; arguments and errors are those of `run_page`."""
    if isinstance(max_results, bool) or not 1 <= max_results <= MOST_RESULTS:
        raise TooManyResultsError(max_results, MOST_RESULTS)
    place = None if page_token is None else place_of(page_token, condition, order)
    end_lost_runs(workspace)
    with workspace.database.reading() as session:
        holders = alias_holders(session, workspace.as_of()) if Attribute.ALIAS in fields_of(condition) else ()
        wanted = Search(condition=condition, order=order, holders=holders)
        places = search(session, wanted, first=max_results + 1, place=place)
        runs = found_runs.found_runs(session, [one.number for one in places[:max_results]])
    token = token_of(places[max_results - 1], condition, order) if len(places) > max_results else None
    return RunPage(runs=tuple(runs), next_page_token=token)


def all_runs(workspace: Workspace, filter_string: str = "") -> list[FoundRun]:
    """Return all runs that meet a filter, however many; without one all there are, archived ones, too.

    Raises:
        InvalidFilterError: the filter cannot be read.
    """
    runs: list[FoundRun] = []
    token: str | None = None
    while True:
        page = run_page(workspace, filter_string=filter_string or _ANY, max_results=MOST_RESULTS, page_token=token)
        runs += page.runs
        token = page.next_page_token
        if token is None:
            return runs


@overload
def search_runs(
    filter_string: str | None = "",
    order_by: str | Sequence[str] | None = None,
    *,
    max_results: int = 1000,
    experiment_names: Sequence[str] | None = None,
    output_format: Literal["pandas", "long"] = "pandas",
    workspace: Workspace | None = None,
) -> "DataFrame": ...


@overload
def search_runs(
    filter_string: str | None = "",
    order_by: str | Sequence[str] | None = None,
    *,
    max_results: int = 1000,
    experiment_names: Sequence[str] | None = None,
    output_format: Literal["list"],
    workspace: Workspace | None = None,
) -> list[FoundRun]: ...


def search_runs(
    filter_string: str | None = "",
    order_by: str | Sequence[str] | None = None,
    *,
    max_results: int = 1000,
    experiment_names: Sequence[str] | None = None,
    output_format: Literal["pandas", "long", "list"] = "pandas",
    workspace: Workspace | None = None,
) -> "DataFrame | list[FoundRun]":
    """Return the runs that meet a filter, newest first where no order is given.

    Args:
        filter_string: as `metrics.auc > 0.9 and params.lr < 0.1`, the language of MLflow with `OR`, `NOT`, parentheses
            and more. Archived runs are found only where it names `archived`.
        order_by: as `["metrics.loss ASC"]`; runs that lack the field come last.
        max_results: how many at most, 1 to 50,000.
        experiment_names: only runs of these experiments; None: of all.
        output_format: `pandas`, a row for each run, with columns such as `params.lr` and `metrics.auc`; `long`, a row
            for each param, metric and tag; `list`, plain values.
        workspace: where they are stored; by default where the settings say.

    Raises:
        InvalidFilterError: the filter cannot be read.
        InvalidOrderError: the order cannot be read.
        UnknownExperimentError: no run was ever logged under one of the names.
        TooManyResultsError: `max_results` is not between 1 and 50,000.
        UnknownOutputFormatError: there is no such format.
    """
    if output_format not in OUTPUT_FORMATS:
        raise UnknownOutputFormatError(output_format, OUTPUT_FORMATS)
    page = run_page(
        workspace or read_workspace(),
        filter_string="" if filter_string is None else filter_string,
        order_by=order_by or (),
        max_results=max_results,
        experiment_names=experiment_names,
    )
    if output_format == "list":
        return list(page.runs)
    return wide_table(page.runs) if output_format == "pandas" else long_table(page.runs)


def _check_experiments(session: Session, names: Sequence[str]) -> None:
    known = [row.name for row in run_rows.experiments(session)]
    for name in names:
        if name not in known:
            raise UnknownExperimentError(name, known)
