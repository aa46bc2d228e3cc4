"""Values as the Dagster UI shows them: tables and numbers, plain Python only."""

from collections.abc import Iterable, Sequence

import dagster as dg

from driftline.drift import Finding
from driftline.metrics import Measurement, Slice
from driftline.store.dataset_rows import DatasetVersion

_SUBJECTS = {"column": "column", "multivariate": "all columns"}
_MEASURES = {
    "Wasserstein distance in reference standard deviations": "Wasserstein",
    "KS distance": "KS",
    "total variation distance": "TVD",
    "change of the share of a category": "category",
    "rise of the share of unseen categories": "unseen",
    "change of the missing share": "missing",
    "change of the non-finite share": "non-finite",
    "AUROC of telling the window from the reference": "AUROC",
    "largest evidence in the window": "evidence",
}


def metric_table(measurements: Iterable[Measurement]) -> dg.TableMetadataValue:
    """Return measurements as a table; what is not defined says why."""
    records = [
        dg.TableRecord(
            {
                "metric": measured.metric,
                "value": _number(measured.value),
                "95 % interval": _interval(measured),
                "rows": measured.row_count,
                "note": measured.note or "",
            }
        )
        for measured in measurements
    ]
    return dg.MetadataValue.table(records)


def slice_table(slices: Iterable[Slice]) -> dg.TableMetadataValue:
    """Return the metrics of slices as a table; a slice that is too small says so."""
    records = [
        dg.TableRecord(
            {
                "slice": f"{part.column}={part.value}",
                "metric": measured.metric,
                "value": _number(measured.value),
                "95 % interval": _interval(measured),
                "rows": part.row_count,
                "note": measured.note or "",
            }
        )
        for part in slices
        for measured in part.measurements
    ]
    return dg.MetadataValue.table(records)


def metric_values(measurements: Iterable[Measurement]) -> dict[str, float]:
    """Return the defined values by name: Dagster plots them over time."""
    return {measured.metric: float(measured.value) for measured in measurements if measured.value is not None}


def finding_text(findings: Sequence[Finding]) -> dg.MarkdownMetadataValue:
    """Return what a drift report found as Markdown, drift first: a table would break each sentence into many lines."""
    ordered = sorted(findings, key=lambda finding: finding.verdict != "drift")
    lines = [f"- **{finding.verdict}** {finding.kind} `{finding.name}`: {finding.note or ''}" for finding in ordered]
    return dg.MetadataValue.md("\n".join(lines))


def effect_values(findings: Iterable[Finding]) -> dict[str, float]:
    """Return the size of each change as `<what>: <measure>`, which Dagster plots over time.

    Of the columns it is that of the largest one by each measure, so that the names stay the same from day to day.
    """
    shown: dict[str, float] = {}
    for finding in findings:
        if finding.effect is None or finding.effect_name is None or finding.role == "trigger":
            continue
        name = f"{_SUBJECTS.get(finding.kind, finding.name)}: {_MEASURES.get(finding.effect_name, finding.effect_name)}"
        shown[name] = max(float(finding.effect), shown.get(name, float("-inf")))
    return shown


def column_schema(version: DatasetVersion) -> dg.TableSchema:
    """Return the columns of a dataset version with the number of missing and distinct values."""
    statistics = {c["name"]: c for c in version.statistics}
    return dg.TableSchema(
        [
            dg.TableColumn(
                c["name"],
                c["dtype"],
                description=f"{statistics[c['name']]['missing']} missing, {statistics[c['name']]['distinct']} distinct",
            )
            for c in version.columns
        ]
    )


def _interval(measured: Measurement) -> str:
    if measured.ci_low is None or measured.ci_high is None:
        return ""
    return f"{measured.ci_low:.4f} to {measured.ci_high:.4f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
