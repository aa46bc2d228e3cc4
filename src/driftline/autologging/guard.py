"""What keeps autologging out of the way: no error of it reaches a training, and no training is logged twice."""

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.dummy import DummyProcess
from typing import TypeVar

from driftline.autologging.runs import Run, Runs
from driftline.models import is_own_training

Result = TypeVar("Result")

_WARNED: set[tuple[str, str]] = set()
_HERE = threading.local()
_going_on = 0  # trainings, in all threads
_counting = threading.Lock()
_log = logging.getLogger(__name__)


def safely(what: str, work: Callable[[], Result]) -> Result | None:
    """Return what `work` returns; None where it fails, which is warned of once for each kind of failure."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with logging, the training goes on
        kind = (what, type(error).__name__)
        if kind not in _WARNED:
            _WARNED.add(kind)
            _log.warning("Autologging leaves out %s: %s: %s", what, type(error).__name__, error)
        return None


def is_part_of_training() -> bool:
    """Return whether this thread is amid a training that is logged, or works for one, as joblib's threads do.

    What one of driftline's trainers fits is a part of what called it, which records what it made of it.
    """
    if getattr(_HERE, "depth", 0) or is_own_training():
        return True
    return _going_on > 0 and isinstance(threading.current_thread(), DummyProcess)


@contextmanager
def training() -> Iterator[None]:
    """Have all that is trained within the block count as a part of it."""
    global _going_on  # noqa: PLW0603 - one number for the process
    _HERE.depth = getattr(_HERE, "depth", 0) + 1
    with _counting:
        _going_on += 1
    try:
        yield
    finally:
        _HERE.depth -= 1
        with _counting:
            _going_on -= 1


@contextmanager
def run_of(runs: Runs, name: str) -> Iterator[Run | None]:
    """Give the run that is going on, or one that starts and ends with the block; None where none can be started."""
    active = safely("the active run", runs.active)
    if active is not None:
        yield active
        return
    opened = safely("a training", lambda: runs.start(name=name))
    run = None if opened is None else safely("a training", opened.__enter__)
    if opened is None or run is None:
        yield None
        return
    try:
        yield run
    except BaseException:
        failure = sys.exc_info()
        safely("the end of a run", lambda: _failed(opened.__exit__, failure))
        raise
    safely("the end of a run", lambda: opened.__exit__(None, None, None))


def _failed(leave: Callable[..., object], failure: tuple[object, ...]) -> None:
    """End a run as failed; what failed is the training's own to raise."""
    try:
        leave(*failure)
    except BaseException as error:  # a block is left by raising what it was left by
        if error is not failure[1]:
            raise
