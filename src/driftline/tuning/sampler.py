"""Optuna behind one door: which params are tried next, and which trial is hopeless."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
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
        handle: Optuna's trial.
    """

    number: int
    space: TrainerSpace
    params: Mapping[str, Param]
    handle: Any


class Sampler:
    """Proposes trials, and learns from their values; the same seed and values give the same proposals.

    Args:
        spaces: of the trainers.
        method: `tpe` models which values are good, `random` does not, `grid` goes through all.
        seed: of what is drawn.
        greater_is_better: the direction of the values.
        prune: whether hopeless trials are named.
        trials: that there may be; None: any number.

    Raises:
        InvalidSearchError: a grid has more combinations than trials, or a range.
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
        self._spaces = {space.label: space for space in spaces}
        self._states = optuna.trial.TrialState
        samplers, pruners = optuna.samplers, optuna.pruners
        with quiet():
            self._study = optuna.create_study(
                direction="maximize" if greater_is_better else "minimize",
                sampler=samplers.TPESampler(seed=seed) if method == "tpe" else samplers.RandomSampler(seed=seed),
                pruner=pruners.MedianPruner(n_startup_trials=PRUNING_FROM) if prune else pruners.NopPruner(),
            )
        for space, params in self._first(method, trials):
            self._study.enqueue_trial(
                {"trainer": space.label, **{f"{space.label}.{name}": value for name, value in params.items()}}
            )

    def ask(self) -> Proposal:
        """Return the next trial."""
        handle = self._study.ask()
        labels = list(self._spaces)
        label = labels[0] if len(labels) == 1 else handle.suggest_categorical("trainer", labels)
        space = self._spaces[label]
        params = {name: _suggested(handle, f"{label}.{name}", values) for name, values in space.distributions.items()}
        return Proposal(number=handle.number, space=space, params=params, handle=handle)

    def is_hopeless(self, proposal: Proposal, step: int, value: float) -> bool:
        """Return whether a trial is worse at a step than half of those that were finished; each step is said once."""
        proposal.handle.report(value, step)
        return bool(proposal.handle.should_prune())

    def finish(self, proposal: Proposal, value: float) -> None:
        """Learn the value of a trial."""
        self._study.tell(proposal.handle, value)

    def prune(self, proposal: Proposal) -> None:
        """Learn that a trial was cut short."""
        self._study.tell(proposal.handle, state=self._states.PRUNED)

    def fail(self, proposal: Proposal) -> None:
        """Learn that a trial has no value."""
        self._study.tell(proposal.handle, state=self._states.FAIL)

    def _first(self, method: Method, trials: int | None) -> Iterator[tuple[TrainerSpace, Mapping[str, Param]]]:
        """Give what is tried first: a whole grid, or else what each trainer has by itself, as far as it is chosen."""
        if method == "grid":
            combinations = [(space, params) for space in self._spaces.values() for params in space.grid()]
            if trials is not None and trials < len(combinations):
                raise truncated_grid(len(combinations), trials)
            yield from combinations
            return
        yield from ((space, space.own_params) for space in self._spaces.values())


def _suggested(handle: Any, name: str, values: Distribution) -> Param:
    suggested: Param
    if not isinstance(values, Between):
        suggested = handle.suggest_categorical(name, list(values.values))
    elif values.is_whole:
        suggested = handle.suggest_int(name, values.low, values.high, log=values.log)
    else:
        suggested = handle.suggest_float(name, values.low, values.high, log=values.log)
    return suggested
