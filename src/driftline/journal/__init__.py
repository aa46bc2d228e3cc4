"""What one process says of one run, in files that outlive it: appended, checked, and read by whoever delivers it."""

from driftline.journal.event import Event, Kind, Point
from driftline.journal.reader import Segment, SegmentReader, segments
from driftline.journal.writer import Journal

__all__ = ["Event", "Journal", "Kind", "Point", "Segment", "SegmentReader", "segments"]
