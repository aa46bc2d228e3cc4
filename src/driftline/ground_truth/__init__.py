"""Labels as they are delivered: validated, counted, kept for good, and which of them count at a time."""

from driftline.ground_truth.deliveries import AddedGroundTruth, add_ground_truth, expected_labels
from driftline.ground_truth.files import read_label_file
from driftline.ground_truth.labels import KnownTruth, known_truth
from driftline.ground_truth.last_known import last_known
from driftline.ground_truth.status import TruthStatus, truth_status
from driftline.ground_truth.validation import MODEL_VERSION, from_texts

__all__ = [
    "MODEL_VERSION",
    "AddedGroundTruth",
    "KnownTruth",
    "TruthStatus",
    "add_ground_truth",
    "expected_labels",
    "from_texts",
    "known_truth",
    "last_known",
    "read_label_file",
    "truth_status",
]
