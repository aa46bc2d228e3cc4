"""Optuna behind one door: which params are tried next, and which trial is hopeless."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from types import ModuleType
from typing import Any, Literal

from driftline.errors import LibraryMissingError
from driftline.models import Param
from driftline.tuning.distributions import Between, Distribution
from driftline.tuning.errors import truncated_grid
from driftline.tuning.spaces import TrainerSpace

Method = Literal["tpe", "random", "grid"]

PRUNING_FROM = 5  # complete trials: a median of fewer says little


def _optuna() -> ModuleType:
    """Return the library, imported when it is first needed: it is an extra, and costs half a second."""
    try:
        return import_module("optuna")
    except ImportError as error:
        raise LibraryMissingError("Optuna", error, "pip install 'driftline[search]'") from error


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Optuna from writing each trial to the terminal: they are runs."""
    optuna = _optuna()
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is tried next.

    Attributes:
        number: of the trial, from 0 on.
        space: of which trainer.
        params: what is chosen of it.
        study: Optuna's, of this trainer.
        handle: Optuna's trial.
    """

    number: int
    space: TrainerSpace
    params: Mapping[str, Param]
    study: Any
    handle: Any


class Sampler:
    """Proposes trials, and learns from their values; the same seed and values give the same proposals.

    The trainers take turns, each with a study of its own: what is good of one says nothing of another, and a blend
    wants the best of each.

    Args:
        spaces: of the trainers.
        method: `tpe` models which values are good, `random` does not, `grid` goes through all.
        seed: of what is drawn.
        greater_is_better: the direction of the values.
        prune: whether hopeless trials are named.
        trials: that there may be; None: any number.

    Raises:
        InvalidTuningError: a grid has more combinations than trials, or a range.
        LibraryMissingError: Optuna is not installed.
    """

    def __init__(
        self,
        spaces: Sequence[TrainerSpace],
        *,
        method: Method,
        seed: int,
        greater_is_better: bool,
        prune: bool,
        trials: int | None,
    ) -> None:
        optuna = _optuna()
        self._states = optuna.trial.TrialState
        samplers, pruners = optuna.samplers, optuna.pruners
        with quiet():
            self._studies = [
                optuna.create_study(
                    direction="maximize" if greater_is_better else "minimize",
                    sampler=samplers.TPESampler(seed=seed) if method == "tpe" else samplers.RandomSampler(seed=seed),
                    pruner=pruners.MedianPruner(n_startup_trials=PRUNING_FROM) if prune else pruners.NopPruner(),
                )
                for _ in spaces
            ]
        self._turns = _grid(spaces, trials) if method == "grid" else _in_turn(spaces)
        self._asked = 0

    def ask(self) -> Proposal:
        """Return the next trial."""
        place, space, fixed = next(self._turns)
        study = self._studies[place]
        if fixed:
            study.enqueue_trial(dict(fixed))
        handle = study.ask()
        params = {name: _suggested(handle, name, values) for name, values in space.distributions.items()}
        self._asked += 1
        return Proposal(number=self._asked - 1, space=space, params=params, study=study, handle=handle)

    def is_hopeless(self, proposal: Proposal, step: int, value: float) -> bool:
        """Return whether a trial is worse at a step than half of those that were finished; each step is said once."""
        proposal.handle.report(value, step)
        return bool(proposal.handle.should_prune())

    def finish(self, proposal: Proposal, value: float) -> None:
        """Learn the value of a trial."""
        proposal.study.tell(proposal.handle, value)

    def prune(self, proposal: Proposal) -> None:
        """Learn that a trial was cut short."""
        proposal.study.tell(proposal.handle, state=self._states.PRUNED)

    def fail(self, proposal: Proposal) -> None:
        """Learn that a trial has no value."""
        proposal.study.tell(proposal.handle, state=self._states.FAIL)


_Turn = tuple[int, TrainerSpace, Mapping[str, Param]]


def _in_turn(spaces: Sequence[TrainerSpace]) -> Iterator[_Turn]:
    """Give the trainers in turn without end, each first with the params that it has by itself, as far as chosen."""
    for round_ in count():
        yield from ((place, space, {} if round_ else space.own_params) for place, space in enumerate(spaces))


def _grid(spaces: Sequence[TrainerSpace], trials: int | None) -> Iterator[_Turn]:
    """Give each combination of each trainer.

    Raises:
        InvalidTuningError: there are more than trials, or a param has a range.
    """
    combinations = [(place, space, params) for place, space in enumerate(spaces) for params in space.grid()]
    if trials is not None and trials < len(combinations):
        raise truncated_grid(len(combinations), trials)
    return iter(combinations)


def _suggested(handle: Any, name: str, values: Distribution) -> Param:
    suggested: Param
    if not isinstance(values, Between):
        suggested = handle.suggest_categorical(name, list(values.values))
    elif values.is_whole:
        suggested = handle.suggest_int(name, values.low, values.high, log=values.log)
    else:
        suggested = handle.suggest_float(name, values.low, values.high, log=values.log)
    return suggested
