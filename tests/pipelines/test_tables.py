"""Numbers of drift reports as Dagster lists and plots them: short names that stay the same from day to day."""

import dagster as dg

from driftline import DataDrift, MultivariateDrift, PredictionDrift
from driftline.drift import Finding, FindingRule, Verdict
from driftline.pipelines.tables import effect_values
from tests.streams import fires


def found(kind, name, effect_name, effect, role="alert"):
    return Finding(
        kind=kind,
        name=name,
        method="a test",
        verdict=Verdict.OK,
        rule=FindingRule.NO_CHANGE,
        values={},
        effect_name=effect_name,
        effect=effect,
        role=role,
    )


def test_the_largest_change_by_each_measure_has_a_short_name():
    wasserstein = "Wasserstein distance in reference standard deviations"
    findings = [
        found("column", "humidity", wasserstein, 0.25),
        found("column", "temperature", wasserstein, 0.5),
        found("column", "species", "rise of the share of unseen categories", 0.01),
        found("multivariate", "humidity, temperature, species", "AUROC of telling the window from the reference", 0.5),
        found("performance", "auroc", "drop", -0.02),
        found("performance", "auroc", "largest evidence in the window", 3.0),
        found("performance", "auroc", "drop", 0.4, role="trigger"),
        found("performance", "brier", "rise", None, role="health"),
    ]
    assert effect_values(findings) == {
        "column: Wasserstein": 0.5,
        "column: unseen": 0.01,
        "all columns: AUROC": 0.5,
        "auroc: drop": -0.02,
        "auroc: evidence": 3.0,
    }


def test_every_effect_of_the_rules_has_a_short_name(dagster, serving):
    drift = (DataDrift(), PredictionDrift(), MultivariateDrift())
    dagster.run("fires_monitor", fires(drift=drift), days=("2025-02-10", "2025-02-16"))
    shown = dagster.instance.fetch_materializations(dg.AssetKey(["fires", "drift"]), limit=7).records
    names = {name for one in shown for name in one.asset_materialization.metadata if ": " in name}
    assert {name.partition(": ")[0] for name in names} >= {"column"}
    assert [name for name in names if len(name) > 24] == []
