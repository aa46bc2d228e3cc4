"""What a retraining knows of the past beside its rows: earlier champions, and when the world changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from driftline.declaration import ModelPipeline
from driftline.errors import InvalidInputError, NotFoundError, StorageError
from driftline.health import health_of_json
from driftline.registry import ModelVersion, load_version, timeline
from driftline.retraining.candidates import Recallable
from driftline.store import drift_rows, model_rows
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class EarlierChampions:
    """Who has served and serves no longer.

    Attributes:
        versions: by row id.
        recallable: the newest of them, loaded, newest first; one whose model cannot be loaded any more is left out.
    """

    versions: Mapping[int, ModelVersion]
    recallable: Sequence[Recallable]

    @property
    def numbers(self) -> dict[int, int]:
        """Return the number of each version by its row id."""
        return {id_: version.version for id_, version in self.versions.items()}


def earlier_champions(workspace: Workspace, pipeline: ModelPipeline) -> EarlierChampions:
    """Return the earlier champions of a pipeline, as many as its policy tries again."""
    choice = pipeline.retrain.choice
    if choice is None or not choice.versions or not pipeline.partitions.is_stream:
        return EarlierChampions(versions={}, recallable=())
    champions = timeline(workspace, pipeline.name)
    now = workspace.as_of()
    champion = champions.holder(now)
    served = [tenure.version for tenure in reversed(champions.tenures) if tenure.start <= now]
    versions = {version.id: version for version in served if champion is None or version.id != champion.id}
    newest = list(versions.values())[: choice.versions]
    return EarlierChampions(versions=versions, recallable=list(_recallable(workspace, pipeline, newest)))


def _recallable(
    workspace: Workspace, pipeline: ModelPipeline, versions: Sequence[ModelVersion]
) -> Iterator[Recallable]:
    for version in versions:
        try:
            model = load_version(workspace, version, trusted=pipeline.trusted)
        except (NotFoundError, StorageError, InvalidInputError):  # its files are gone, or not trusted any more
            continue
        seen_until = version.trained_through - pipeline.ground_truth.lag
        yield Recallable(version_id=version.id, seen_until=seen_until, model=model)


def change_of_world(workspace: Workspace, pipeline: ModelPipeline) -> datetime | None:
    """Return when the world is estimated to have changed; None while the level of the pipeline is kept."""
    if pipeline.recovery is None:
        return None
    with workspace.database.reading() as session:
        model = model_rows.find_model(session, pipeline.name)
        stored = None if model is None else drift_rows.newest_health(session, model.id)
    return None if stored is None else health_of_json(stored).changed_at
