"""What each rule finds in the windows up to a partition."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from driftline.declaration import ModelPipeline
from driftline.drift import Finding
from driftline.drift_reports.references import References
from driftline.drift_reports.service_view import ComputedOnce, PartitionView
from driftline.drift_reports.tenures import Tenure
from driftline.evaluations import LabelledRows


class DriftHistory:
    """The labelled partitions of a pipeline and what was computed from them.

    Args:
        pipeline: the declaration.
        labelled: by partition; more may be added between two questions.
        tenures: of each partition's champion up to it; may grow likewise.
        references: what versions are compared with.
        horizon: labels of later events are not all there yet.
    """

    def __init__(
        self,
        pipeline: ModelPipeline,
        labelled: Mapping[str, LabelledRows],
        tenures: Mapping[str, Tenure],
        *,
        references: References,
        horizon: datetime,
    ) -> None:
        self._rules = pipeline.drift_rules
        self._labelled = labelled
        self._tenures = tenures
        self._computed = ComputedOnce(pipeline, labelled, references=references, horizon=horizon)

    def findings(self, key: str) -> Iterator[Finding]:
        """Give the findings of each rule for the windows that end with partition `key`."""
        version_id = self._labelled[key].version_id
        view = PartitionView(computed=self._computed, key=key, version_id=version_id, tenure=self._tenures.get(key))
        for rule in self._rules:
            yield from rule.findings(view)
