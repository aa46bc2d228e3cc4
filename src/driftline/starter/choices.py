"""All that a first declaration chooses for a table, each choice with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from driftline.datasets import RandomShare
from driftline.datasets.errors import MissingColumnError
from driftline.declaration import reserved_names
from driftline.metrics import Task
from driftline.starter.columns import entity_of, telling_columns, useless_columns
from driftline.starter.errors import doubled_column, no_names, reserved_columns, target_as_time, too_few_rows
from driftline.starter.stream import StreamCut, cut_stream
from driftline.starter.table import SourceTable
from driftline.starter.target import TargetChoice, choose_target
from driftline.starter.times import EventTimes, read_times

LEAST_ROWS = 50
NUMBER = "row"  # the column that numbers the rows of one time, where nothing else tells them apart
SHARE = 0.2  # of a table, for the holdout
_SEEDS = 20  # that are tried until both parts of a table have both of two classes


@dataclass(frozen=True, kw_only=True)
class StreamChoice:
    """What makes a stream of a table.

    Attributes:
        time_column: of the event.
        times: how its values are read.
        lacks_times: whether rows have none.
        cut: its partitions.
        entity: the column that tells rows of one time apart; None where times do not come twice, or none does.
        number: the new column that numbers the rows of one time to tell them apart; None where none is needed.
    """

    time_column: str
    times: EventTimes
    lacks_times: bool
    cut: StreamCut
    entity: str | None
    number: str | None


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a first declaration says.

    Attributes:
        table: the file.
        target: what is predicted.
        ignored: the columns that nothing can be learnt from, with the reasons.
        telling: the columns that tell the label by themselves, and may not be known before it.
        stream: what makes a stream of it; None for a table without time.
        seed: of the holdout of a table.
    """

    table: SourceTable
    target: TargetChoice
    ignored: Mapping[str, str]
    telling: tuple[str, ...]
    stream: StreamChoice | None
    seed: int = 0


def choose(table: SourceTable, *, target: str, time: str | None, now: datetime) -> Choices:
    """Return the choices for a table.

    Args:
        table: what was read.
        target: the column to predict.
        time: the column of event times, for a stream.
        now: the time; a stream whose rows are old has ended.

    Raises:
        MissingColumnError: the table lacks one of the columns.
        SourceTableError: it cannot be predicted, its times cannot be read, there are too few rows, or its columns have
            names that they cannot have.
    """
    _refuse_names(table, target, time)
    labelled = table.frame[table.frame[target].notna()]
    if len(labelled) < LEAST_ROWS:
        raise too_few_rows(table.path, target, len(labelled), LEAST_ROWS)
    chosen = choose_target(table.frame[target])
    stream = None if time is None else _stream(table.frame, target, time, now)
    entity = [stream.entity] if stream is not None and stream.entity is not None else []
    features = labelled.drop(columns=[target, *([time] if time is not None else []), *entity])
    ignored = useless_columns(features)
    telling = (
        [] if chosen.task is Task.REGRESSION else telling_columns(features.drop(columns=[*ignored]), labelled[target])
    )
    seed = _seed(labelled.drop(columns=[*ignored]), target) if stream is None and chosen.task is Task.BINARY else 0
    return Choices(table=table, target=chosen, ignored=ignored, telling=tuple(telling), stream=stream, seed=seed)


def _refuse_names(table: SourceTable, target: str, time: str | None) -> None:
    names = [str(name) for name in table.frame.columns]
    missing = [name for name in (target, time) if name is not None and name not in names]
    if missing and table.options is not None and any(map(_is_number, names)):
        raise no_names(missing[0], table.path, names)
    if missing:
        raise MissingColumnError(missing, names)
    for name in table.doubled & {target, time}:
        raise doubled_column(table.path, name)
    if target == time:
        raise target_as_time(target)
    if reserved_names(names):
        raise reserved_columns(reserved_names(names))


def _is_number(name: str) -> bool:
    return name.strip().replace(".", "", 1).lstrip("-").isdecimal()


def _seed(rows: pd.DataFrame, target: str) -> int:
    """Return the first seed of a holdout that leaves both classes in both parts."""
    for seed in range(_SEEDS):
        split = RandomShare(share=SHARE, seed=seed).split(rows)
        if min(split.train[target].nunique(), split.holdout[target].nunique()) > 1:
            return seed
    return 0


def _stream(frame: pd.DataFrame, target: str, time: str, now: datetime) -> StreamChoice:
    times = read_times(frame[time])
    timed = frame.assign(**{time: times.moments})[times.moments.notna()].drop(columns=target)
    comes_twice = bool(timed[time].duplicated().any())
    entity = entity_of(timed, time) if comes_twice else None
    return StreamChoice(
        time_column=time,
        times=times,
        lacks_times=len(timed) < len(frame),
        cut=cut_stream(time, times.moments, frame[target], now),
        entity=entity,
        number=_new_name(frame) if comes_twice and entity is None else None,
    )


def _new_name(frame: pd.DataFrame) -> str:
    """Return a name for the numbers of the rows of one time that no column has."""
    candidates = (NUMBER, *(f"{NUMBER}_{place}" for place in range(2, frame.shape[1] + 3)))
    return next(name for name in candidates if name not in frame.columns)
