"""A pipeline whose level is lost: its health, the reports that keep it, and challengers that did not bring it back."""

from driftline.health import Condition, Health, HealthRule, MeanLoss
from driftline.registry import find_version
from driftline.store import drift_rows
from tests.histories import decided
from tests.streams import day

LOST = Health(
    as_of=day("2025-03-19"),
    condition=Condition.RECOVERING,
    rule=HealthRule.LEVEL_NOT_REGAINED,
    champion_id=1,
    level=0.1,
    loss=MeanLoss(value=0.2, standard_error=0.01, row_count=700),
    entered_at=day("2025-02-10"),
    changed_at=day("2025-02-08"),
    anchor_id=1,
    rows_since_change=4000,
)


def said(workspace, key, health, *, digest=None):
    """A report on a partition, as it was made with this health: its id."""
    champion = find_version(workspace, "fires@champion")
    with workspace.database.transaction() as session:
        return drift_rows.add_report(
            session,
            model_id=champion.model_id,
            version_id=champion.id,
            partition_key=key,
            reference="the holdout",
            verdict="ok" if health.is_settled else "degraded",
            summary="As it stood.",
            digest=digest or key,
            created_at=workspace.clock(),
            health=health.to_json(),
        )


def lost_look(workspace, at, rows):
    """A challenger that lost, on so many rows after the change, as its decision keeps it."""
    plan = {"look": "rows_have_grown", "rows_since_change": rows, "window_is_new": False, "holdout_is_whole": True}
    model_id = find_version(workspace, "fires/1").model_id
    return decided(workspace, model_id, "kept", as_of=at, details={"plan": plan})
