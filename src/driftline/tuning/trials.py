"""The trials of a search, one after the other, until a limit is reached."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from driftline.capture import Usage, exhausted
from driftline.errors import LibraryMissingError
from driftline.metrics import metric
from driftline.models import BoostingTrainer, Param, Trainer, watched_metric
from driftline.tuning.blending import POOL, ranked
from driftline.tuning.progress import SearchProgress, tell
from driftline.tuning.recording import Recorder, TrialRecord
from driftline.tuning.sampler import Proposal, Sampler, quiet
from driftline.tuning.stopping import Limits, Stop, stop_of
from driftline.tuning.trial import Evaluation, Rows, Trial, TrialStatus, evaluate

HOPELESS = 20  # trials that fail before any succeeds: the next ones would, too
_STEP = 0.5  # of the sum of learning rates: trials are compared where they have learnt as much
_WARMUP = 4  # such steps before which a trial is not judged
_WHOLE_FOLD = 10**9  # the step of a trainer without iterations


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How trials are run and judged.

    Attributes:
        metric: what they are judged by.
        limits: what ends the search.
        most_trees: boosting rounds, at most.
        patience: iterations without a better value after which a training ends.
        blend: members of a blend, at most; 1: none is made.
    """

    metric: str
    limits: Limits
    most_trees: int
    patience: int
    blend: int


class _PrunedTrial(Exception):  # noqa: N818 - no error
    """A trial is hopeless."""


class _SpentBudget(Exception):  # noqa: N818 - no error
    """The budget is spent amid a trial."""


def run_trials(
    sampler: Sampler, rows: Rows, rule: Rule, *, recorder: Recorder, usage: Callable[[], Usage]
) -> tuple[list[Trial], Stop | None]:
    """Return the trials, in their order, and why there are no more: None where so many failed that it is given up.

    A trial that fails, or whose metric has no value, stops none that follow. The first that is complete is not cut
    short by the budget, so that there is something to choose from.

    Args:
        sampler: proposes them.
        rows: what they learn from and are measured on.
        rule: how they are judged.
        recorder: where they are written to.
        usage: what the search has used so far.

    Raises:
        LibraryMissingError: a trainer's library is not installed.
    """
    greater = metric(rule.metric, rows.task).greater_is_better
    trials: list[Trial] = []
    with quiet():
        while True:
            best = next(iter(ranked(trials, greater_is_better=greater)), None)
            value = None if best is None else best.value
            tell(SearchProgress(done=len(trials), total=rule.limits.trials, metric=rule.metric, best=value))
            stop = stop_of(rule.limits, done=len(trials), best=value, greater_is_better=greater, used=usage())
            if stop is not None or (best is None and len(trials) >= HOPELESS):
                return trials, stop
            one = _Attempt(sampler, rows, rule, usage=usage, may_stop=best is not None)
            trials = _with_scores_of_the_best([*trials, one.run(recorder)], rule.blend, greater_is_better=greater)


@dataclass(frozen=True, kw_only=True)
class _Running:
    """What a trial works with."""

    proposal: Proposal
    trainer: Trainer
    record: TrialRecord


class _Attempt:
    """One trial while it runs."""

    def __init__(self, sampler: Sampler, rows: Rows, rule: Rule, *, usage: Callable[[], Usage], may_stop: bool) -> None:
        self._sampler, self._rows, self._rule = sampler, rows, rule
        self._usage, self._may_stop = usage, may_stop
        self._watched = watched_metric(rule.metric, rows.task)
        greater = metric(rule.metric, rows.task).greater_is_better
        self._is_turned = metric(self._watched, rows.task).greater_is_better != greater
        self._seen = (0, 0)
        self._began_s = usage().duration_s

    def run(self, recorder: Recorder) -> Trial:
        """Return what came of it."""
        proposal = self._sampler.ask()
        params = dict(proposal.params)
        with recorder.trial(proposal.number, proposal.space.label, params) as record:
            try:
                trainer = _trainer(proposal, self._rule)
                found = evaluate(
                    trainer,
                    self._rows,
                    metric=self._rule.metric,
                    patience=self._rule.patience,
                    report=partial(self._report, _Running(proposal=proposal, trainer=trainer, record=record)),
                )
            except (_PrunedTrial, _SpentBudget) as cut:
                status = TrialStatus.PRUNED if isinstance(cut, _PrunedTrial) else TrialStatus.STOPPED
                self._sampler.prune(proposal)
                record.end(status, {})
                return self._trial(proposal, params, record, status=status)
            except LibraryMissingError:
                raise
            except Exception as error:  # noqa: BLE001 - a trainer is anybody's code; the other trials go on
                self._sampler.fail(proposal)
                record.fail(error)
                message = f"{type(error).__name__}: {error}"
                return self._trial(proposal, params, record, status=TrialStatus.FAILED, error=message)
            params |= _trees(found)
            self._sampler.finish(proposal, found.value)
            record.end(TrialStatus.COMPLETE, {self._rule.metric: found.value, **_trees(found)})
            return self._trial(
                proposal, params, record, status=TrialStatus.COMPLETE, value=found.value, scores=found.scores
            )

    def _report(self, running: _Running, fold: int, iteration: int | None, value: float) -> None:
        before = f"fold_{fold}/" if len(self._rows.folds) > 1 else ""
        watched = self._rule.metric if iteration is None else self._watched
        running.record.point(f"{before}validation/{watched}", value, iteration or 0)
        at = fold, _step(running.trainer, iteration)
        if at <= self._seen:
            return
        self._seen = at
        is_judged = fold == 0 and at[1] >= _WARMUP
        turned = -value if iteration is not None and self._is_turned else value
        if is_judged and self._sampler.is_hopeless(running.proposal, at[1], turned):
            raise _PrunedTrial
        if self._may_stop and exhausted(self._rule.limits.budget, self._usage()) is not None:
            raise _SpentBudget

    def _trial(self, proposal: Proposal, params: dict[str, Param], record: TrialRecord, **found: Any) -> Trial:
        return Trial(
            number=proposal.number,
            place=proposal.space.place,
            label=proposal.space.label,
            params=params,
            seconds=self._usage().duration_s - self._began_s,
            run_id=record.run_id,
            **{"value": None, **found},
        )


def _trainer(proposal: Proposal, rule: Rule) -> Trainer:
    trainer = proposal.space.trainer
    most = {"trees": rule.most_trees} if isinstance(trainer, BoostingTrainer) else {}
    return trainer.with_params({**proposal.params, **most})


def _trees(found: Evaluation) -> dict[str, int]:
    return {} if found.trees is None else {"trees": found.trees}


def _step(trainer: Trainer, iteration: int | None) -> int:
    """Return where a trial is, in steps that mean the same for slow learners and fast ones."""
    if iteration is None or not isinstance(trainer, BoostingTrainer):
        return _WHOLE_FOLD
    return int((iteration + 1) * trainer.learning_rate / _STEP)


def _with_scores_of_the_best(trials: Sequence[Trial], keep: int, *, greater_is_better: bool) -> list[Trial]:
    """Return the trials; those that no blend would look at lose their scores, which take memory."""
    kept = (
        {one.number for one in ranked(trials, greater_is_better=greater_is_better)[: keep * POOL]} if keep > 1 else ()
    )
    return [one if one.number in kept or not one.scores else replace(one, scores=()) for one in trials]
