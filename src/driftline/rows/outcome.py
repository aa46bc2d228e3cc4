"""What became of many partitions: one that fails is named and loses no other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from driftline.errors import DriftlineError

Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass(frozen=True, kw_only=True)
class Outcome(Generic[Done]):
    """The partitions of one piece of work, by key.

    Attributes:
        done: what came of each that worked.
        waiting: why each is not possible yet; asking later helps.
        failed: what is wrong with each, and what to do.
    """

    done: Mapping[str, Done] = field(default_factory=dict)
    waiting: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)


def run_batched(work: Callable[[Mapping[str, Item]], dict[str, Done]], items: Mapping[str, Item]) -> Outcome[Done]:
    """Return the outcome of `work` on all `items` in one call; one by one where that call raises.

    Most partitions are sound and cheaper together; one that is not must be named and lose no other.
    """
    if not items:
        return Outcome()
    try:
        return Outcome(done=work(items))
    except DriftlineError as error:
        if len(items) == 1:
            return Outcome(failed=dict.fromkeys(items, str(error)))
    parts = [run_batched(work, {key: item}) for key, item in items.items()]
    return Outcome(
        done={key: done for part in parts for key, done in part.done.items()},
        failed={key: why for part in parts for key, why in part.failed.items()},
    )
