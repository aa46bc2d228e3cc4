"""The policies that a backtest compares: values, some of which have names."""

import re
from dataclasses import dataclass, replace

from driftline.backtest.errors import unknown_policy
from driftline.declaration import ModelPipeline, Promote, Retrain
from driftline.drift import DriftRule, PerformanceDrift, RetrainTrigger

DEFAULT_POLICIES = ("never", "weekly", "monthly", "alert", "statistical", "recovery", "declared")

_PLAIN = Retrain(trigger=None, choice=None)
_SCHEDULES = {"daily": "0 0 * * *", "weekly": "0 0 * * 1", "monthly": "0 0 1 * *"}
_THRESHOLD = re.compile(r"(?P<metric>[a-z0-9_]+)(?P<side>[<>])(?P<level>[0-9.]+)")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One way to retrain, with a name.

    Attributes:
        name: in the table.
        retrain: when to retrain.
        drift: what is watched; None: what the pipeline declares.
        promote: when a challenger becomes champion; None: what the pipeline declares.
    """

    name: str
    retrain: Retrain
    drift: tuple[DriftRule, ...] | None = None
    promote: Promote | None = None

    def of(self, pipeline: ModelPipeline) -> ModelPipeline:
        """Return `pipeline` with this policy in place of its own.

        Raises:
            DeclarationError: the two do not fit together.
        """
        drift = pipeline.drift if self.drift is None else self.drift
        return replace(pipeline, drift=drift, retrain=self.retrain, promote=self.promote or pipeline.promote)


def named_policy(text: str, pipeline: ModelPipeline) -> Policy:
    """Return the policy that `text` names.

    `never`; `daily`, `weekly`, `monthly` or a cron line: by schedule alone; `recovery`: the default; `statistical`:
    the retrain trigger; `alert`: what alerts people retrains, too; `accuracy<0.7`: a bare threshold, one window
    strictly below or above it; `declared`: the pipeline's own. All but `recovery` and `declared` learn from the whole
    training window and try nothing else. A length after a colon is that of the windows, as in `statistical:2d`.

    Raises:
        InvalidBacktestError: it names none.
        InvalidTimeError: what follows the colon is not a length.
    """
    name, _, length = text.strip().partition(":")
    policy = None if length else _without_windows(text, name, pipeline)
    if policy is not None:
        return policy
    if name == "statistical":
        trigger = RetrainTrigger(window=length) if length else RetrainTrigger()
        return Policy(name=text, retrain=replace(_PLAIN, trigger=trigger))
    if name == "alert":
        rule = PerformanceDrift(pipeline.metrics[0], window=length or "7d")
        return Policy(name=text, retrain=_PLAIN, drift=(rule,))
    bare = _THRESHOLD.fullmatch(name)
    if bare is None:
        raise unknown_policy(text)
    level = float(bare["level"])
    rule = PerformanceDrift(
        bare["metric"],
        below=level if bare["side"] == "<" else None,
        above=level if bare["side"] == ">" else None,
        window=length or "7d",
        confidence=None,
        m_of_n=(1, 1),
    )
    return Policy(name=text, retrain=_PLAIN, drift=(rule,))


def _without_windows(text: str, name: str, pipeline: ModelPipeline) -> Policy | None:
    """Return the policy of a name that no length follows, or None."""
    if name == "declared":
        return Policy(name=text, retrain=pipeline.retrain)
    if name == "recovery":
        return Policy(name=text, retrain=Retrain(), drift=pipeline.drift or (PerformanceDrift(pipeline.metrics[0]),))
    if name == "never":
        return Policy(name=text, retrain=_PLAIN, drift=())
    if name in _SCHEDULES or len(text.split()) == 5:
        return Policy(name=text, retrain=replace(_PLAIN, schedule=_SCHEDULES.get(name, text)), drift=())
    return None
