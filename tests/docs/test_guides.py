"""Each guide is followed block by block, on a stream whose past was replayed."""

import time
from dataclasses import replace
from functools import partial

import httpx
import pytest

from tests.docs.guides import run_guide
from tests.receivers import hook


@pytest.mark.parametrize(
    ("guide", "command", "said"),
    [
        ("autologging.md", "driftline runs --experiment first", "final/training/accuracy"),
        ("backtest.md", "driftline backtest fire_risk", "last known label"),
        ("crashes.md", "", ""),
        ("tracking.md", "driftline runs", "tumours"),
        ("drift.md", "driftline drift fire_risk 2025-03-11", "performance"),
        ("evaluation.md", "driftline evaluate fire_risk --window 7d --by station", "station"),
        ("ground_truth.md", "driftline truth add fire_risk", "These 60 labels are here already"),
        ("retraining.md", "driftline retrain fire_risk", "The evidence: driftline decisions"),
        ("search_trainer.md", "driftline runs --filter", "search/auroc"),
        ("search.md", "driftline leaderboard", "holdout/auroc of fire_risk, larger is better"),
        ("two_models.md", "driftline rollback", "The planned switch to version 1 is cancelled"),
    ],
)
def test_a_guide_is_followed(forest, guide, command, said):
    shown = list(run_guide(guide, forest))
    assert said in "".join(text for words, text in shown if words.startswith(command))


def test_the_guide_to_alerts_is_followed_where_a_channel_is_configured(forest):
    with hook() as received:
        shown = dict(run_guide("alerts.md", replace(forest, settings={"DRIFTLINE_ALERT_URLS": received.url})))
    assert [message["title"] for message in received.told]
    assert set(shown) == {"driftline alerts --test", "driftline alerts", "driftline alerts --json"}


def ask(url, answers, document):
    answers.append(httpx.post(f"{url}/graphql", json={"query": document}).json())


def test_the_guide_to_the_api_is_followed(forest, free_port, capsys):
    port = free_port()
    serving = forest.start("serve", "--port", port)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                httpx.get(f"{url}/healthz")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        answers = []
        list(run_guide("api.md", forest, ask=partial(ask, url, answers), port=port))
    finally:
        serving.terminate()
        serving.communicate()
    assert [answer for answer in answers if "errors" in answer] == []
    assert len(answers) == 3
    assert capsys.readouterr().out.startswith("2 Promoted: auroc")
