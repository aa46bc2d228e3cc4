"""The health of a pipeline at the partitions of one call: each follows from that at the partition before."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from driftline.declaration import ModelPipeline
from driftline.dossier import holdout_loss_of, holdout_scores
from driftline.drift_reports.health import REMEMBERED, Champion, HealthHistory
from driftline.evaluations import LabelledReader, LabelledRows
from driftline.health import Accepted, Health, HoldoutLoss, Recovery, health_of_json, watched_length
from driftline.registry import ModelVersion
from driftline.store import decision_rows, drift_rows
from driftline.store.decision_rows import DecisionKind
from driftline.workspace import Workspace


class HealthChain:
    """What was stored of health and of decisions, read once; nothing where no rule of recovery is declared.

    Health at a partition is what was known when the labels of that partition were due, by the declared delay, so
    that a report made again says the same.

    Args:
        workspace: where reports and decisions are.
        pipeline: the declaration.
        reader: of partitions, with the champion's history.
        keys: the partitions that are reported on.
    """

    def __init__(
        self, workspace: Workspace, pipeline: ModelPipeline, reader: LabelledReader, keys: Sequence[str]
    ) -> None:
        self._workspace = workspace
        self._pipeline = pipeline
        self._reader = reader
        self._rule = pipeline.recovery
        self._stored: dict[str, Health] = {}
        self._before: Health | None = None
        self._looks: list[datetime] = []
        self._accepted: list[Accepted] = []
        model_id = reader.partitions.model_id
        if self._rule is not None and keys and model_id is not None:
            self._load(model_id, min(keys), max(keys))
        self.needed: Sequence[str] = self._needed(keys) if self._rule is not None and keys else ()

    def assess(self, labelled: Mapping[str, LabelledRows], keys: Sequence[str]) -> dict[str, Health]:
        """Return the health at each of `keys`, oldest first; a partition that nobody serves is left out."""
        if self._rule is None:
            return {}
        history = HealthHistory(self._pipeline, labelled, score_again=self._score_again, holdout=self._holdout)
        found: dict[str, Health] = {}
        for key in keys:
            health = self._assess(self._rule, history, key, found)
            if health is not None:
                found[key] = health
        return found

    def _assess(self, rule: Recovery, history: HealthHistory, key: str, found: Mapping[str, Health]) -> Health | None:
        as_of = self._pipeline.stream.window(key).end + self._pipeline.ground_truth.lag
        tenure = self._reader.partitions.champions.tenure(as_of)
        if tenure is None:
            return None
        earlier = {**self._stored, **found}
        before = max((one for one in earlier if one < key), default=None)
        previous = self._before if before is None else earlier[before]
        since = previous.as_of if previous else None
        new = [one for one in self._accepted if since is not None and since <= one.at < as_of]
        return history.health(
            rule,
            key,
            previous,
            Champion(version_id=tenure.version.id, since=tenure.start),
            accepted=new[-1] if new else None,
            looks=[look for look in self._looks if look < as_of],
        )

    def _load(self, model_id: int, first: str, last: str) -> None:
        with self._workspace.database.reading() as session:
            before = drift_rows.newest_health(session, model_id, before=first)
            stored = drift_rows.health_between(session, model_id, first, last) if last > first else {}
            events = decision_rows.looks_and_levels(session, model_id)
        self._before = health_of_json(before) if before else None
        self._stored = {key: health_of_json(health) for key, health in stored.items()}
        self._looks = [at for kind, at, _, _ in events if kind == DecisionKind.RETRAIN]
        self._accepted = [
            Accepted(level=details["level"], at=at) for kind, at, _, details in events if kind == DecisionKind.LEVEL
        ]

    def _needed(self, keys: Sequence[str]) -> Sequence[str]:
        """Return the partitions whose losses may be asked for."""
        if self._rule is None:
            return ()
        first = self._pipeline.stream.window(min(keys)).end
        labels = REMEMBERED + self._pipeline.ground_truth.lag  # before a partition, that are repeated in it
        start = first - watched_length(self._rule, self._pipeline.training_length, labels)
        known = [health for health in (self._before, *self._stored.values()) if health is not None]
        start = min([start, *(health.watched_from for health in known if health.watched_from is not None)])
        count = self._pipeline.stream.window(max(keys)).end - start
        return self._pipeline.stream.trailing_keys(max(keys), max(count, timedelta(0)))

    def _score_again(self, version_id: int, keys: Sequence[str]) -> Mapping[str, LabelledRows]:
        return self._reader.score_again(self._version(version_id), keys)

    def _holdout(self, version_id: int) -> HoldoutLoss | None:
        return holdout_loss_of(holdout_scores(self._workspace, self._pipeline, self._version(version_id)))

    def _version(self, version_id: int) -> ModelVersion:
        events = self._reader.partitions.champions.events
        return next(event.version for event in events if event.version is not None and event.version.id == version_id)
