"""The Dagster UI as people use it: a browser that clicks, on `driftline dev`."""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from tests.cli.conftest import until

CHAMPIONS = "SELECT count(*) FROM registry_status WHERE updated"
EVALUATED = "SELECT count(DISTINCT partition_key) FROM evaluation_results WHERE dataset = 'fire_risk'"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run")


@pytest.fixture
def page():
    """A page of a headless Chromium."""
    if CHROMIUM is None and not os.environ.get("DRIFTLINE_TEST_REQUIRE_BROWSER"):
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser.new_page(viewport={"width": 1400, "height": 900})
        browser.close()


def count(command, query):
    try:
        with closing(sqlite3.connect(f"file:{command.home / 'driftline.db'}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchone()[0]
    except sqlite3.OperationalError:  # the database is not there yet
        return 0


def test_clicks_train_a_champion_and_backfill_its_evaluations(page, driftline, project, dev):
    command = replace(driftline, folder=project)
    address = dev(command).ui
    page.goto(f"{address}/locations/tiny/jobs/fire_risk_retrain")
    page.get_by_role("button", name="Materialize all").first.click(timeout=30_000)
    until(lambda: count(command, CHAMPIONS) == 1, "a champion serves")

    page.goto(f"{address}/locations/tiny/jobs/fire_risk_monitor")
    page.get_by_role("button", name="Materialize all").first.click(timeout=30_000)
    page.get_by_role("button", name="All", exact=True).last.click(timeout=30_000)
    page.get_by_role("button", name="Launch backfill").click(timeout=30_000)
    until(lambda: count(command, EVALUATED) == 42, "42 days are evaluated")

    page.goto(f"{address}/assets/fire_risk/evaluation?view=partitions")
    page.get_by_text("Materialized (42)").wait_for(timeout=60_000)
    page.goto(f"{address}/assets/fire_risk/evaluation")
    page.get_by_text("Plots", exact=True).first.click(timeout=30_000)
    page.locator("canvas").first.wait_for(timeout=30_000)  # the stream is over, and its days are plotted
    page.goto(f"{address}/assets/fire_risk/model")
    page.get_by_text("ROC curve").first.wait_for(timeout=30_000)
