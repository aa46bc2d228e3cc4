"""Labels as a team delivers them to a stream whose dataset has none."""

from dataclasses import replace
from datetime import timedelta

from driftline import GroundTruth, Window, add_ground_truth
from driftline.store import delivery_rows
from tests.streams import Forest, day, fires

DAY, NEXT = "2025-02-10", "2025-02-11"
OTHER = {"yes": "no", "no": "yes"}


def delivered(**changes):
    """The stream whose labels only come by deliveries, and whose dataset has none."""
    without = Forest(always=lambda frame: frame.drop(columns="fire"))
    return fires(without, **{"ground_truth": GroundTruth(delay="1d", delivered=True), **changes})


def labels(first=DAY, days=1):
    """The labels of some days as a team has them."""
    start = day(first)
    return Forest()(Window(start, start + timedelta(days=days)))[["time", "station", "fire"]]


def add(workspace, frame, pipeline=None, *, at=None):
    opened = workspace if at is None else replace(workspace, replay_at=day(at))
    return add_ground_truth(opened, pipeline or delivered(), frame, actor="ann", source="the fire brigade")


def deliveries(workspace):
    with workspace.database.reading() as session:
        return delivery_rows.deliveries(session, "fires")
