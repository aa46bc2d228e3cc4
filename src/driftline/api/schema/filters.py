"""Lists narrowed by a name, a version or a range of partitions; one that nothing has is an error, not an empty list."""

from collections.abc import Sequence
from datetime import datetime

from driftline.api.errors import UnknownDatasetError
from driftline.declaration import Declaration
from driftline.experiments.errors import UnknownExperimentError
from driftline.registry import find_declaration, known_model, numbered_version, pipeline_names
from driftline.rows.errors import no_partition_between
from driftline.store import Session, alert_rows, backtest_rows, evaluation_rows, run_rows
from driftline.store.run_rows import RunStatus


def runs(
    session: Session,
    experiment: str | None,
    *,
    status: RunStatus | None,
    first: int,
    before: tuple[datetime, int] | None,
) -> Sequence[run_rows.Run]:
    """Return runs, newest first, of a known experiment or of all."""
    if experiment is not None:
        names = [row.name for row in run_rows.experiments(session)]
        if experiment not in names:
            raise UnknownExperimentError(experiment, names)
    return run_rows.newest_runs(session, experiment=experiment, status=status, first=first, before=before)


def evaluations(
    session: Session,
    model: str,
    *,
    version: int | None,
    dataset: str | None,
    start: str | None,
    end: str | None,
    first: int,
    before: int | None,
) -> Sequence[evaluation_rows.Evaluation]:
    """Return evaluations of a known model, newest first, of a known version, dataset and range of partitions."""
    model_id = known_model(session, model).id
    if version is not None:
        numbered_version(session, model, version)
    datasets = (model, f"{model}/holdout", f"{model}/estimated")
    if dataset is not None and dataset not in datasets:
        raise UnknownDatasetError(dataset, datasets)
    low, high = (None, None) if start is None and end is None else _keys(find_declaration(session, model), start, end)
    return evaluation_rows.evaluations(
        session,
        model_id,
        version=version,
        dataset=dataset,
        first_partition=low,
        last_partition=high,
        first=first,
        before=before,
    )


def alerts(
    session: Session, model: str | None, *, is_open: bool | None, first: int, before: int | None
) -> Sequence[alert_rows.AlertRow]:
    """Return alerts, newest first, of all models or of one that is registered, or declared and not yet trained."""
    if model is not None and model not in pipeline_names(session):
        known_model(session, model)
    return alert_rows.newest_alerts(session, model=model, is_open=is_open, first=first, before=before)


def backtests(
    session: Session, pipeline: str | None, *, first: int, before: int | None
) -> Sequence[backtest_rows.BacktestRow]:
    """Return backtests, newest first, of all pipelines or of one that has run or was replayed."""
    rows = backtest_rows.newest_backtests(session, pipeline, first=first, before=before)
    if not rows and pipeline is not None:
        find_declaration(session, pipeline)
    return rows


def _keys(pipeline: Declaration, start: str | None, end: str | None) -> tuple[str | None, str | None]:
    """Return the first and the last key of what `start` and `end` name; keys of a stream are ordered as text."""
    partitions = pipeline.stream
    first, last = (None if text is None else partitions.span(text) for text in (start, end))
    if first and last and last.end <= first.start:
        raise no_partition_between(pipeline.name, start, end, partitions.start, partitions.end or "now")
    low = partitions.key(partitions.first)  # a holdout is in no partition
    if first is not None:
        low = min(partitions.keys(first) or [partitions.key(first.start)])
    high = None if last is None else max(partitions.keys(last) or [partitions.key(last.start)])
    return low, high
