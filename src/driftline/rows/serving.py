"""Which version serves each partition."""

from collections.abc import Sequence

from driftline.declaration import Declaration
from driftline.registry import ModelVersion, Timeline, find_version, timeline
from driftline.rows.outcome import Outcome
from driftline.workspace import Workspace


def serving_versions(
    workspace: Workspace,
    pipeline: Declaration,
    keys: Sequence[str],
    *,
    version: int | None = None,
    champions: Timeline | None = None,
) -> Outcome[ModelVersion]:
    """Return the version of each partition: the champion at its start, or the one that is named.

    Args:
        workspace: where the registry is.
        pipeline: the declaration.
        keys: partitions.
        version: this version instead of the champion of the time.
        champions: the champion's history, where it is loaded already.
    """
    if version is not None:
        named = find_version(workspace, f"{pipeline.name}/{version}")
        return Outcome(done=dict.fromkeys(keys, named))
    as_of = workspace.as_of()
    starts = [pipeline.partitions.champion_time(key, as_of) for key in keys]
    champions = champions or timeline(workspace, pipeline.name)
    serving = dict(zip(keys, champions.holders(starts), strict=True))
    missing = (
        f"There was no champion of {pipeline.name!r} at that time. "
        f"Materialize {pipeline.name}/dataset, model and champion first, or name a version."
    )
    return Outcome(
        done={key: champion for key, champion in serving.items() if champion is not None},
        failed={key: missing for key, champion in serving.items() if champion is None},
    )
