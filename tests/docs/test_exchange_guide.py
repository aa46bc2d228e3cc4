"""The guide to coming and going is followed, beside a folder that MLflow wrote."""

from tests.docs.guides import run_guide

RUN = "a" * 32


def test_the_guide_is_followed(driftline):
    files = {
        "7/meta.yaml": "experiment_id: '7'\nlifecycle_stage: active\nname: old\n",
        f"7/{RUN}/meta.yaml": f"run_id: {RUN}\nexperiment_id: '7'\nstatus: 3\nstart_time: 1600000000000\n"
        "end_time: 1600000005000\nlifecycle_stage: active\n",
        f"7/{RUN}/params/lr": "0.1",
        f"7/{RUN}/metrics/loss": "1600000001000 0.5 0\n1600000002000 0.25 1\n",
    }
    for name, text in files.items():
        path = driftline.folder / "mlruns" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shown = dict(run_guide("exchange.md", driftline))
    assert "aaaaaaaa" in shown["driftline runs --filter params.lr < 0.2"]
    assert "0.0 MB" in shown["driftline export everything"]
    assert "already here" in shown["driftline import driftline everything"]
    assert "0 files" in shown["driftline gc --runs-older-than 180d --filter metrics.loss > 0.4"]
