"""How far a search is, for whoever waits for it in the same process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SearchProgress:
    """How far a search is.

    Attributes:
        done: trials that have ended.
        total: trials that there will be at most; None: something else ends it.
        metric: what it chooses by.
        best: the best value so far; None without any.
    """

    done: int
    total: int | None
    metric: str
    best: float | None


Listener = Callable[[SearchProgress], None]
_listeners: list[Listener] = []


@contextmanager
def search_progress(listener: Listener) -> Iterator[None]:
    """Have `listener` called after each trial of every search of this process while the block lasts."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def tell(progress: SearchProgress) -> None:
    """Call whoever listens."""
    for listener in tuple(_listeners):
        listener(progress)
