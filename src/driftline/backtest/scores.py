"""What the versions of a replay predict for the partitions of its past, each scored once."""

from collections.abc import Sequence
from itertools import takewhile

from driftline.backtest.past import Past
from driftline.evaluations import LabelledRows
from driftline.models import Model

BLOCK = 28  # partitions that are scored together: one call of a model costs more than a day's rows


class Scores:
    """The predictions of versions for partitions, with all their labels; who asks takes those that were known then."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._places = {key: place for place, key in enumerate(past.keys)}
        self._scored: dict[tuple[int, str], LabelledRows | None] = {}

    def of(self, number: int, model: Model, keys: Sequence[str]) -> dict[str, LabelledRows]:
        """Return what version `number` predicts for those of `keys` that have rows; some that follow are scored too."""
        for key in keys:
            if (number, key) not in self._scored:
                at = self._places[key]
                following = self._past.keys[at : at + BLOCK]
                block = list(takewhile(lambda one: (number, one) not in self._scored, following))
                predicted = self._past.predicted(block, model, number)
                self._scored |= {(number, one): predicted.get(one) for one in block}
        found = {key: self._scored[number, key] for key in keys}
        return {key: rows for key, rows in found.items() if rows is not None}
