"""The quality rules of a declaration are checked on what is read for a training, and only an error stops it."""

from dataclasses import replace

import numpy as np
import pytest

from driftline import AcceptedRange, AcceptedValues, Freshness, MissingShare, RowCount, Unique
from driftline.retraining import newest_reading, read_dataset, train
from driftline.rows.errors import InvalidDatasetError
from tests.streams import Forest, day, fires, persons, read_persons

JOBS = AcceptedValues("job", values=("clerk", "driver"))


def test_a_broken_rule_is_a_problem_of_the_reading_and_nothing_is_trained(workspace):
    pipeline = persons(quality=(JOBS, RowCount(min_rows=301), Unique("shoe_size")))
    read = read_dataset(workspace, pipeline)
    assert (read.training, read.holdout, read.checks.faults, len(read.problems)) == (None, None, (), 3)
    assert "that is not accepted: 'teacher' in row" in read.problems[0]
    assert "The column 'shoe_size' is not in the table" in read.problems[2]
    assert newest_reading(workspace, "persons").problems == read.problems
    with pytest.raises(InvalidDatasetError, match="that is not accepted: 'teacher'"):
        train(workspace, pipeline)


def test_a_rule_that_only_warns_is_kept_with_the_reading_and_stops_nothing(workspace):
    pipeline = persons(quality=(replace(JOBS, severity="warn"), RowCount(min_rows=300)))
    read = read_dataset(workspace, pipeline)
    assert read.problems == ()
    [warning] = newest_reading(workspace, "persons").warnings
    assert "that is not accepted" in warning
    assert train(workspace, pipeline).version.version == 1


def test_driftlines_own_checks_and_the_rules_are_all_told_at_once(workspace):
    odd = persons(dataset=lambda _: read_persons().assign(income=">50K"), quality=(JOBS,))
    read = read_dataset(workspace, odd)
    assert (len(read.checks.faults), len(read.problems)) == (1, 2)


def test_rows_that_are_left_out_break_no_rule_and_rules_change_nothing_of_what_is_kept(workspace):
    def odd(_):
        rows = read_persons().assign(code=np.arange(300))
        return rows.assign(income=rows["income"].where(rows.index != 7), age=rows["age"].where(rows.index != 7, 999))

    rules = (AcceptedRange("age", max_value=70), Unique("code"), RowCount(max_rows=299))
    plain = read_dataset(workspace, persons(dataset=odd, features=("years", "job")))
    read = read_dataset(workspace, persons(dataset=odd, features=("years", "job"), quality=rules))
    assert read.problems == ()
    assert (read.training.digest, read.holdout.digest) == (plain.training.digest, plain.holdout.digest)


def test_freshness_of_a_stream_is_asked_as_of_the_replay_and_labels_do_not_matter(served):
    stopped = Forest(always=lambda frame: frame[frame["time"] < day("2025-03-01")])
    pipeline = fires(stopped, quality=(Freshness(max_age="1d"), MissingShare("wind_kmh", max_share=0)))
    assert read_dataset(replace(served, replay_at=day("2025-03-01")), pipeline).problems == ()
    [problem] = read_dataset(replace(served, replay_at=day("2025-03-03")), pipeline).problems
    assert problem.startswith("The newest 'time' is 2025-02-28T23:")
    assert "before 2025-03-03T00:00Z, and at most 1d are accepted." in problem
