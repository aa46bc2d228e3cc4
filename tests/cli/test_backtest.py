"""`driftline backtest`: the past under other policies, for people and for scripts."""

import json
from dataclasses import replace

import pytest

RANGE = ("fire_risk", "--policies", "weekly", "--from", "2025-02-10", "--to", "2025-03-23")


@pytest.fixture
def command(driftline, project):
    return replace(driftline, folder=project)


def test_json_is_an_object_for_each_policy_and_baseline(command):
    told = json.loads(command("backtest", *RANGE, "--json").stdout)
    assert [one["policy"] for one in told] == ["weekly", "never", "last known label"]
    for one in told:
        assert {"accuracy", "auroc", "worst_window", "retrainings", "promotions", "cpu_s"} <= one.keys()
    assert (told[0]["retrainings"], told[1]["retrainings"]) == (6, 0)


def test_people_get_a_table_and_a_picture_and_the_api_the_figures(command, tmp_path):
    shown = command("backtest", *RANGE, "--picture", tmp_path / "past.png").stdout
    assert "last known label" in shown
    assert "over never" in shown
    assert (tmp_path / "past.png").read_bytes()[1:4] == b"PNG"


def test_hindsight_says_how_far_each_policy_is_from_the_best_schedule(command):
    policies = json.loads(command("backtest", *RANGE, "--metric", "accuracy", "--hindsight", "--json").stdout)
    weekly, never, repeated = (one["regret"] for one in policies)
    assert weekly["metric"] == "accuracy"
    assert weekly["value"] == pytest.approx(weekly["best"] - policies[0]["accuracy"])
    assert weekly["value"] > -1e-12  # of rounding
    assert never["value"] == pytest.approx(0, abs=1e-12)
    assert (never["best"], never["trained"]) == (pytest.approx(policies[1]["accuracy"]), [])
    assert repeated is None
    assert "regret" in command("backtest", *RANGE, "--hindsight").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fire_risk", "--policies", "often"), "'often' names no policy."),
        (("fire_risk", "--from", "2031-01-01"), "2031-01-01"),
        (("fire_risk", "--metric", "hope"), "'hope'"),
        (("fire_risk", "--window", "long"), "'long'"),
        (("nothing",), "'nothing'"),
        (("fire_risk", "--picture", "nowhere/past.png"), "there is no folder "),
        (("fire_risk", "--picture", "past.pdf", "--policies", "never", "--to", "2025-02-20"), "past.pdf"),
    ],
)
def test_wrong_input_gets_a_sentence_and_leaves_nothing(command, arguments, said):
    shown = command("backtest", *arguments)
    assert shown.returncode == 1
    assert said in shown.stderr
    assert "Traceback" not in shown.stderr
