"""Values as the Dagster UI shows them: tables and numbers, plain Python only."""

from collections.abc import Iterable, Sequence

import dagster as dg

from driftline.drift import Finding
from driftline.metrics import Measurement, Slice
from driftline.store.dataset_rows import DatasetVersion


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
    """Return the size of each change, which Dagster plots over time; of the columns that of the largest one."""
    shown: dict[str, float] = {}
    for finding in findings:
        if finding.effect is None or finding.role == "trigger":
            continue
        name = f"largest change of a column, {finding.effect_name}" if finding.kind == "column" else finding.name
        shown[f"drift: {name}"] = max(float(finding.effect), shown.get(f"drift: {name}", float("-inf")))
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
