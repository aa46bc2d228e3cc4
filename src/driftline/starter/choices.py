"""All that a first declaration chooses for a table, each choice with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from driftline.datasets.errors import MissingColumnError
from driftline.metrics import Task
from driftline.starter.columns import entity_of, telling_columns, useless_columns
from driftline.starter.errors import too_few_rows
from driftline.starter.stream import StreamCut, cut_stream
from driftline.starter.table import SourceTable
from driftline.starter.target import TargetChoice, choose_target
from driftline.starter.times import EventTimes, read_times

LEAST_ROWS = 50


@dataclass(frozen=True, kw_only=True)
class StreamChoice:
    """What makes a stream of a table.

    Attributes:
        time_column: of the event.
        times: how its values are read.
        lacks_times: whether rows have none.
        cut: its partitions.
        entity: the column that tells rows of one time apart; None where times do not come twice, or none does.
        is_numbered: whether the rows of one time are numbered to tell them apart.
    """

    time_column: str
    times: EventTimes
    lacks_times: bool
    cut: StreamCut
    entity: str | None
    is_numbered: bool


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a first declaration says.

    Attributes:
        table: the file.
        target: what is predicted.
        ignored: the columns that nothing can be learnt from, with the reasons.
        telling: the columns that tell the label by themselves, and may not be known before it.
        stream: what makes a stream of it; None for a table without time.
    """

    table: SourceTable
    target: TargetChoice
    ignored: Mapping[str, str]
    telling: tuple[str, ...]
    stream: StreamChoice | None


def choose(table: SourceTable, *, target: str, time: str | None, now: datetime) -> Choices:
    """Return the choices for a table.

    Args:
        table: what was read.
        target: the column to predict.
        time: the column of event times, for a stream.
        now: the time; a stream whose rows are old has ended.

    Raises:
        MissingColumnError: the table lacks one of the columns.
        SourceTableError: it cannot be predicted, its times cannot be read, or there are too few rows.
    """
    missing = [name for name in (target, time) if name is not None and name not in table.frame.columns]
    if missing:
        raise MissingColumnError(missing, table.frame.columns)
    chosen = choose_target(table.frame[target])
    labelled = table.frame[table.frame[target].notna()]
    if len(labelled) < LEAST_ROWS:
        raise too_few_rows(table.path, len(labelled), LEAST_ROWS)
    stream = None if time is None else _stream(table.frame, target, time, now)
    entity = [stream.entity] if stream is not None and stream.entity is not None else []
    features = labelled.drop(columns=[target, *([time] if time is not None else []), *entity])
    ignored = useless_columns(features)
    telling = (
        [] if chosen.task is Task.REGRESSION else telling_columns(features.drop(columns=[*ignored]), labelled[target])
    )
    return Choices(table=table, target=chosen, ignored=ignored, telling=tuple(telling), stream=stream)


def _stream(frame: pd.DataFrame, target: str, time: str, now: datetime) -> StreamChoice:
    times = read_times(frame[time])
    timed = frame.assign(**{time: times.moments})[times.moments.notna()].drop(columns=target)
    comes_twice = bool(timed[time].duplicated().any())
    entity = entity_of(timed, time) if comes_twice else None
    return StreamChoice(
        time_column=time,
        times=times,
        lacks_times=len(timed) < len(frame),
        cut=cut_stream(time, times.moments, now),
        entity=entity,
        is_numbered=comes_twice and entity is None,
    )
