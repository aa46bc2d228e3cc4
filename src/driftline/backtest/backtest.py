"""The backtest: the past of a stream under several policies, beside the baselines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from driftline.backtest.baseline import last_known_labels
from driftline.backtest.errors import doubled_policy
from driftline.backtest.outcome import PolicyOutcome, gain_over, outcome_of
from driftline.backtest.past import read_past
from driftline.backtest.policies import DEFAULT_POLICIES, Policy, named_policy
from driftline.backtest.policy_replay import PolicyReplay
from driftline.backtest.regret import regrets
from driftline.backtest.replay import replay
from driftline.backtest.trainings import Trainings
from driftline.backtest.versions import first_version
from driftline.clock import now, parse_duration
from driftline.datasets import Window
from driftline.declaration import ModelPipeline
from driftline.metrics import Task, metric
from driftline.workspace import Workspace

NEVER, LAST_KNOWN, HINDSIGHT = "never", "last known label", "hindsight"


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """The past of one pipeline under several policies.

    Attributes:
        pipeline: its name.
        window: what was replayed, in whole partitions.
        metric: what is shown over time.
        length: of the windows over time, such as `7d`.
        policies: in the order that was asked for, then the baselines.
    """

    pipeline: str
    window: Window
    metric: str
    length: str
    policies: tuple[PolicyOutcome, ...]


def backtest(
    pipeline: ModelPipeline,
    policies: Sequence[Policy | str] = DEFAULT_POLICIES,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    metric_name: str | None = None,
    length: str = "7d",
    hindsight: str | None = None,
    changes: Sequence[datetime] = (),
    workspace: Workspace | None = None,
    on_policy: Callable[[str], None] = lambda name: None,
) -> Backtest:
    """Return what the past of a stream would have been like under each policy; nothing of it touches production.

    It runs the production decision, training and judgement. At each moment it knows what was known then: the rows up
    to it, and the labels that had arrived by the declared delay. All policies start with the same first model.
    The baselines `never`, if it is not among the policies, and `last known label` are added.

    Args:
        pipeline: a stream.
        policies: policies, or names that `named_policy` knows.
        start: the first partition begins here at the earliest; None: the first of the stream.
        end: the last partition ends here at the latest; None: now, or the end of the stream.
        metric_name: shown over time and compared with never retraining; None: the pipeline's first.
        length: of the windows over time, such as `7d`.
        hindsight: how far apart, such as `7d`, trainings lie that the best schedule in hindsight may choose, beside
            those of the policies: each policy then has its regret; None: nothing of it, since it trains all of them.
        changes: when the world is known to have changed, for the delay of detection and the false alarms.
        workspace: where labels were delivered to; None: only the dataset's labels are known.
        on_policy: called with the name of each policy before its replay, and with `hindsight` before that.

    Raises:
        NotAStreamError: the pipeline has no time partitions.
        EmptyWindowError: no whole partition lies between `start` and `end`.
        InvalidBacktestError: a name names no policy.
        InvalidBacktestError: two policies have one name.
        InvalidBacktestError: labels come by delivery alone, and there is no workspace.
        InvalidDatasetError: the first model cannot be trained on what lies before `start`.
    """
    over = pipeline.stream.clip(end or now())
    chosen = [named_policy(policy, pipeline) if isinstance(policy, str) else policy for policy in policies]
    if all(policy.name != NEVER for policy in chosen):
        chosen.append(named_policy(NEVER, pipeline))
    names = [policy.name for policy in chosen]
    if len(set(names)) < len(names):
        raise doubled_policy(next(name for name in names if names.count(name) > 1))
    variants = {policy.name: policy.of(pipeline) for policy in chosen}
    windows = parse_duration(length)
    past = read_past(pipeline, start, over, workspace=workspace)
    trainings = Trainings(past)
    model = first_version(past, pipeline, trainings).model
    metrics = _metrics(pipeline, model.task, metric_name)
    replays, outcomes = {}, {}
    for name, variant in variants.items():
        on_policy(name)
        replays[name] = replay(past, variant, trainings)
        outcomes[name] = outcome_of(past, name, replays[name], metrics=metrics, length=windows, changes=changes)
    if hindsight is not None:
        on_policy(HINDSIGHT)
        step = parse_duration(hindsight)
        for name, regret in regrets(past, replays, trainings, shown=metrics[0], step=step).items():
            outcomes[name] = replace(outcomes[name], regret=regret)
    repeated = PolicyReplay(labelled=last_known_labels(past, model), retrainings=(), cpu_s=0.0)
    outcomes[LAST_KNOWN] = outcome_of(past, LAST_KNOWN, repeated, metrics=metrics, length=windows, changes=())
    never = outcomes[NEVER]
    compared = [replace(outcome, gain=gain_over(metrics[0], outcome, never)) for outcome in outcomes.values()]
    return Backtest(
        pipeline=pipeline.name, window=past.window, metric=metrics[0], length=length, policies=tuple(compared)
    )


def _metrics(pipeline: ModelPipeline, task: Task, first: str | None) -> tuple[str, ...]:
    """Return the metrics of the pipeline, `first` before them; accuracy and AUROC are among them where they can be."""
    usual = {Task.BINARY: ("accuracy", "auroc"), Task.MULTICLASS: ("accuracy",), Task.REGRESSION: ()}[task]
    requested = (metric(first, task).name,) if first else ()
    return tuple(dict.fromkeys((*requested, *pipeline.metrics, *usual)))
