"""docs/first-model.md: followed to the letter, it ends with four models, one of them retrained by itself."""

from dataclasses import replace

from tests.docs.guides import run_guide


def test_the_page_leads_to_four_models(driftline, monkeypatch, capsys):
    monkeypatch.delenv("DRIFTLINE_HOME", raising=False)
    shown = list(run_guide("first-model.md", replace(driftline, home=None)))
    assert "malignant" in capsys.readouterr().out
    retrained = [text.partition(":")[0] for command, text in shown if command.startswith("driftline retrain")]
    assert retrained == ["Promoted", "Kept", "Promoted", "Promoted"]
    told = dict(shown)
    assert "version 2 promoted" in told["driftline replay rides"]
    assert "540 new" in told["driftline truth add rides ../labels.csv"]
