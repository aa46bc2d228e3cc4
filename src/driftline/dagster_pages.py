"""Where Dagster's pages show a run or an asset: links lead there from commands, the API, alerts and Dagster itself."""

from urllib.parse import quote

from driftline.masking import public_url


def run_path(dagster_run_id: str) -> str:
    """Return the path of the page of a Dagster run.

    >>> run_path("432e140f")
    '/runs/432e140f'
    """
    return f"/runs/{dagster_run_id}"


def backfill_path(backfill_id: str) -> str:
    """Return the path of the page of a backfill, with its runs."""
    return f"/runs/b/{backfill_id}"


def asset_path(pipeline: str, kind: str, partition: str = "") -> str:
    """Return the path of the page of an asset, or of one of its partitions.

    >>> asset_path("fire_risk", "drift", "2025-03-11")
    '/assets/fire_risk/drift?view=partitions&partition=2025-03-11'
    """
    shown = f"?view=partitions&partition={quote(partition, safe='')}" if partition else ""
    return f"/assets/{pipeline}/{kind}{shown}"


def page(dagster_url: str, path: str) -> str:
    """Return the link to a page of Dagster's web server, without the user and password that it may ask for."""
    return f"{public_url(dagster_url).rstrip('/')}{path}"
