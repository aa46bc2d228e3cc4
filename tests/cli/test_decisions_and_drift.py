"""`driftline decisions` and `driftline drift`: what was decided and found, for people and as JSON."""

import json
from dataclasses import replace

import pytest


def told(command, *words):
    return json.loads(command(*words, "--json").stdout)


def test_decisions_are_listed_newest_first_with_why(replayed):
    command, _ = replayed
    found = told(command, "decisions", "fire_risk", "--all", "--first", "500")
    assert [one["id"] for one in found] == sorted([one["id"] for one in found], reverse=True)
    assert {"declined", "promoted"} <= {one["status"] for one in found}
    promoted = told(command, "decisions", "--status", "promoted")
    assert [(one["model"], one["status"]) for one in promoted] == [("fire_risk", "promoted")] * 2
    assert promoted[0]["reason"].startswith("Retrain: auroc")
    assert promoted[0]["outcome"].startswith("Promoted: auroc")
    assert "declined" not in {one["status"] for one in told(command, "decisions", "--first", "500")}
    assert "Declined last, as of 2025-03-2" in command("decisions").stdout
    shown = " ".join(command("decisions", "--status", "promoted").stdout.split())
    assert f"One of them in full: driftline decisions {promoted[0]['id']}." in shown


def test_one_decision_is_shown_with_what_happened_and_the_comparison(replayed):
    command, _ = replayed
    newest = told(command, "decisions", "--status", "promoted")[0]
    one = told(command, "decisions", str(newest["id"]))
    assert [event["status"] for event in one["events"]] == ["requested", "training", "trained", "judged", "promoted"]
    assert (one["comparison"]["metric"], one["comparison"]["promote"]) == ("auroc", True)
    assert one["comparison"]["gain_low"] < one["comparison"]["gain"] < one["comparison"]["gain_high"]
    shown = command("decisions", str(newest["id"])).stdout
    assert "What happened" in shown
    assert "challenger_score" in shown


def test_what_a_dagster_run_made_links_to_its_page(replayed):
    command = replace(replayed[0], settings={"DRIFTLINE_DAGSTER_URL": "https://user:pass@dagster.example/team/"})
    run = told(command, "runs")[0]
    partition = told(command, "drift", "fire_risk")[0]["partition"]
    for words in (
        ("runs", run["run_id"]),
        ("decisions", str(told(command, "decisions", "--status", "promoted")[0]["id"])),
        ("drift", "fire_risk", partition),
        ("models", "fire_risk", "--at", "2025-03-20"),
    ):
        shown = told(command, *words)
        link = f"https://dagster.example/team/runs/{shown['dagster_run_id']}"
        assert shown["dagster_run_url"] == link
        assert link in command(*words).stdout.split()
    [newest, *_] = told(command, "models", "fire_risk")["versions"]
    assert newest["dagster_run_url"] == f"https://dagster.example/team/runs/{run['dagster_run_id']}"
    assert newest["dagster_run_url"] in command("models", "fire_risk").stdout.split()


def test_drift_reports_are_listed_and_each_is_shown_with_its_checks(replayed):
    command, _ = replayed
    reports = told(command, "drift", "fire_risk", "--first", "500")
    assert [one["partition"] for one in reports] == sorted([one["partition"] for one in reports], reverse=True)
    drifted = next(one for one in reports if one["verdict"] == "drift")
    one = told(command, "drift", "fire_risk", drifted["partition"])
    assert {name: one[name] for name in drifted} == drifted
    [finding] = [found for found in one["findings"] if found["verdict"] == "drift"]
    assert (finding["kind"], finding["name"]) == ("performance", "auroc")
    assert finding["note"].startswith("auroc 0.")
    shown = " ".join(command("drift", "fire_risk", drifted["partition"]).stdout.split())
    assert "performance auroc" in shown
    assert command("drift", "fire_risk").stdout.startswith("Drift reports of fire_risk, newest first")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("decisions", "fire_risc"), "Did you mean 'fire_risk'?"),
        (("decisions", "99999"), "There is no decision 99999. List them: driftline decisions."),
        (("decisions", "--status", "promote"), "Did you mean 'promoted'?"),
        (("drift", "fire_risc"), "Did you mean 'fire_risk'?"),
        (("drift", "fire_risk", "2020-01-01"), "no drift report of '2020-01-01'. List those that there are"),
        (("shadow", "fire_risk"), "Start one: driftline shadow fire_risk VERSION."),
    ],
)
def test_wrong_input_gets_a_sentence(replayed, words, said):
    shown = replayed[0](*words)
    assert (shown.returncode, shown.stderr.count("\n")) == (1, 1)
    assert said in shown.stderr
