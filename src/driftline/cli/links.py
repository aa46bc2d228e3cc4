"""Links from what commands show into the Dagster UI."""

from collections.abc import Mapping
from typing import Any


def linked(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts with `dagster_run_url` behind `dagster_run_id`, which the API names so, too; null without a run."""
    from driftline.dagster_pages import page, run_path
    from driftline.settings import Settings

    shown: dict[str, Any] = {}
    for name, value in facts.items():
        shown[name] = value
        if name == "dagster_run_id":
            shown["dagster_run_url"] = page(Settings().dagster_url, run_path(value)) if value else None
    return shown
