"""Who holds which alias, for filters that ask for it."""

from collections.abc import Iterator
from datetime import datetime

from driftline.store import Session, model_rows
from driftline.store.run_conditions import AliasHolder


def alias_holders(session: Session, time: datetime) -> tuple[AliasHolder, ...]:
    """Return the versions that hold an alias of any model at a time, by the runs that trained them."""
    return tuple(_holders(session, time))


def _holders(session: Session, time: datetime) -> Iterator[AliasHolder]:
    from driftline.registry import CHALLENGER, CHAMPION, load_timelines  # noqa: PLC0415  (half a second of imports)

    names = {model.id: model.name for model in model_rows.models(session)}
    for alias in (CHAMPION, CHALLENGER):
        for model_id, timeline in load_timelines(session, alias, list(names)).items():
            version = timeline.holder(time)
            if version is not None:
                yield AliasHolder(model=names[model_id], alias=alias, run_id=version.run_id)
