"""`driftline evaluate`: any window of what was predicted, for people and for scripts."""

import json

import pytest


def test_people_get_each_metric_with_its_interval_and_the_labels(replayed):
    shown = replayed[0]("evaluate", "fire_risk", "--window", "3d", "--metric", "roc_auc", "--metric", "f1")
    assert shown.returncode == 0, shown.stderr
    assert "fire_risk [2025-03-21, 2025-03-24): 180 labels of 180 predictions of version" in shown.stdout
    assert [line.split()[0] for line in shown.stdout.splitlines()[2:4]] == ["auroc", "f1"]


def test_scripts_get_the_same_as_json(replayed):
    words = ("evaluate", "fire_risk", "--window", "last 96 rows", "--until", "2025-03-10", "--json")
    told = json.loads(replayed[0](*words).stdout)
    assert (told["label_count"], told["window"]["end"]) == (96, "2025-03-11T00:00:00+00:00")
    assert [one["metric"] for one in told["measurements"]] == ["auroc", "log_loss"]


def test_a_column_shows_where_it_is_worse(replayed):
    shown = replayed[0]("evaluate", "fire_risk", "--window", "30d", "--by", "station", "--metric", "accuracy").stdout
    assert "By station" in shown


def test_a_plot_is_given_as_numbers_or_drawn(replayed, tmp_path):
    words = ("evaluate", "fire_risk", "--window", "7d", "--plot")
    told = json.loads(replayed[0](*words, "roc", "--json").stdout)
    assert (told["plot"], told["classes"], told["false_positive_rate"][-1]) == ("roc", ["no", "yes"], 1.0)
    shown = replayed[0](*words, "calibration", "--picture", tmp_path / "calibration.png")
    assert (shown.returncode, (tmp_path / "calibration.png").read_bytes()[1:4]) == (0, b"PNG")
    assert "calibration of 420 labelled predictions" in " ".join(shown.stdout.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fire_risc",), "Did you mean 'fire_risk'?"),
        (("fire_risk", "--window", "often"), "'often'"),
        (("fire_risk", "--metric", "neg_log_loss"), "Write 'log_loss'"),
        (("fire_risk", "--until", "2024-01-01"), "No partition of 'fire_risk'"),
        (("fire_risk", "--version", "99"), "99"),
        (("fire_risk", "--plot", "residuals"), "no plot 'residuals' for binary"),
        (("fire_risk", "--plot", "roc", "--picture", "roc.pdf"), ".png or .svg"),
        (("fire_risk", "--plot", "roc", "--picture", "nowhere/roc.png"), "there is no folder "),
        (("fire_risk", "--picture", "roc.png"), "--picture draws a plot. Name it: --plot roc"),
    ],
)
def test_wrong_input_gets_a_sentence(replayed, words, said):
    shown = replayed[0]("evaluate", *words)
    assert (shown.returncode, "Traceback" in shown.stderr) == (1, False)
    assert said in shown.stderr
